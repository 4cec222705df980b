// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_NESTING_P_H
#define SOCKETIO_NESTING_P_H

#include <SocketIo/error.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qvariant.h>

#include <algorithm>
#include <memory>

namespace SocketIo {

class Parser;
struct Packet;

namespace detail {

// Returns whether one of the arguments may contain other values. For most events, this check is
// sufficient.
inline bool mayBeNested(const QVariantList &args)
{
    return std::any_of(args.cbegin(), args.cend(), [](const QVariant &arg) {
        switch (arg.typeId()) {
        case QMetaType::QVariantList:
        case QMetaType::QVariantMap:
        case QMetaType::QVariantHash:
        case QMetaType::QJsonArray:
        case QMetaType::QJsonObject:
        case QMetaType::QJsonValue:
            return true;
        default:
            return false;
        }
    });
}

// Returns whether a parser may refuse value because it is nested more than depth levels deep, looks
// like a placeholder for binary data, or has a million elements. This is cheaper than encoding the
// value.
SOCKETIO_EXPORT bool isSuspicious(const QVariant &value, int depth);

// Returns the reason why parser does not encode the event: the nesting of its arguments, or an
// object that looks like a placeholder for binary data. This is checked when the event is emitted,
// because it may be encoded much later or in another thread, where the error cannot be reported to
// the caller. Only suspicious arguments are examined further. Calls the parser, which may be the
// application's and may delete the caller.
Error encodingError(const std::shared_ptr<const Parser> &parser, const QString &event,
                    const QVariantList &args);

// Returns the error for an acknowledgement whose event the parser has not encoded. The parser has
// logged a warning.
Error notEncodedError(const QString &event);

// Returns whether encoding packet may call code of the application: a converter or a getter of one
// of its types.
bool hasOwnTypes(const Packet &packet);

} // namespace detail
} // namespace SocketIo

#endif
