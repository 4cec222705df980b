// SPDX-License-Identifier: MIT
#include <SocketIo/msgpack.h>

#include "msgpack/msgpackreader_p.h"
#include "msgpack/msgpackwriter_p.h"
#include "socketio/parser/packetwarnings_p.h"

namespace SocketIo {

static_assert(MsgPack::MaxDepth == detail::GreatestClusterDepth);

/*!
    \class SocketIo::MsgPack
    \inmodule QtSocketIo
    \inheaderfile SocketIo/MsgPack
    \since QtSocketIo 0.1
    \brief Encodes and decodes values as MessagePack, compatible with notepack.io.

    It is intended for adapters that share a broker with Node.js servers.

    For example:

    \snippet reference-msgpack.cpp MsgPack
*/
/*!
    \enum SocketIo::MsgPack::Dates
    This enum describes how a QDateTime is encoded. Both formats can be decoded.
    \value Timestamp as MessagePack's timestamp (notepack.io 3)
    \value Notepack2 as milliseconds in an extension of type 0 (notepack.io 2)
*/
/*!
    \variable SocketIo::MsgPack::MaxDepth
    \brief the maximum nesting depth of arrays and maps. It is the limit of messages between
    servers, which have more levels than the events that they contain.
*/
/*!
    \variable SocketIo::MsgPack::MaxSize
    \brief the maximum number of bytes that encode() returns.
*/

/*!
    Returns \a value as MessagePack, with dates in the format \a dates, or \c std::nullopt if the
    value is nested more than MaxDepth levels deep or its encoding would exceed MaxSize bytes.
*/
std::optional<QByteArray> MsgPack::encode(const QVariant &value, Dates dates)
{
    using Writer = detail::MsgPackWriter;
    const auto form =
        dates == Dates::Timestamp ? Writer::Dates::Timestamp : Writer::Dates::Notepack2;
    return Writer(MaxDepth, form, MaxSize).write(value);
}

/*!
    Returns the value in \a bytes. If \a bytes does not contain exactly one valid value, returns
    \c std::nullopt and, if \a error is not \c nullptr, sets \a error to the reason.
*/
std::optional<QVariant> MsgPack::decode(const QByteArray &bytes, QByteArray *error)
{
    detail::MsgPackReader reader(MaxDepth);
    std::optional<QVariant> value = reader.read(bytes);
    if (!value && error)
        *error = reader.errorString();
    return value;
}

} // namespace SocketIo
