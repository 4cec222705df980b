# SPDX-License-Identifier: MIT
# Configures the package with choices that few users make, and looks at what comes of them.
include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

function(expect_in_file file text)
    file(READ "${file}" content)
    string(FIND "${content}" "${text}" position)
    if(position EQUAL -1)
        message(FATAL_ERROR "No \"${text}\" in ${file}:\n${content}")
    endif()
endfunction()

set(build "${WORK_FOLDER}/options")
file(REMOVE "${build}/CMakeCache.txt")
set(configure ${CMAKE_COMMAND} -S ${ROOT_FOLDER} -B ${build} -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${CXX_COMPILER}
    -DQTSOCKETIO_BUILD_EXAMPLES=OFF)

# Folders that are not below the prefix, as some distributions have them.
run(${configure} -DCMAKE_INSTALL_PREFIX=/prefix -DCMAKE_INSTALL_LIBDIR=/elsewhere/lib
    -DCMAKE_INSTALL_INCLUDEDIR=/elsewhere/include -DQTSOCKETIO_INSTALL_QMLDIR=/elsewhere/share/qml)
set(pc "${build}/pkgconfig/QtSocketIoSocketIo.pc")
expect_in_file("${pc}" "prefix=/prefix\nlibdir=/elsewhere/lib\nincludedir=/elsewhere/include\n")
if(QML)
    expect_in_file("${build}/qml/cmake_install.cmake" "$ORIGIN/../../../lib")
    expect_in_file("${build}/QtSocketIoConfig.cmake" "\"/elsewhere/share/qml\"")
endif()

# What others need is said to be left out with them.
execute_process(COMMAND ${configure} -DQTSOCKETIO_BUILD_MSGPACK=OFF OUTPUT_VARIABLE output
    COMMAND_ERROR_IS_FATAL ANY)
if(NOT output MATCHES "have been disabled:.* redis, .* postgres, ")
    message(FATAL_ERROR "Redis and PostgreSQL without MessagePack: ${output}")
endif()
