# SPDX-License-Identifier: MIT
# The functions that create every target of the project.

# Warnings and sanitizers, for the project's own code only. A project that includes this one has chosen
# its own warnings, may treat them as errors, and may rule out what was deprecated in another version.
function(qtsocketio_compile_options target)
    if(PROJECT_IS_TOP_LEVEL)
        target_compile_definitions(${target} PRIVATE QT_DISABLE_DEPRECATED_BEFORE=0x060400)
        if(MSVC)
            target_compile_options(${target} PRIVATE /W4)
        else()
            target_compile_options(${target} PRIVATE
                -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor)
        endif()
    endif()
    # A library calls its own functions directly, and may inline them, also those that it exports:
    # what Clang does by default.
    target_compile_options(${target} PRIVATE
        $<$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<CONFIG:Debug>>>:-fno-semantic-interposition>)
    if(QTSOCKETIO_WARNINGS_AS_ERRORS)
        target_compile_options(${target} PRIVATE $<IF:$<CXX_COMPILER_ID:MSVC>,/WX,-Werror>)
    endif()
    if(QTSOCKETIO_SANITIZERS)
        target_compile_options(${target} PRIVATE
            -fsanitize=${QTSOCKETIO_SANITIZERS} -fno-omit-frame-pointer)
        target_link_options(${target} PRIVATE -fsanitize=${QTSOCKETIO_SANITIZERS})
        if(QTSOCKETIO_SANITIZERS MATCHES "undefined")
            target_compile_options(${target} PRIVATE -fno-sanitize-recover=undefined)
        endif()
    endif()
    # Counters that show libFuzzer what an input has reached.
    if(QTSOCKETIO_BUILD_FUZZERS)
        target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
    endif()
    target_compile_definitions(${target} PRIVATE
        QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_ASCII QT_NO_URL_CAST_FROM_STRING
        QT_NO_CAST_FROM_BYTEARRAY QT_NO_FOREACH QT_NO_KEYWORDS QT_STRICT_ITERATORS)
endfunction()

# With these ccache, and its setting sloppiness=pch_defines,time_macros, knows what has not changed.
set(QTSOCKETIO_CCACHE_OPTIONS
    "$<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>"
    "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")

# Compiles what nearly every file includes once, for all targets that ask for it.
function(qtsocketio_precompiled_headers target)
    if(NOT QTSOCKETIO_PRECOMPILED_HEADERS)
        return()
    endif()
    set(headers ${QTSOCKETIO_TARGET_PREFIX}precompiled_headers)
    if(NOT TARGET ${headers})
        set(source "${PROJECT_BINARY_DIR}/precompiled_headers.cpp")
        file(CONFIGURE OUTPUT "${source}" CONTENT "// Compiled for its header.\n")
        add_library(${headers} OBJECT "${source}")
        set_target_properties(${headers} PROPERTIES
            AUTOMOC OFF POSITION_INDEPENDENT_CODE ON)
        qtsocketio_compile_options(${headers})
        target_compile_options(${headers} PRIVATE ${QTSOCKETIO_CCACHE_OPTIONS})
        target_link_libraries(${headers} PRIVATE Qt6::Core Qt6::Network)
        target_precompile_headers(${headers} PRIVATE
            "${PROJECT_SOURCE_DIR}/cmake/precompiled.h")
    endif()
    target_precompile_headers(${target} REUSE_FROM ${headers})
    # For programs, too: GCC requires the same options for all.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fPIC>)
    target_compile_options(${target} PRIVATE ${QTSOCKETIO_CCACHE_OPTIONS})
endfunction()

# qtsocketio_feature(redis "Redis adapters" VARIABLE...): sets QTSOCKETIO_HAVE_REDIS for all folders to whether
# all of the variables are true, and lists the feature in the summary accordingly.
function(qtsocketio_feature name description)
    string(TOUPPER ${name} upper)
    set(have ON)
    foreach(condition ${ARGN})
        if(NOT ${condition})
            set(have OFF)
        endif()
    endforeach()
    set(QTSOCKETIO_HAVE_${upper} ${have} CACHE INTERNAL "Whether ${name} is built")
    if(PROJECT_IS_TOP_LEVEL) # CMake has one summary for all projects of a build
        add_feature_info(${name} QTSOCKETIO_HAVE_${upper} "${description}")
    endif()
endfunction()

# One library of the package: qtsocketio_add_library(EngineIo). Its sources come from the
# CMakeLists.txt of each folder below, with qtsocketio_sources and qtsocketio_public_headers.
function(qtsocketio_add_library name)
    string(TOUPPER ${name} upper)
    set(target ${QTSOCKETIO_TARGET_PREFIX}${name})
    add_library(${target})
    add_library(QtSocketIo::${name} ALIAS ${target})
    set_property(GLOBAL APPEND PROPERTY QTSOCKETIO_COMPONENTS ${name})
    qtsocketio_compile_options(${target})
    qtsocketio_precompiled_headers(${target})
    target_compile_features(${target} PUBLIC cxx_std_17)
    target_compile_definitions(${target} PRIVATE QTSOCKETIO_BUILD_${upper})
    if(NOT BUILD_SHARED_LIBS)
        target_compile_definitions(${target} PUBLIC QTSOCKETIO_STATIC)
    endif()
    if(QTSOCKETIO_BUILD_TESTS OR QTSOCKETIO_BUILD_FUZZERS OR QTSOCKETIO_BUILD_BENCHMARKS)
        target_compile_definitions(${target} PUBLIC $<BUILD_INTERFACE:QTSOCKETIO_EXPORT_PRIVATE>)
    endif()
    target_include_directories(${target}
        PUBLIC $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
               $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/QtSocketIo>
        PRIVATE ${PROJECT_SOURCE_DIR}/src)
    set_target_properties(${target} PROPERTIES
        OUTPUT_NAME QtSocketIo${name}
        EXPORT_NAME ${name}
        VERSION ${PROJECT_VERSION}
        SOVERSION ${QTSOCKETIO_SOVERSION})
    # The libraries find each other wherever they are installed.
    if(APPLE)
        set_target_properties(${target} PROPERTIES INSTALL_RPATH "@loader_path")
    elseif(UNIX)
        set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN")
    endif()
    if(QTSOCKETIO_INSTALL)
        install(TARGETS ${target} EXPORT QtSocketIoTargets
            LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
                COMPONENT runtime NAMELINK_COMPONENT dev
            ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
            RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
    endif()
endfunction()

# qtsocketio_sources(EngineIo a.cpp a_p.h ...): sources and private headers of this folder.
function(qtsocketio_sources library)
    list(TRANSFORM ARGN PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
    target_sources(${QTSOCKETIO_TARGET_PREFIX}${library} PRIVATE ${ARGN})
endfunction()

# qtsocketio_public_headers(EngineIo server.h Server global.h - ...): pairs of a header of this
# folder and the name it is included by, <EngineIo/Server>; "-" for a header without one. NAMESPACE
# is the folder to include from if it is not the target's name.
function(qtsocketio_public_headers library)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAMESPACE" "")
    set(remaining ${arg_UNPARSED_ARGUMENTS})
    if(NOT arg_NAMESPACE)
        set(arg_NAMESPACE ${library})
    endif()
    while(remaining)
        list(POP_FRONT remaining header class)
        set(source "${CMAKE_CURRENT_SOURCE_DIR}/${header}")
        target_sources(${QTSOCKETIO_TARGET_PREFIX}${library} PRIVATE "${source}")
        file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/include/${arg_NAMESPACE}/${header}"
            CONTENT "#include \"${source}\" // IWYU pragma: export\n" @ONLY)
        set(to_install "${source}")
        if(NOT class STREQUAL "-")
            set(forward "${PROJECT_BINARY_DIR}/include/${arg_NAMESPACE}/${class}")
            file(CONFIGURE OUTPUT "${forward}"
                CONTENT "#include \"${header}\" // IWYU pragma: export\n" @ONLY)
            list(APPEND to_install "${forward}")
        endif()
        if(QTSOCKETIO_INSTALL)
            install(FILES ${to_install} COMPONENT dev
                DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/QtSocketIo/${arg_NAMESPACE}")
        endif()
    endwhile()
endfunction()
