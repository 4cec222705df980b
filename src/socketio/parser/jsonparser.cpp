// SPDX-License-Identifier: MIT
#include <SocketIo/parser.h>

#include "socketio/events/eventlogging_p.h"
#include "socketio/parser/jsondecoder_p.h"
#include "socketio/parser/jsonwriter_p.h"
#include "socketio/parser/packet_p.h"
#include "socketio/parser/packetwarnings_p.h"

#include <algorithm>

namespace SocketIo {

namespace {

using namespace Qt::StringLiterals;
using detail::lcEvents;
using detail::nameForMessages;

JsonParser::Limits checked(const JsonParser::Limits &limits)
{
    return {std::max(limits.maxAttachments, 0), detail::checkedDepth(limits.maxDepth),
            std::max<qsizetype>(limits.maxUnfinishedSize, 0),
            std::max<qsizetype>(limits.maxSentSize, 0)};
}

char typeDigit(PacketType type)
{
    return char('0' + int(type));
}

} // namespace

/*!
    \class SocketIo::JsonParser
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Parser
    \since QtSocketIo 0.1
    \brief The default wire format: JSON text with binary attachments (socket.io-parser 5).

    Values are written as \c{JSON.stringify()} writes them:

    \list
    \li Integers of all sizes exactly; a double in the shortest form that is read back as the same
        number; NaN and infinity as null. (JavaScript peers lose precision beyond 2^53.)
    \li QString and QChar as strings, also QUrl (encoded), QUuid (without braces), QDate and QTime
        (ISO 8601). QDateTime as \c{Date.toISOString()}: in UTC with milliseconds. Invalid dates
        and times as null.
    \li QVariantList, QStringList, QJsonArray and other sequential containers as arrays;
        QVariantMap, QVariantHash, QJsonObject and other containers with keys as objects. The
        members of a QVariantMap are written in the order of their keys.
    \li A Q_GADGET as an object of its readable properties; an enumeration as its number.
    \li QByteArray, at any depth, as an attachment of an event or acknowledgement. In other packets,
        which have no attachments, as in Node.js: \c{{"type":"Buffer","data":[...]}}.
    \li Other types as the string that QVariant converts them to. Invalid QVariants and types that
        cannot be converted to a string as null. Pointers to a QObject also as null: an object is
        not data, belongs to a thread, and may have been deleted when the packet is written.
    \endlist

    The types of decoded values are listed in \l <SocketIo/Arguments>. A number beyond the range of
    a double becomes infinite, as in JavaScript. If several members have the same name, the last one
    is used.

    The decoder is strict: it refuses what socket.io-parser 4.2.7 refuses, and an event or
    acknowledgement without a payload.

    To use custom limits:

    \snippet reference.cpp JsonParser
*/

/*!
    \class SocketIo::JsonParser::Limits
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Parser
    \since QtSocketIo 0.1
    \brief The limits beyond which a JsonParser refuses to decode or send a packet.

    Declared in \c{<SocketIo/Parser>}.

    They are passed to the parser's constructor:

    \snippet reference.cpp JsonParser
*/
/*!
    \variable SocketIo::JsonParser::Limits::maxAttachments
    \brief the maximum number of binary attachments of a packet; 10 by default. Peers have the same
    limit: a warning is logged when a packet with more attachments is sent.
*/
/*!
    \variable SocketIo::JsonParser::Limits::maxDepth
    \brief the maximum nesting depth of arrays and objects, from 1 to 1024; 512 by default. The list
    of an event's arguments counts as one level, so an argument can be nested 511 levels deep.
    Packets that are nested more deeply are neither decoded nor sent. Values above 1024 are reduced
    to 1024, with a warning, because reading and destroying values requires stack space for each
    level.
*/
/*!
    \variable SocketIo::JsonParser::Limits::maxUnfinishedSize
    \brief the maximum size in bytes of all packets whose attachments have not arrived completely
    yet, for all peers of the parser together; 64 MiB by default, 0 for no limit. A peer whose
    packet exceeds the limit is refused, unless that packet is the only one: a single packet can be
    as large as ServerOptions::maxHttpBufferSize and maxAttachments allow.
*/
/*!
    \variable SocketIo::JsonParser::Limits::maxSentSize
    \brief the maximum size in bytes of a packet that is sent, including its attachments; 256 MiB by
    default, 0 for no limit. A larger packet is not sent, and a warning names its event. Implicitly
    shared lists take little memory but can become arbitrarily large when they are written.
*/

/*!
    Constructs a parser with the default limits.
*/
JsonParser::JsonParser()
    : JsonParser(Limits())
{
}

/*!
    Constructs a parser with \a limits.
*/
JsonParser::JsonParser(const Limits &limits)
    : m_limits(checked(limits))
    , m_unfinished(std::make_shared<std::atomic<qsizetype>>(0))
{
}

/*!
    \reimp

    An event or acknowledgement with binary data is encoded as a text message and a binary message
    for each attachment; any other packet is encoded as one text message.
*/
EngineIo::FrameList JsonParser::encode(const Packet &packet) const
{
    const PacketType type = detail::plainType(packet.type);
    const bool hasArgs = type == PacketType::Event || type == PacketType::Ack;
    EngineIo::FrameList frames; // which is returned everywhere, so that it is built in place
    if (type == PacketType::Event && packet.args.isEmpty()) {
        qCWarning(lcEvents, "An event without a name cannot be sent");
        return frames;
    }

    EngineIo::TextFrameWriter frame(128);
    QByteArray &buffer = frame.buffer();
    const qsizetype typeOffset = buffer.size();
    using Binary = detail::JsonWriter::Binary;
    detail::JsonWriter writer(&buffer, m_limits.maxDepth,
                              hasArgs ? Binary::Attach : Binary::Describe,
                              detail::sizeLimit(m_limits.maxSentSize));
    writer.writeRaw(typeDigit(type));
    if (packet.nsp.size() > 1) {
        writer.writeText(packet.nsp);
        writer.writeRaw(',');
    }
    if (packet.id != Packet::NoId)
        writer.writeInteger(packet.id);
    if (hasArgs)
        writer.writeList(packet.args);
    else if (packet.data.isValid())
        writer.write(packet.data);
    if (!writer.finish()) {
        if (writer.isTooLarge())
            detail::warnOfSize(packet, m_limits.maxSentSize);
        else
            detail::warnOfDepth(packet, m_limits.maxDepth);
        return frames;
    }
    const QList<QByteArray> &attachments = writer.attachments();
    if (writer.hasPlaceholder() && !attachments.isEmpty()) {
        detail::warnOfPlaceholder(packet);
        return frames;
    }
    if (!writer.lost().isEmpty())
        detail::warnOfLost(writer.lost(), packet);
    if (!attachments.isEmpty()) {
        if (attachments.size() > m_limits.maxAttachments) {
            EngineIo::detail::warnIfDue(
                lcEvents(), detail::isWarningDue(),
                u"There are %1 attachments in %2: peers refuse more than %3"_s
                    .arg(attachments.size())
                    .arg(nameForMessages(packet))
                    .arg(m_limits.maxAttachments));
        }
        buffer[typeOffset] =
            typeDigit(type == PacketType::Event ? PacketType::BinaryEvent : PacketType::BinaryAck);
        buffer.insert(typeOffset + 1, QByteArray::number(attachments.size()) + '-');
    }
    frames.reserve(1 + attachments.size());
    frames.append(std::move(frame).finish());
    for (const QByteArray &bytes : attachments)
        frames.append(EngineIo::Frame::fromBinary(bytes));
    return frames;
}

/*!
    \reimp
*/
std::unique_ptr<Decoder> JsonParser::createDecoder() const
{
    return std::make_unique<detail::JsonDecoder>(m_limits, m_unfinished);
}

} // namespace SocketIo
