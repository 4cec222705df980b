# SPDX-License-Identifier: MIT
# Writes the HTML pages and qtsocketio.qch: cmake -DOPTIONS=file -DOUTPUT=folder -DQDOC=program
# -DQHELPGENERATOR=program -DVERSION=0.1.0 [-DSTRICT=ON] -P build.cmake
# With STRICT every warning is an error.
file(REMOVE_RECURSE "${OUTPUT}")
string(REPLACE "." "" tag "${VERSION}")
set(ENV{QTSOCKETIO_VERSION} "${VERSION}")
set(ENV{QTSOCKETIO_VERSION_TAG} "${tag}")
# qdoc takes what is quoted of a .qml file for a whole QML document; of a text it takes anything.
file(GLOB qml_files "${CMAKE_CURRENT_LIST_DIR}/snippets/*.qml"
    "${CMAKE_CURRENT_LIST_DIR}/tutorial/*.qml")
foreach(file ${qml_files})
    get_filename_component(name "${file}" NAME)
    configure_file("${file}" "${OUTPUT}/snippets/${name}.txt" COPYONLY)
endforeach()
set(ENV{QTSOCKETIO_QML_SNIPPETS} "${OUTPUT}/snippets")

function(run)
    execute_process(COMMAND ${ARGN}
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    string(REGEX MATCHALL "[^\n]*([Ww]arning|[Ee]rror)[^\n]*" complaints "${output}")
    if(complaints)
        list(JOIN complaints "\n" text)
        message("${text}")
    endif()
    if(result OR (STRICT AND complaints))
        message(FATAL_ERROR "${ARGV0} failed or has complained")
    endif()
endfunction()

run("${QDOC}" --outputdir "${OUTPUT}/html" "@${OPTIONS}")
run("${QHELPGENERATOR}" "${OUTPUT}/html/qtsocketio.qhp" -o "${OUTPUT}/qtsocketio.qch")
