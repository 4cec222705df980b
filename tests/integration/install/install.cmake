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
if(QML_FOLDER)
    run(${CMAKE_COMMAND} -E env QML_IMPORT_PATH=${prefix}/${QML_FOLDER}
        ${WORK_FOLDER}/build/outside-qml)
endif()
