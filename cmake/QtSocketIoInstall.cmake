# SPDX-License-Identifier: MIT
include(CMakePackageConfigHelpers)

# Known from the QML module, where that is built.
if(NOT QTSOCKETIO_INSTALL_QMLDIR)
    set(QTSOCKETIO_INSTALL_QMLDIR "${CMAKE_INSTALL_LIBDIR}/qt6/qml")
endif()

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/QtSocketIo")
get_property(QTSOCKETIO_COMPONENTS GLOBAL PROPERTY QTSOCKETIO_COMPONENTS)
list(JOIN QTSOCKETIO_COMPONENTS ", " QTSOCKETIO_COMPONENTS)
configure_package_config_file(
    "${PROJECT_SOURCE_DIR}/cmake/QtSocketIoConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/QtSocketIoConfig.cmake"
    INSTALL_DESTINATION "${package_dir}"
    PATH_VARS QTSOCKETIO_INSTALL_QMLDIR)
if(PROJECT_VERSION_MAJOR EQUAL 0)
    set(compatibility SameMinorVersion)
else()
    set(compatibility SameMajorVersion)
endif()
write_basic_package_version_file("${PROJECT_BINARY_DIR}/QtSocketIoConfigVersion.cmake"
    COMPATIBILITY ${compatibility})
install(EXPORT QtSocketIoTargets NAMESPACE QtSocketIo:: DESTINATION "${package_dir}"
    COMPONENT dev)
install(FILES
    "${PROJECT_BINARY_DIR}/QtSocketIoConfig.cmake"
    "${PROJECT_BINARY_DIR}/QtSocketIoConfigVersion.cmake"
    DESTINATION "${package_dir}" COMPONENT dev)

# For qmake and other build systems: pkg-config --libs QtSocketIoSocketIo.
get_property(components GLOBAL PROPERTY QTSOCKETIO_COMPONENTS)
string(REGEX REPLACE "[^/]+" ".." pc_root "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
set(pc_prefix "\${pcfiledir}/${pc_root}")
set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
set(pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
    set(pc_prefix "${CMAKE_INSTALL_PREFIX}")
    set(pc_libdir "${CMAKE_INSTALL_LIBDIR}")
endif()
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
    set(pc_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
endif()
foreach(component IN LISTS components)
    get_target_property(aliased QtSocketIo::${component} ALIASED_TARGET)
    get_target_property(interface ${aliased} INTERFACE_LINK_LIBRARIES)
    set(requires)
    set(requires_private)
    set(libs_private)
    foreach(library IN LISTS interface)
        set(list requires)
        if(library MATCHES "^\\$<LINK_ONLY:(.*)>$")
            set(library "${CMAKE_MATCH_1}")
            set(list requires_private)
        endif()
        if(library MATCHES "^Qt6::(.*)$")
            list(APPEND ${list} Qt6${CMAKE_MATCH_1})
        elseif(library MATCHES "^QtSocketIo::(.*)$")
            list(APPEND ${list} QtSocketIo${CMAKE_MATCH_1})
        elseif(library STREQUAL "ZLIB::ZLIB")
            list(APPEND requires_private zlib)
        elseif(IS_ABSOLUTE "${library}")
            list(APPEND libs_private "${library}")
        endif()
    endforeach()
    list(JOIN requires " " requires)
    list(JOIN requires_private " " requires_private)
    list(JOIN libs_private " " libs_private)
    set(pc_name QtSocketIo${component})
    set(libs "-L\${libdir} -l${pc_name}")
    set(cflags "-I\${includedir}/QtSocketIo")
    # What a static library needs, every program needs: few ask pkg-config for --static.
    if(NOT BUILD_SHARED_LIBS)
        string(APPEND cflags " -DQTSOCKETIO_STATIC")
        string(APPEND requires " ${requires_private}")
        string(APPEND libs " ${libs_private}")
        set(requires_private)
        set(libs_private)
    endif()
    file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/pkgconfig/${pc_name}.pc" @ONLY CONTENT
"# SPDX-License-Identifier: MIT
prefix=@pc_prefix@
libdir=@pc_libdir@
includedir=@pc_includedir@

Name: @pc_name@
Description: @PROJECT_DESCRIPTION@
Version: @PROJECT_VERSION@
Requires: @requires@
Requires.private: @requires_private@
Libs: @libs@
Libs.private: @libs_private@
Cflags: @cflags@
")
    install(FILES "${PROJECT_BINARY_DIR}/pkgconfig/${pc_name}.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT dev)
endforeach()
