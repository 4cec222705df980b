# SPDX-License-Identifier: MIT
# Configures a project that includes this one, in both ways: shared, and statically, as such projects
# mostly do. Nothing of this project is installed or tested with it, unless it is asked for. With
# QTSOCKETIO_TEST_BUILDS=1 in the environment it also builds both, with the QML modules, and runs their
# programs.
include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

set(fetched "${WORK_FOLDER}/fetched")
set(included "${WORK_FOLDER}/included")
set(chosen "${WORK_FOLDER}/chosen")
file(REMOVE "${fetched}/CMakeCache.txt" "${included}/CMakeCache.txt" "${chosen}/CMakeCache.txt")
set(configure ${CMAKE_COMMAND} -S ${SOURCE_FOLDER} -G ${GENERATOR} -DROOT_FOLDER=${ROOT_FOLDER}
    -DCMAKE_CXX_COMPILER=${CXX_COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${CXX_COMPILER_LAUNCHER}
    -DQTSOCKETIO_PRECOMPILED_HEADERS=${PRECOMPILED_HEADERS}
    -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=12)
run(${configure} -B ${fetched} -DFETCH=ON -DBUILD_SHARED_LIBS=ON -DQTSOCKETIO_WITH_ZLIB=OFF)
run(${configure} -B ${included} -DQTSOCKETIO_BUILD_REDIS=OFF -DQTSOCKETIO_BUILD_POSTGRES=OFF
    -DQTSOCKETIO_BUILD_MSGPACK=OFF)
file(GLOB_RECURSE scripts "${included}/*/cmake_install.cmake")
foreach(script ${scripts})
    file(STRINGS "${script}" installed REGEX "file\\(INSTALL")
    if(installed)
        message(FATAL_ERROR "Something is installed for another project: ${installed}")
    endif()
endforeach()
execute_process(COMMAND ${CMAKE_CTEST_COMMAND} -N WORKING_DIRECTORY "${included}" OUTPUT_VARIABLE tests)
if(NOT tests MATCHES "Total Tests: 0")
    message(FATAL_ERROR "Tests of another project: ${tests}")
endif()

# What a project may ask for, and what it may not.
run(${configure} -B ${chosen} -DQTSOCKETIO_INSTALL=ON -DQTSOCKETIO_BUILD_TOOLS=ON
    -DQTSOCKETIO_BUILD_EXAMPLES=ON)
foreach(kind TESTS BENCHMARKS FUZZERS)
    file(REMOVE "${chosen}/CMakeCache.txt")
    execute_process(COMMAND ${configure} -B ${chosen} -DQTSOCKETIO_BUILD_${kind}=ON
        RESULT_VARIABLE result ERROR_VARIABLE errors OUTPUT_QUIET)
    string(REGEX REPLACE "[ \n]+" " " errors "${errors}")
    if(result EQUAL 0 OR NOT errors MATCHES "built in its own folder only")
        message(FATAL_ERROR "With QTSOCKETIO_BUILD_${kind}: ${errors}")
    endif()
endforeach()

if("$ENV{QTSOCKETIO_TEST_BUILDS}" STREQUAL "1")
    set(programs parent)
    if(QML)
        list(APPEND programs parent-qml parent-module)
    endif()
    foreach(build "${fetched}" "${included}")
        run(${CMAKE_COMMAND} --build ${build} --target ${programs})
        foreach(program ${programs})
            find_program(path ${program} PATHS "${build}/bin" "${build}" NO_CACHE REQUIRED NO_DEFAULT_PATH)
            run(${CMAKE_COMMAND} -E env --unset=QML_IMPORT_PATH "${path}")
            unset(path)
        endforeach()
        if(QML)
            run(${CMAKE_COMMAND} --build ${build} --target parent-module_qmllint)
        endif()
    endforeach()
endif()
