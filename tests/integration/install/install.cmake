# SPDX-License-Identifier: MIT
include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

set(prefix "${WORK_FOLDER}/prefix")
file(REMOVE_RECURSE "${prefix}" "${WORK_FOLDER}/build")
run(${CMAKE_COMMAND} --install ${WORK_FOLDER}/package --prefix ${prefix})
set(configure ${CMAKE_COMMAND} -S ${SOURCE_FOLDER} -B ${WORK_FOLDER}/build -G ${GENERATOR}
    -DCMAKE_CXX_COMPILER=${CXX_COMPILER} -DCMAKE_PREFIX_PATH=${prefix} -DQML_FOLDER=${QML_FOLDER})

# Who asks for a component that is not there reads which are.
execute_process(COMMAND ${configure} -DCOMPONENT=Telepathy
    RESULT_VARIABLE result ERROR_VARIABLE errors OUTPUT_QUIET)
string(REGEX REPLACE "[ \n]+" " " errors "${errors}")
if(result EQUAL 0 OR NOT errors MATCHES "no component Telepathy\\. It has: EngineIo, SocketIo")
    message(FATAL_ERROR "A component that is not there: ${errors}")
endif()

run(${configure} -DCOMPONENT=)
run(${CMAKE_COMMAND} --build ${WORK_FOLDER}/build)
run(${WORK_FOLDER}/build/outside)
run(${WORK_FOLDER}/build/outside-components)
if(QML_FOLDER)
    if(EXISTS ${WORK_FOLDER}/build/outside-qml)
        run(${CMAKE_COMMAND} -E env QML_IMPORT_PATH=${prefix}/${QML_FOLDER}
            ${WORK_FOLDER}/build/outside-qml)
    endif()
    run(${CMAKE_COMMAND} -E env --unset=QML_IMPORT_PATH ${WORK_FOLDER}/build/outside-qml-linked)
    run(${CMAKE_COMMAND} -E env --unset=QML_IMPORT_PATH ${WORK_FOLDER}/build/outside-module)
    run(${CMAKE_COMMAND} --build ${WORK_FOLDER}/build --target outside-module_qmllint)
endif()
file(GLOB_RECURSE installed LIST_DIRECTORIES false RELATIVE "${prefix}" "${prefix}/*")
list(FILTER installed INCLUDE REGEX "bin/qtsocketio-cat")
if(NOT installed)
    message(FATAL_ERROR "qtsocketio-cat is not installed without the examples")
endif()

# With qmake, by pkg-config.
run_qmake("${SOURCE_FOLDER}/../../../../packaging/qmake/hello.pro" "${WORK_FOLDER}/qmake" "${prefix}")
get_modules("${prefix}" modules)
run_qmake("${SOURCE_FOLDER}/components.pro" "${WORK_FOLDER}/qmake-components" "${prefix}"
    "MODULES=${modules}")
