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

# An index as Qt's documentation would have it, with which qdoc links to Qt's classes. It is made
# here because Qt's own is often not installed, and because a link needs no more than a name.
file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/qtclasses.txt" classes)
set(elements)
foreach(class ${classes})
    string(TOLOWER "${class}" page)
    string(APPEND elements "<class name=\"${class}\" href=\"${page}.html\" location=\"${page}.h\" "
        "status=\"active\" access=\"public\" documented=\"true\" brief=\"Of Qt\"/>\n")
endforeach()
foreach(type QVariantList QVariantMap QVariantHash)
    string(APPEND elements "<typedef name=\"${type}\" href=\"qvariant.html#${type}-typedef\" "
        "location=\"qvariant.h\" status=\"active\" access=\"public\" documented=\"true\"/>\n")
endforeach()
file(WRITE "${OUTPUT}/qt.index" "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<!DOCTYPE QDOCINDEX>
<INDEX url=\"https://doc.qt.io/qt-6\" title=\"Qt\" version=\"6\" project=\"Qt\">
<namespace name=\"\" status=\"active\" access=\"public\" module=\"Qt\">
${elements}</namespace>
</INDEX>
")
set(ENV{QTSOCKETIO_QT_INDEX} "${OUTPUT}/qt.index")

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
# qdoc takes the C++ namespace for the QML module of the same name, and links to a page on the
# namespace Qt, which nobody writes. From Qt 6.8 on, its links have another attribute.
file(GLOB pages "${OUTPUT}/html/*.html")
foreach(page ${pages})
    file(READ "${page}" text)
    string(REGEX REPLACE "<a href=\"socketio-qmlmodule\\.html\"([^>]*)>SocketIo</a>(::| contains)"
        "<a href=\"socketio.html\"\\1>SocketIo</a>\\2" changed "${text}")
    string(REGEX REPLACE "<a href=\"qt-module\\.html\"[^>]*>Qt</a>" "Qt" changed "${changed}")
    if(NOT changed STREQUAL text)
        file(WRITE "${page}" "${changed}")
    endif()
endforeach()

run("${QHELPGENERATOR}" "${OUTPUT}/html/qtsocketio.qhp" -o "${OUTPUT}/qtsocketio.qch")
