// SPDX-License-Identifier: MIT
// Part of programs that link QtSocketIo::Qml, for which "import SocketIo" works wherever the
// package is installed: it keeps the linker from leaving out a library that only QML uses.
#include <QtCore/qglobal.h>

#if defined(Q_CC_MSVC)
__declspec(dllimport)
#endif
    extern void qml_register_types_SocketIo();

namespace {
[[maybe_unused]] volatile auto keepModule = &qml_register_types_SocketIo;
}
