# SPDX-License-Identifier: MIT
# CPack reads this before it makes packages. Without dpkg-shlibdeps it makes packages that depend on
# nothing, and that do not work where Qt is not installed by chance.
find_program(shlibdeps dpkg-shlibdeps)
if(CPACK_GENERATOR STREQUAL "DEB" AND NOT shlibdeps)
    message(FATAL_ERROR "Packages for Debian need dpkg-shlibdeps, which finds out what they depend on: "
        "install dpkg-dev (tools/install-packages packages)")
endif()
