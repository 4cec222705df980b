// SPDX-License-Identifier: MIT
#include "redis/streamentry_p.h"

#include "base/utf8text_p.h"
#include "base/warninglimit_p.h"
#include "redis/redislogging_p.h"

#include <SocketIo/MsgPack>

#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

// Accepts digits only: no sign, no space.
std::optional<quint64> toNumber(QByteArrayView digits)
{
    if (digits.isEmpty() || digits.size() > 20)
        return std::nullopt;
    quint64 number = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9')
            return std::nullopt;
        const quint64 digit = quint64(c - '0');
        if (number > (std::numeric_limits<quint64>::max() - digit) / 10)
            return std::nullopt;
        number = number * 10 + digit;
    }
    return number;
}

} // namespace

std::optional<StreamId> StreamId::fromBytes(QByteArrayView bytes)
{
    const qsizetype dash = bytes.indexOf('-');
    if (dash < 0)
        return std::nullopt;
    const std::optional<quint64> time = toNumber(bytes.first(dash));
    const std::optional<quint64> number = toNumber(bytes.sliced(dash + 1));
    if (!time || !number)
        return std::nullopt;
    return StreamId{*time, *number};
}

QByteArray StreamId::toBytes() const
{
    return QByteArray::number(time) + '-' + QByteArray::number(number);
}

StreamId StreamId::next() const
{
    if (number == std::numeric_limits<quint64>::max())
        return {time + 1, 0};
    return {time, number + 1};
}

std::optional<StreamOffset> StreamOffset::fromString(const QString &text)
{
    const QList<QByteArray> parts = text.toLatin1().split(':');
    if (parts.size() != 1 && parts.size() != 3)
        return std::nullopt;
    const std::optional<StreamId> id = StreamId::fromBytes(parts[0]);
    if (!id)
        return std::nullopt;
    StreamOffset offset{*id, {}, 0};
    if (parts.size() == 3) {
        const std::optional<quint64> number = toNumber(parts[2]);
        if (!number || parts[1].isEmpty())
            return std::nullopt;
        offset.source = parts[1];
        offset.sequence = *number;
    }
    return offset;
}

QString StreamOffset::toString() const
{
    QByteArray text = id.toBytes();
    if (!source.isEmpty())
        text += ':' + source + ':' + QByteArray::number(sequence);
    return QString::fromLatin1(text);
}

std::optional<StreamEntry> StreamEntry::fromReply(const RedisReply &reply)
{
    if (reply.elements.size() != 2)
        return std::nullopt;
    const std::optional<StreamId> id = StreamId::fromBytes(reply.elements[0].text);
    if (!id)
        return std::nullopt;
    StreamEntry entry;
    entry.id = *id;
    const QList<RedisReply> &fields = reply.elements[1].elements;
    for (qsizetype i = 0; i + 1 < fields.size(); i += 2) {
        const QByteArray &name = fields[i].text;
        const QByteArray &value = fields[i + 1].text;
        if (name == "uid")
            entry.uid = value;
        else if (name == "nsp")
            entry.nsp = value;
        else if (name == "type")
            entry.type = value;
        else if (name == "data")
            entry.data = value;
        else if (name == "source")
            entry.source = value;
        else if (name == "sequence")
            entry.sequence = toNumber(value).value_or(0);
    }
    return entry;
}

std::optional<ClusterMessage> StreamEntry::message() const
{
    QVariantMap map{{u"uid"_s, QString::fromUtf8(uid)},
                    {u"nsp"_s, EngineIo::detail::utf8Text(nsp)},
                    {u"type"_s, QString::fromUtf8(type)}};
    QByteArray error = "it is not one of a cluster";
    if (data.startsWith('{')) {
        if (const auto value = ClusterMessage::mapFromJson(data))
            map.insert(u"data"_s, *value);
        else
            map.clear();
    } else if (!data.isEmpty()) {
        const auto bytes =
            QByteArray::fromBase64Encoding(data, QByteArray::AbortOnBase64DecodingErrors);
        std::optional<QVariant> value;
        if (bytes)
            value = MsgPack::decode(*bytes, &error);
        if (value)
            map.insert(u"data"_s, *value);
        else
            map.clear();
    }
    auto message = ClusterMessage::fromVariantMap(map);
    if (!message) {
        static const EngineIo::detail::WarningLimit limit(EngineIo::detail::WarningLimit::Many);
        EngineIo::detail::warnIfDue(lcRedis(), limit.take(),
                                    u"The entry %1 of the stream is ignored: %2"_s.arg(
                                        QString::fromUtf8(id.toBytes()), QString::fromUtf8(error)));
    }
    return message;
}

std::optional<QVariantMap> StreamEntry::options() const
{
    const std::optional<QByteArray> written = jsonMember(data, "opts");
    return written ? ClusterMessage::mapFromJson(*written) : std::nullopt;
}

std::optional<QByteArray> jsonMember(const QByteArray &object, QByteArrayView name)
{
    const QByteArrayView text(object);
    int depth = 0;
    bool isAtKey = false;  // the next string is the name of a member
    qsizetype begin = -1;  // of the value that is looked for
    bool isWanted = false; // the last name is the one that is looked for
    for (qsizetype i = 0; i < text.size(); ++i) {
        switch (text[i]) {
        case '"': {
            const qsizetype first = i + 1;
            for (++i; i < text.size() && text[i] != '"'; ++i) {
                if (text[i] == '\\')
                    ++i;
            }
            if (i >= text.size())
                return std::nullopt;
            if (depth == 1 && std::exchange(isAtKey, false))
                isWanted = text.sliced(first, i - first) == name;
            break;
        }
        case ':':
            if (depth == 1 && std::exchange(isWanted, false))
                begin = i + 1;
            break;
        case '{':
        case '[':
            isAtKey = ++depth == 1;
            break;
        case '}':
        case ']':
        case ',':
            if (depth == 1 && begin >= 0)
                return object.mid(begin, i - begin);
            if (text[i] != ',')
                --depth;
            else if (depth == 1)
                isAtKey = true;
            break;
        default:
            break;
        }
    }
    return std::nullopt;
}

QList<QByteArray> streamFields(const ClusterMessage &message, EntryData kind,
                               const QByteArray &source, quint64 sequence)
{
    QList<QByteArray> fields{"uid",  message.uid.toUtf8(),
                             "nsp",  message.nsp.toUtf8(),
                             "type", QByteArray::number(int(message.type))};
    if (!message.data.isEmpty()) {
        QByteArray data;
        if (kind == EntryData::Any && message.hasBinary())
            data = MsgPack::encode(message.data).value_or(QByteArray()).toBase64();
        else
            data = ClusterMessage::mapToJson(message.data);
        if (data.isEmpty())
            return {};
        fields += {"data", data};
    }
    fields += {"source", source, "sequence", QByteArray::number(sequence)};
    return fields;
}

QByteArray streamFor(const QString &name, int count, const QString &nsp)
{
    if (count <= 1)
        return name.toUtf8();
    qint32 hash = 0;
    for (const QChar c : nsp)
        hash = qint32(quint32(hash) * 31U + c.unicode());
    // The remainder is negative for half of the names, on Node.js as well.
    return name.toUtf8() + '-' + QByteArray::number(hash % count);
}

} // namespace SocketIo::detail
