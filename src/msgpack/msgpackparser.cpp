// SPDX-License-Identifier: MIT
#include <SocketIo/msgpackparser.h>

#include "base/exactinteger_p.h"
#include "msgpack/msgpackreader_p.h"
#include "msgpack/msgpackwriter_p.h"
#include "socketio/events/eventlogging_p.h"
#include "socketio/parser/eventname_p.h"
#include "socketio/parser/packet_p.h"
#include "socketio/parser/packetwarnings_p.h"

#include <algorithm>

namespace SocketIo {

using namespace Qt::StringLiterals;

namespace {

class MsgPackDecoder final : public Decoder
{
public:
    // A packet is a map, so its values are one level deeper.
    explicit MsgPackDecoder(int maxDepth)
        : m_reader(maxDepth + 1)
    {
    }

    Status addText(QByteArrayView, Packet *) override
    {
        return fail("a text message: the peer does not use the MessagePack parser"_ba);
    }

    Status addBinary(const QByteArray &bytes, Packet *packet) override
    {
        const std::optional<QVariant> value = m_reader.read(bytes);
        if (!value)
            return fail(m_reader.errorString());
        if (value->typeId() != QMetaType::QVariantMap)
            return fail("not a packet"_ba);
        const QVariantMap map = value->toMap();
        const QByteArray error = fill(map, packet);
        return error.isEmpty() ? Status::Complete : fail(error);
    }

private:
    // Makes the checks of socket.io-msgpack-parser and, in addition, those of socket.io-parser.
    static QByteArray fill(const QVariantMap &map, Packet *packet)
    {
        const std::optional<qint64> type = wholeNumber(map.value(u"type"_s));
        if (!type || *type < 0 || *type > qint64(PacketType::ConnectError))
            return "unknown packet type"_ba;
        const QVariant nsp = map.value(u"nsp"_s);
        if (nsp.typeId() != QMetaType::QString)
            return "invalid namespace"_ba;
        const QVariant id = map.value(u"id"_s);
        const bool hasId = id.isValid() && !isNull(id);
        const std::optional<qint64> number = wholeNumber(id);
        if (hasId && number.value_or(Packet::NoId) == Packet::NoId)
            return "invalid packet id"_ba;
        *packet = Packet();
        packet->type = PacketType(*type);
        packet->nsp = nsp.toString();
        if (hasId)
            packet->id = *number;
        return fillPayload(map.value(u"data"_s), packet) ? QByteArray() : "invalid payload"_ba;
    }

    static bool fillPayload(const QVariant &data, Packet *packet)
    {
        const bool isMap = data.typeId() == QMetaType::QVariantMap;
        const bool isAbsent = !data.isValid() || isNull(data);
        switch (packet->type) {
        case PacketType::Connect:
            if (isMap)
                packet->data = data;
            return isMap || isAbsent;
        case PacketType::Disconnect:
            return isAbsent;
        case PacketType::ConnectError:
            packet->data = data;
            return isMap || data.typeId() == QMetaType::QString;
        case PacketType::Event:
            packet->args = data.toList();
            return data.typeId() == QMetaType::QVariantList && !packet->args.isEmpty()
                && detail::isEventName(packet->args.constFirst())
                && !detail::isReservedName(packet->args.constFirst());
        default:
            packet->args = data.toList();
            return data.typeId() == QMetaType::QVariantList;
        }
    }

    // Some encoders write all numbers as doubles.
    static std::optional<qint64> wholeNumber(const QVariant &value)
    {
        if (value.typeId() == QMetaType::LongLong)
            return value.toLongLong();
        if (value.typeId() == QMetaType::Double
            && EngineIo::detail::isExactInteger(value.toDouble()))
            return qint64(value.toDouble());
        return std::nullopt;
    }

    static bool isNull(const QVariant &value) { return value.typeId() == QMetaType::Nullptr; }

    detail::MsgPackReader m_reader;
};

} // namespace

/*!
    \class SocketIo::MsgPackParser
    \inmodule QtSocketIo
    \inheaderfile SocketIo/MsgPackParser
    \since QtSocketIo 0.1
    \brief The wire format of socket.io-msgpack-parser: each packet is one binary MessagePack
    message.

    Binary data requires no attachments, and numbers are smaller than in JSON. Both ends of a
    connection must use this format: in JavaScript, use the package \c socket.io-msgpack-parser,
    version 3, or Socket.IO's file \c socket.io.msgpack.min.js.

    This class is in a separate library, \c{QtSocketIo::MsgPack}:

    \badcode
    find_package(QtSocketIo REQUIRED COMPONENTS SocketIo MsgPack)
    target_link_libraries(app PRIVATE QtSocketIo::MsgPack)
    \endcode

    \code
    SocketIo::ServerOptions options;
    options.parser = std::make_shared<SocketIo::MsgPackParser>();
    \endcode

    Values are written as in JsonParser, with the following differences:

    \list
    \li QByteArray is binary data, at any depth and in every kind of packet.
    \li QDateTime is a date, which JavaScript receives as a \c Date. A \c Date is received as a
        QDateTime in UTC.
    \li NaN and infinity are transmitted.
    \endlist

    JavaScript's \c undefined is received as null. The output of other encoders is decoded as in
    JavaScript: a map key that is a number, a boolean or nil is converted to its JavaScript string,
    such as "1", "null" or "NaN", and a value of an unknown extension type is converted to a list of
    the type and the bytes. Maps with other keys are refused. As in JavaScript, peers can use
    negative ids for acknowledgements, except -1, which means no id here.

    In browsers, a client with this parser sends an \c ArrayBuffer as binary data, but a typed array
    such as \c Uint8Array as an object.

    A peer that sends anything other than a valid packet is disconnected, with the reason "parse
    error".
*/

/*!
    \class SocketIo::MsgPackParser::Limits
    \inmodule QtSocketIo
    \inheaderfile SocketIo/MsgPackParser
    \since QtSocketIo 0.1
    \brief The limits beyond which a MsgPackParser refuses to decode or send a packet.

    Declared in \c{<SocketIo/MsgPackParser>}.

    They are passed to the parser's constructor:

    \snippet reference-msgpack.cpp Limits
*/
/*!
    \variable SocketIo::MsgPackParser::Limits::maxDepth
    \brief the maximum nesting depth of arrays and maps, from 1 to 1024; 512 by default. The list of
    an event's arguments counts as one level, so an argument can be nested 511 levels deep. Packets
    that are nested more deeply are neither decoded nor sent. Values above 1024 are reduced to 1024,
    with a warning.
*/
/*!
    \variable SocketIo::MsgPackParser::Limits::maxSentSize
    \brief the maximum size in bytes of a packet that is sent; 256 MiB by default, 0 for no limit. A
    larger packet is not sent, and a warning names its event.
*/

/*!
    Constructs a parser with the default limits.
*/
MsgPackParser::MsgPackParser()
    : MsgPackParser(Limits())
{
}

/*!
    Constructs a parser with \a limits.
*/
MsgPackParser::MsgPackParser(const Limits &limits)
    : m_limits{detail::checkedDepth(limits.maxDepth), std::max<qsizetype>(limits.maxSentSize, 0)}
{
}

/*!
    \reimp

    Returns one binary message.
*/
EngineIo::FrameList MsgPackParser::encode(const Packet &packet) const
{
    const PacketType type = detail::plainType(packet.type);
    const bool hasArgs = type == PacketType::Event || type == PacketType::Ack;
    if (type == PacketType::Event && packet.args.isEmpty()) {
        qCWarning(detail::lcEvents, "An event without a name cannot be sent");
        return {};
    }
    QVariantMap map{{u"type"_s, int(type)}, {u"nsp"_s, packet.nsp}};
    if (hasArgs)
        map.insert(u"data"_s, packet.args);
    else if (packet.data.isValid())
        map.insert(u"data"_s, packet.data);
    if (packet.id != Packet::NoId)
        map.insert(u"id"_s, packet.id);
    const detail::MsgPackWriter writer(m_limits.maxDepth + 1,
                                       detail::MsgPackWriter::Dates::Notepack2,
                                       detail::sizeLimit(m_limits.maxSentSize));
    detail::MsgPackWriter::Findings findings;
    const std::optional<QByteArray> bytes = writer.write(map, &findings);
    if (!bytes) {
        if (findings.isTooLarge)
            detail::warnOfSize(packet, m_limits.maxSentSize);
        else
            detail::warnOfDepth(packet, m_limits.maxDepth);
        return {};
    }
    detail::warnOfLost(findings.lost, packet);
    EngineIo::FrameList frames;
    frames.append(EngineIo::Frame::fromBinary(*bytes));
    return frames;
}

/*!
    \reimp
*/
std::unique_ptr<Decoder> MsgPackParser::createDecoder() const
{
    return std::make_unique<MsgPackDecoder>(m_limits.maxDepth);
}

} // namespace SocketIo
