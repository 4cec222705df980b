# SPDX-License-Identifier: MIT
# The functions that create the QML modules: SocketIo, and those that extend it.

# qtsocketio_add_qml_module(TARGET URI uri COMPONENT name [DEPENDENCIES ...] SOURCES ...): a library
# with the QML module, and its plugin. Programs that link QtSocketIo::<component> can import the
# module wherever the package is installed, as its description is among the library's resources.
function(qtsocketio_add_qml_module target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "URI;COMPONENT" "DEPENDENCIES;SOURCES")
    string(REPLACE "." "/" path "${arg_URI}")
    string(MAKE_C_IDENTIFIER "${arg_URI}" name)
    # The default would be static if Qt is.
    set(type STATIC)
    if(BUILD_SHARED_LIBS)
        set(type SHARED)
    endif()
    qt_add_qml_module(${target} ${type}
        URI ${arg_URI}
        VERSION 1.0
        OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/imports/${path}"
        RESOURCE_PREFIX /qt-project.org/imports # where engines of any version look
        OUTPUT_TARGETS resource_targets
        DEPENDENCIES ${arg_DEPENDENCIES}
        SOURCES ${arg_SOURCES})
    qtsocketio_compile_options(${target})
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/qml" "${PROJECT_SOURCE_DIR}/src")
    set_target_properties(${target} PROPERTIES
        OUTPUT_NAME QtSocketIo${arg_COMPONENT}
        EXPORT_NAME ${arg_COMPONENT}
        VERSION ${PROJECT_VERSION}
        SOVERSION ${QTSOCKETIO_SOVERSION})
    add_library(QtSocketIo::${arg_COMPONENT} ALIAS ${target})
    add_library(QtSocketIo::${target}plugin ALIAS ${target}plugin)
    set_property(GLOBAL APPEND PROPERTY QTSOCKETIO_COMPONENTS ${arg_COMPONENT})

    # Linking the library makes the import work: the linker does not leave it out.
    set(component ${arg_COMPONENT})
    set(uri ${arg_URI})
    set(link_source "${CMAKE_CURRENT_BINARY_DIR}/qmlimport_${name}.cpp")
    configure_file("${PROJECT_SOURCE_DIR}/qml/qmlimport.cpp.in" "${link_source}" @ONLY)
    # Beside the headers, as package managers move CMake's files.
    set(link_folder "${CMAKE_INSTALL_INCLUDEDIR}/QtSocketIo")
    cmake_path(IS_ABSOLUTE link_folder absolute)
    set(installed_link_source "${link_folder}/qmlimport_${name}.cpp")
    if(NOT absolute)
        string(PREPEND installed_link_source "$<INSTALL_PREFIX>/")
    endif()
    target_sources(${target} INTERFACE
        $<BUILD_INTERFACE:${link_source}> $<INSTALL_INTERFACE:${installed_link_source}>)

    set(folder "${QTSOCKETIO_INSTALL_QMLDIR}/${path}")
    if(UNIX AND NOT APPLE)
        cmake_path(ABSOLUTE_PATH folder BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}" OUTPUT_VARIABLE full_folder)
        file(RELATIVE_PATH library_dir "${full_folder}" "${CMAKE_INSTALL_FULL_LIBDIR}")
        set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN")
        set_target_properties(${target}plugin PROPERTIES INSTALL_RPATH "$ORIGIN/${library_dir}")
    endif()
    if(NOT QTSOCKETIO_INSTALL)
        return()
    endif()
    install(TARGETS ${target} ${resource_targets} EXPORT QtSocketIoQmlTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT qml NAMELINK_COMPONENT dev
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT qml
        OBJECTS DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
    install(TARGETS ${target}plugin EXPORT QtSocketIoQmlTargets
        LIBRARY DESTINATION "${folder}" COMPONENT qml
        ARCHIVE DESTINATION "${folder}" COMPONENT dev
        RUNTIME DESTINATION "${folder}" COMPONENT qml)
    install(FILES
        "${PROJECT_BINARY_DIR}/imports/${path}/qmldir"
        "${PROJECT_BINARY_DIR}/imports/${path}/${target}.qmltypes"
        DESTINATION "${folder}" COMPONENT qml)
    install(FILES "${link_source}" DESTINATION "${link_folder}" COMPONENT dev)
endfunction()

# qtsocketio_add_qml_extension(NAME SOURCES FILE...): the QML module SocketIo.NAME, which shows the
# library QtSocketIo::NAME to QML.
function(qtsocketio_add_qml_extension name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES")
    set(target SocketIo${name}Qml)
    qtsocketio_add_qml_module(${target} URI SocketIo.${name} COMPONENT ${name}Qml
        DEPENDENCIES SocketIo SOURCES ${arg_SOURCES})
    target_link_libraries(${target} PUBLIC Qt6::Qml QtSocketIo::${name} PRIVATE QtSocketIo::Qml)
endfunction()
