# SPDX-License-Identifier: MIT
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/QtSocketIo")
get_property(QTSOCKETIO_COMPONENTS GLOBAL PROPERTY QTSOCKETIO_COMPONENTS)
list(JOIN QTSOCKETIO_COMPONENTS ", " QTSOCKETIO_COMPONENTS)
configure_package_config_file(
    "${PROJECT_SOURCE_DIR}/cmake/QtSocketIoConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/QtSocketIoConfig.cmake"
    INSTALL_DESTINATION "${package_dir}")
if(PROJECT_VERSION_MAJOR EQUAL 0)
    set(compatibility SameMinorVersion)
else()
    set(compatibility SameMajorVersion)
endif()
write_basic_package_version_file("${PROJECT_BINARY_DIR}/QtSocketIoConfigVersion.cmake"
    COMPATIBILITY ${compatibility})
install(EXPORT QtSocketIoTargets NAMESPACE QtSocketIo:: DESTINATION "${package_dir}")
install(FILES
    "${PROJECT_BINARY_DIR}/QtSocketIoConfig.cmake"
    "${PROJECT_BINARY_DIR}/QtSocketIoConfigVersion.cmake"
    DESTINATION "${package_dir}")
