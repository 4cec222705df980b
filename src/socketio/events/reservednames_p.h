// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_RESERVEDNAMES_P_H
#define SOCKETIO_RESERVEDNAMES_P_H

#include <QtCore/qstringview.h>

namespace SocketIo::detail {

// Names that neither side may emit and that a decoder refuses.
inline bool isReservedEvent(QStringView name) noexcept
{
    switch (name.size()) {
    case 7:
        return name == u"connect";
    case 10:
        return name == u"disconnect";
    case 11:
        return name == u"newListener";
    case 13:
        return name == u"connect_error" || name == u"disconnecting";
    case 14:
        return name == u"removeListener";
    default:
        return false;
    }
}

} // namespace SocketIo::detail

#endif
