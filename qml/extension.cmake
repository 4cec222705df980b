# SPDX-License-Identifier: MIT
# qtsocketio_add_qml_extension(NAME SOURCES FILE...): the QML module SocketIo.NAME, which shows the
# library QtSocketIo::NAME to QML.
function(qtsocketio_add_qml_extension name)
    cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
    set(target SocketIo${name}Qml)
    qt_add_qml_module(${target} ${library_type}
        URI SocketIo.${name}
        VERSION 1.0
        OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/imports/SocketIo/${name}"
        RESOURCE_PREFIX /qt-project.org/imports
        DEPENDENCIES SocketIo
        OUTPUT_TARGETS resource_targets
        SOURCES ${ARG_SOURCES})
    qtsocketio_compile_options(${target})
    target_include_directories(${target}
        PRIVATE "${PROJECT_SOURCE_DIR}/qml" "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${target} PUBLIC Qt6::Qml QtSocketIo::${name} PRIVATE SocketIoQml)
    set_target_properties(${target} PROPERTIES
        OUTPUT_NAME QtSocketIo${name}Qml
        EXPORT_NAME ${name}Qml
        VERSION ${PROJECT_VERSION}
        SOVERSION ${QTSOCKETIO_SOVERSION})

    set(folder "${QTSOCKETIO_INSTALL_QMLDIR}/SocketIo/${name}")
    if(UNIX AND NOT APPLE)
        file(RELATIVE_PATH library_dir "/${folder}" "/${CMAKE_INSTALL_LIBDIR}")
        set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN")
        set_target_properties(${target}plugin PROPERTIES INSTALL_RPATH "$ORIGIN/${library_dir}")
    endif()
    if(NOT QTSOCKETIO_INSTALL)
        return()
    endif()
    # In no export: programs reach it by its import only.
    install(TARGETS ${target}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT qml NAMELINK_COMPONENT dev
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT qml)
    install(TARGETS ${target}plugin
        LIBRARY DESTINATION "${folder}" COMPONENT qml
        ARCHIVE DESTINATION "${folder}" COMPONENT dev
        RUNTIME DESTINATION "${folder}" COMPONENT qml)
    install(FILES
        "${PROJECT_BINARY_DIR}/imports/SocketIo/${name}/qmldir"
        "${PROJECT_BINARY_DIR}/imports/SocketIo/${name}/${target}.qmltypes"
        DESTINATION "${folder}" COMPONENT qml)
endfunction()
