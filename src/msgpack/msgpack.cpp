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
    \brief Encodes values as MessagePack and decodes them, as notepack.io does.

    It is meant for adapters that share a broker with servers on Node.js.

    For example:

    \snippet reference-msgpack.cpp MsgPack
*/
/*!
    \enum SocketIo::MsgPack::Dates
    How a QDateTime is written. Both forms can be read.
    \value Timestamp as MessagePack's timestamp (notepack.io 3)
    \value Notepack2 as milliseconds in an extension of type 0 (notepack.io 2)
*/
/*!
    \variable SocketIo::MsgPack::MaxDepth
    How deeply arrays and maps may be nested: as deeply as in any message between servers, which
    has more levels than the events that it carries.
*/
/*!
    \variable SocketIo::MsgPack::MaxSize
    The maximum number of bytes that encode() returns.
*/

/*!
    Returns \a value as MessagePack, with dates in the form \a dates, or nothing if the value is
    nested too deeply or would take more than MaxSize bytes.
*/
std::optional<QByteArray> MsgPack::encode(const QVariant &value, Dates dates)
{
    using Writer = detail::MsgPackWriter;
    const auto form =
        dates == Dates::Timestamp ? Writer::Dates::Timestamp : Writer::Dates::Notepack2;
    return Writer(MaxDepth, form, MaxSize).write(value);
}

/*!
    Returns the one value that \a bytes contain. If they contain anything else, returns nothing and
    sets \a error, if it is not \c nullptr, to the reason.
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
