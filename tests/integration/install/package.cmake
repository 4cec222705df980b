# SPDX-License-Identifier: MIT
# Builds the package as its users do: without tests. With GCC also looks for types and functions
# that are declared in two ways in two files, in all libraries together.
include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

set(build "${WORK_FOLDER}/package")
set(flags)
if(COMPILER_ID STREQUAL "GNU")
    set(flags "-DCMAKE_CXX_FLAGS=-flto -ffat-lto-objects" -DCMAKE_SHARED_LINKER_FLAGS=-fno-lto)
endif()
run(${CMAKE_COMMAND} -S ${ROOT_FOLDER} -B ${build} -G ${GENERATOR}
    -DCMAKE_CXX_COMPILER=${CXX_COMPILER} "-DCMAKE_CXX_COMPILER_LAUNCHER=${CXX_COMPILER_LAUNCHER}"
    -DCMAKE_INSTALL_LIBDIR=lib -DQTSOCKETIO_BUILD_EXAMPLES=OFF
    -DQTSOCKETIO_PRECOMPILED_HEADERS=${PRECOMPILED_HEADERS} ${flags})
run(${CMAKE_COMMAND} --build ${build})
if(GENERATOR STREQUAL "Ninja") # objects of files that are gone
    run(${CMAKE_COMMAND} --build ${build} -- -t cleandead)
endif()

if(COMPILER_ID STREQUAL "GNU")
    file(GLOB_RECURSE objects "${build}/src/*.cpp.o" "${build}/qml/*.cpp.o")
    # Each plugin has functions of the same names, by which Qt finds it.
    list(FILTER objects EXCLUDE REGEX "plugin\\.dir/")
    list(LENGTH objects count)
    if(count LESS 50)
        message(FATAL_ERROR "Only ${count} object files")
    endif()
    string(JOIN "\n" objects ${objects})
    file(WRITE "${build}/objects.txt" "${objects}\n")
    run(${CXX_COMPILER} -shared -fPIC -O0 -flto -flto-partition=none -Wodr -Werror=odr
        -Werror=lto-type-mismatch -o "${build}/all.so" "@${build}/objects.txt")
endif()

# What only tests may use is not in the libraries' interface.
find_program(nm nm)
file(GLOB libraries "${build}/lib/*.so")
if(nm AND libraries)
    file(GLOB_RECURSE headers "${ROOT_FOLDER}/src/*_p.h")
    set(names)
    foreach(header ${headers})
        file(STRINGS "${header}" marked REGEX "^(class|struct) [A-Z]+_AUTOTEST_EXPORT ")
        foreach(line ${marked})
            string(REGEX REPLACE "^(class|struct) [A-Z]+_AUTOTEST_EXPORT ([A-Za-z0-9]+).*" "\\2" name "${line}")
            list(APPEND names ${name})
        endforeach()
    endforeach()
    list(JOIN names "|" names)
    if(NOT names)
        message(FATAL_ERROR "No private classes found")
    endif()
    foreach(library ${libraries})
        execute_process(COMMAND ${nm} -DC --defined-only "${library}" OUTPUT_VARIABLE symbols)
        if(symbols MATCHES "[^\n]* T [^\n(]*(EngineIo|SocketIo)::(detail::)?(${names})::[^\n]*")
            message(FATAL_ERROR "${library} exports ${CMAKE_MATCH_0}")
        endif()
    endforeach()
endif()
