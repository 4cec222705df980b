// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_EVENTNAME_P_H
#define SOCKETIO_EVENTNAME_P_H

#include "socketio/events/plainvalue_p.h"
#include "socketio/events/reservednames_p.h"

#include <QtCore/qvariant.h>

namespace SocketIo::detail {

// Whether a received value can be the name of an event: a string, or a number, as in JavaScript.
inline bool isEventName(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::LongLong:
    case QMetaType::ULongLong:
    case QMetaType::Double:
    case QMetaType::QString:
        return true;
    default:
        return false;
    }
}

// Whether that is a name that no peer may send.
inline bool isReservedName(const QVariant &name)
{
    return name.typeId() == QMetaType::QString && isReservedEvent(contentOf<QString>(name));
}

} // namespace SocketIo::detail

#endif
