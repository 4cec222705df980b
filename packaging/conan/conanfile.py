# SPDX-License-Identifier: MIT
"""Conan 2 recipe: conan create packaging/conan --build=missing"""
import os

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy


class QtSocketIo(ConanFile):
    name = "qtsocketio"
    version = "0.1.0"
    description = "Socket.IO server and client for Qt 6"
    license = "MIT"
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "qml": [True, False], "msgpack": [True, False],
               "redis": [True, False], "postgres": [True, False], "http2": [True, False],
               "tools": [True, False], "websockets": [True, False], "httpserver": [True, False],
               "adminui": [True, False]}
    default_options = {"shared": True, "qml": True, "msgpack": True, "redis": False,
                       "postgres": False, "http2": False, "tools": False, "websockets": False,
                       "httpserver": False, "adminui": True, "qt/*:qtdeclarative": True}

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..", "..")
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "src/*", "qml/*", "tools/cat/*",
                        "doc/CMakeLists.txt", "doc/build.cmake"):
            copy(self, pattern, root, self.export_sources_folder)

    def _is_built(self, part):
        """Whether a part is built: if it is an option that is set, or what such a part needs."""
        needed_by = {"msgpack": ("redis", "postgres"), "websockets": ("httpserver",)}
        return any(self.options.get_safe(name) for name in (part, *needed_by.get(part, ())))

    def configure(self):
        for part in ("websockets", "httpserver"):
            if self._is_built(part):
                setattr(self.options["qt"], f"qt{part}", True)

    def requirements(self):
        self.requires("qt/[>=6.4 <7]", transitive_headers=True, transitive_libs=True)
        self.requires("zlib/[>=1.2.11 <2]")
        if self._is_built("msgpack"):
            self.requires("msgpack-cxx/[>=4.1]")
        if self.options.redis:
            self.requires("hiredis/[>=1.0]")
        if self.options.postgres:
            self.requires("libpq/[>=14]")
        if self.options.http2:
            self.requires("libnghttp2/[>=1.52]")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["QTSOCKETIO_BUILD_EXAMPLES"] = False
        toolchain.cache_variables["QTSOCKETIO_INSTALL_QMLDIR"] = "qml"
        for name in ("qml", "msgpack", "redis", "postgres", "http2", "tools", "websockets",
                     "httpserver", "adminui"):
            toolchain.cache_variables[f"QTSOCKETIO_BUILD_{name.upper()}"] = self._is_built(name)
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        # The package's own CMake files know its components.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "QtSocketIo")]
        if self.options.qml:
            self.runenv_info.append_path("QML_IMPORT_PATH", os.path.join(self.package_folder, "qml"))
