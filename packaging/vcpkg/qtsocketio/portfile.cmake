# SPDX-License-Identifier: MIT
# An overlay port that builds the sources it lies in:
#     vcpkg install qtsocketio --overlay-ports=packaging/vcpkg
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

vcpkg_check_features(OUT_FEATURE_OPTIONS options
    FEATURES
        http2 QTSOCKETIO_BUILD_HTTP2
        httpserver QTSOCKETIO_BUILD_HTTPSERVER
        adminui QTSOCKETIO_BUILD_ADMINUI
        msgpack QTSOCKETIO_BUILD_MSGPACK
        postgres QTSOCKETIO_BUILD_POSTGRES
        qml QTSOCKETIO_BUILD_QML
        redis QTSOCKETIO_BUILD_REDIS
        tools QTSOCKETIO_BUILD_TOOLS
        websockets QTSOCKETIO_BUILD_WEBSOCKETS)
vcpkg_cmake_configure(SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS ${options} -DQTSOCKETIO_BUILD_EXAMPLES=OFF -DQTSOCKETIO_INSTALL_QMLDIR=Qt6/qml)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME QtSocketIo CONFIG_PATH lib/cmake/QtSocketIo)
vcpkg_fixup_pkgconfig()
if("tools" IN_LIST FEATURES)
    vcpkg_copy_tools(TOOL_NAMES qtsocketio-cat AUTO_CLEAN)
endif()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
