# SPDX-License-Identifier: MIT
# Sets QTSOCKETIO_HAVE_BCRYPT if crypt(3) is that of libxcrypt, which knows bcrypt.
include(CheckCXXSymbolExists)
include(CMakePushCheckState)

find_path(QTSOCKETIO_CRYPT_INCLUDE_DIR crypt.h)
find_library(QTSOCKETIO_CRYPT_LIBRARY crypt)
mark_as_advanced(QTSOCKETIO_CRYPT_INCLUDE_DIR QTSOCKETIO_CRYPT_LIBRARY)
if(QTSOCKETIO_CRYPT_INCLUDE_DIR AND QTSOCKETIO_CRYPT_LIBRARY)
    cmake_push_check_state(RESET)
    set(CMAKE_REQUIRED_INCLUDES "${QTSOCKETIO_CRYPT_INCLUDE_DIR}")
    set(CMAKE_REQUIRED_LIBRARIES "${QTSOCKETIO_CRYPT_LIBRARY}")
    check_cxx_symbol_exists(crypt_checksalt crypt.h QTSOCKETIO_HAVE_BCRYPT)
    cmake_pop_check_state()
endif()
