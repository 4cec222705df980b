# SPDX-License-Identifier: MIT
function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "Failed: ${ARGN}")
    endif()
endfunction()
