# SPDX-License-Identifier: MIT
# Configures a project that includes this one, in both ways: shared, and statically, as such projects
# mostly do. Nothing of this project is installed with it. With QTSOCKETIO_TEST_BUILDS=1 in the
# environment it also builds the static one, with the QML module, and runs its programs.
include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

set(configure ${CMAKE_COMMAND} -S ${SOURCE_FOLDER} -G ${GENERATOR} -DROOT_FOLDER=${ROOT_FOLDER}
    -DCMAKE_CXX_COMPILER=${CXX_COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${CXX_COMPILER_LAUNCHER}
    -DQTSOCKETIO_PRECOMPILED_HEADERS=${PRECOMPILED_HEADERS})
run(${configure} -B ${WORK_FOLDER}/fetched -DFETCH=ON -DBUILD_SHARED_LIBS=ON -DSHARED_GIVEN=ON)
set(build "${WORK_FOLDER}/included")
run(${configure} -B ${build} -DQTSOCKETIO_BUILD_REDIS=OFF -DQTSOCKETIO_BUILD_POSTGRES=OFF
    -DQTSOCKETIO_BUILD_MSGPACK=OFF)
file(GLOB_RECURSE scripts "${build}/*/cmake_install.cmake")
foreach(script ${scripts})
    file(STRINGS "${script}" installed REGEX "file\\(INSTALL")
    if(installed)
        message(FATAL_ERROR "Something is installed for another project: ${installed}")
    endif()
endforeach()

if("$ENV{QTSOCKETIO_TEST_BUILDS}" STREQUAL "1")
    run(${CMAKE_COMMAND} --build ${build} --target parent)
    run(${build}/parent)
    if(QML)
        run(${CMAKE_COMMAND} --build ${build} --target parent-qml)
        run(${build}/parent-qml)
    endif()
endif()
