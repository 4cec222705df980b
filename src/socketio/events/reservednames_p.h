// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_RESERVEDNAMES_P_H
#define SOCKETIO_RESERVEDNAMES_P_H

#include <SocketIo/error.h>

#include <QtCore/qstring.h>

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

inline Error reservedEventError(const QString &event)
{
    Error error(Error::Type::Argument,
                QStringLiteral("\"%1\" is a reserved event name").arg(event));
    error.setHint(QStringLiteral("Give the event another name: Socket.IO keeps this one."));
    return error;
}

} // namespace SocketIo::detail

#endif
