# SPDX-License-Identifier: MIT
function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "Failed: ${ARGN}")
    endif()
endfunction()

# run_qmake(name.pro folder prefix [variable=value...]): builds a project with qmake, which finds the
# package below the prefix by pkg-config, and runs its program.
function(run_qmake project folder prefix)
    find_program(qmake NAMES qmake6 qmake-qt6)
    find_program(pkg_config pkg-config)
    find_program(make make)
    if(NOT qmake OR NOT pkg_config OR NOT make)
        message("There is no qmake, pkg-config or make for ${project}")
        return()
    endif()
    cmake_path(GET project STEM program)
    file(REMOVE_RECURSE "${folder}")
    file(MAKE_DIRECTORY "${folder}")
    set(ENV{PKG_CONFIG_PATH} "${prefix}/lib/pkgconfig")
    set(ENV{LD_LIBRARY_PATH} "${prefix}/lib")
    run(${qmake} -o "${folder}/Makefile" QMAKE_CXX=${CXX_COMPILER} QMAKE_LINK=${CXX_COMPILER} ${ARGN}
        "${project}")
    run(${make} -s -C "${folder}")
    run("${folder}/${program}")
endfunction()

# The components of an installed package that a program may link without QML, for components.pro.
function(get_modules prefix result)
    file(GLOB modules RELATIVE "${prefix}/lib/pkgconfig" "${prefix}/lib/pkgconfig/*.pc")
    list(TRANSFORM modules REPLACE "\\.pc$" "")
    list(FILTER modules EXCLUDE REGEX "Qml$")
    list(JOIN modules " " modules)
    set(${result} "${modules}" PARENT_SCOPE)
endfunction()
