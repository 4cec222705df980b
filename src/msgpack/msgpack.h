// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MSGPACK_H
#define SOCKETIO_MSGPACK_H

#include <SocketIo/msgpackglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qvariant.h>

#include <optional>

namespace SocketIo {

// Encodes values as MessagePack and decodes them.
class SOCKETIO_MSGPACK_EXPORT MsgPack
{
public:
    enum class Dates { Timestamp, Notepack2 };

    static constexpr int MaxDepth = 1032;
    static constexpr qsizetype MaxSize = qsizetype(256) * 1024 * 1024;

    static std::optional<QByteArray> encode(const QVariant &value, Dates dates = Dates::Timestamp);
    static std::optional<QVariant> decode(const QByteArray &bytes, QByteArray *error = nullptr);
};

} // namespace SocketIo

#endif
