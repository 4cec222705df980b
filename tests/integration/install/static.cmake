# SPDX-License-Identifier: MIT
# Builds and installs the package with static libraries, and builds and runs programs of the outside
# project with it, by CMake and by qmake. It takes minutes, so it only does it with
# QTSOCKETIO_TEST_BUILDS=1 in the environment.
include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

if(NOT "$ENV{QTSOCKETIO_TEST_BUILDS}" STREQUAL "1")
    message("QTSOCKETIO_TEST_BUILDS is not set")
    return()
endif()
set(compiler -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${CXX_COMPILER}
    -DCMAKE_CXX_COMPILER_LAUNCHER=${CXX_COMPILER_LAUNCHER} -DCMAKE_UNITY_BUILD=ON
    -DCMAKE_UNITY_BUILD_BATCH_SIZE=12)
set(build "${WORK_FOLDER}/static")
set(prefix "${build}/prefix")
file(REMOVE_RECURSE "${prefix}" "${build}/outside")
run(${CMAKE_COMMAND} -S ${ROOT_FOLDER} -B ${build} ${compiler} -DBUILD_SHARED_LIBS=OFF
    -DCMAKE_INSTALL_LIBDIR=lib -DQTSOCKETIO_BUILD_EXAMPLES=OFF -DQTSOCKETIO_BUILD_TOOLS=OFF
    -DQTSOCKETIO_PRECOMPILED_HEADERS=${PRECOMPILED_HEADERS})
run(${CMAKE_COMMAND} --build ${build})
run(${CMAKE_COMMAND} --install ${build} --prefix ${prefix})

run(${CMAKE_COMMAND} -S ${SOURCE_FOLDER} -B ${build}/outside ${compiler}
    -DCMAKE_PREFIX_PATH=${prefix} -DQML_FOLDER=${QML_FOLDER} -DCOMPONENT=)
set(programs outside outside-components)
if(QML_FOLDER)
    list(APPEND programs outside-qml-linked outside-module)
endif()
run(${CMAKE_COMMAND} --build ${build}/outside --target ${programs})
foreach(program ${programs})
    run(${CMAKE_COMMAND} -E env --unset=QML_IMPORT_PATH ${build}/outside/${program})
endforeach()
get_modules("${prefix}" modules)
run_qmake("${SOURCE_FOLDER}/components.pro" "${build}/qmake" "${prefix}" "MODULES=${modules}")
