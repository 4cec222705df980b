# SPDX-License-Identifier: MIT
# CPack runs this when the files of the packages lie in their folders: each package of Debian brings
# its license and what has changed.
find_program(gzip gzip REQUIRED)
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
    string(TOUPPER "${component}" upper)
    set(folder "${CPACK_TEMPORARY_DIRECTORY}/${component}/usr/share/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME}")
    file(MAKE_DIRECTORY "${folder}")
    configure_file("${CMAKE_CURRENT_LIST_DIR}/../LICENSE" "${folder}/copyright" COPYONLY)
    execute_process(COMMAND "${gzip}" -9nc "${CMAKE_CURRENT_LIST_DIR}/../CHANGELOG.md"
        OUTPUT_FILE "${folder}/changelog.gz" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
