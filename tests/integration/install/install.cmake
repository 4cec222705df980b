# SPDX-License-Identifier: MIT
function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "Failed: ${ARGN}")
    endif()
endfunction()

set(prefix "${WORK_FOLDER}/prefix")
file(REMOVE_RECURSE "${prefix}" "${WORK_FOLDER}/build")
run(${CMAKE_COMMAND} --install ${BUILD_FOLDER} --prefix ${prefix})
run(${CMAKE_COMMAND} -S ${SOURCE_FOLDER} -B ${WORK_FOLDER}/build -G ${GENERATOR}
    -DCMAKE_CXX_COMPILER=${CXX_COMPILER} -DCMAKE_PREFIX_PATH=${prefix} -DQML_FOLDER=${QML_FOLDER})
run(${CMAKE_COMMAND} --build ${WORK_FOLDER}/build)
run(${WORK_FOLDER}/build/outside)
if(QML_FOLDER)
    run(${CMAKE_COMMAND} -E env QML_IMPORT_PATH=${prefix}/${QML_FOLDER}
        ${WORK_FOLDER}/build/outside-qml)
endif()
