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

// Whether one of the arguments may hold others: few events need more than this look at each.
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

// Whether a parser may refuse value: it is nested more than depth levels deep, looks like a
// placeholder for binary data, or has a million elements. Cheaper than to encode it.
SOCKETIO_EXPORT bool isSuspicious(const QVariant &value, int depth);

// Why parser does not encode the event, if it is for how deeply the arguments are nested, or for an
// object that looks like a placeholder for binary data: asked when the event is emitted, as it may
// be encoded much later or in another thread, where nobody can be told. Only arguments that are
// suspicious cost more than a look at them. Calls the parser, which may be the application's and end
// whoever holds it.
Error encodingError(const std::shared_ptr<const Parser> &parser, const QString &event,
                    const QVariantList &args);

// The error of an acknowledgement whose event the parser has not encoded; the parser has warned.
Error notEncodedError(const QString &event);

// Whether encoding packet may call the application: a converter or a getter of a type of its own.
bool hasOwnTypes(const Packet &packet);

} // namespace detail
} // namespace SocketIo

#endif
