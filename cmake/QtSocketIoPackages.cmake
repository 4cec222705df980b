# SPDX-License-Identifier: MIT
# Packages for Debian and Ubuntu, split as theirs are: cpack -G DEB in the build folder, of a build
# with CMAKE_INSTALL_PREFIX=/usr, with which CMake installs libraries in lib/<architecture>.
set(CPACK_PACKAGE_NAME qtsocketio)
set(CPACK_PACKAGE_VENDOR "QtSocketIo")
set(CPACK_PACKAGE_CONTACT "The QtSocketIo developers <qtsocketio@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL runtime dev)
if(TARGET SocketIoQml)
    list(APPEND CPACK_COMPONENTS_ALL qml)
endif()
if(TARGET docs)
    list(APPEND CPACK_COMPONENTS_ALL doc)
endif()
if(TARGET qtsocketio-cat)
    list(APPEND CPACK_COMPONENTS_ALL tools)
endif()

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# The dependencies between the packages.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${PROJECT_BINARY_DIR}/lib")
set(exact "= ${PROJECT_VERSION}")

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libqtsocketio${QTSOCKETIO_SOVERSION})
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "Libraries of QtSocketIo.")
set(runtime "${CPACK_DEBIAN_RUNTIME_PACKAGE_NAME} (${exact})")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libqtsocketio-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "${runtime}, qt6-base-dev")
set(CPACK_COMPONENT_DEV_DESCRIPTION "Headers of QtSocketIo, and what CMake and pkg-config read.")

set(CPACK_DEBIAN_QML_PACKAGE_NAME qml6-module-socketio)
set(CPACK_DEBIAN_QML_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_QML_PACKAGE_DEPENDS "${runtime}")
set(CPACK_COMPONENT_QML_DESCRIPTION "The QML module of QtSocketIo.")
if(TARGET SocketIoQml) # the link to its library is among the files for developers
    string(APPEND CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
        ", qt6-declarative-dev, qml6-module-socketio (${exact})")
endif()

set(CPACK_DEBIAN_DOC_PACKAGE_NAME qtsocketio-doc)
set(CPACK_DEBIAN_DOC_PACKAGE_SECTION doc)
set(CPACK_DEBIAN_DOC_PACKAGE_ARCHITECTURE all)
set(CPACK_COMPONENT_DOC_DESCRIPTION "Guides and reference of QtSocketIo.")

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME qtsocketio-tools)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION net)
set(CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS "${runtime}")
set(CPACK_COMPONENT_TOOLS_DESCRIPTION "qtsocketio-cat, a Socket.IO client for shells.")
set(CPACK_PROJECT_CONFIG_FILE "${CMAKE_CURRENT_LIST_DIR}/QtSocketIoPackagesCheck.cmake")
set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_CURRENT_LIST_DIR}/QtSocketIoPackagesDocs.cmake")
include(CPack)
