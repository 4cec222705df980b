// SPDX-License-Identifier: MIT
#include "cluster/clusterframes_p.h"

namespace SocketIo::detail {

namespace {
// The characters of ids, 6 bits each.
constexpr char Alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
} // namespace

QString toPrefix(quint32 number)
{
    QString prefix;
    for (int i = PrefixSize - 1; i >= 0; --i)
        prefix += QLatin1Char(Alphabet[(number >> (6 * i)) & 63]);
    return prefix;
}

std::optional<quint32> fromPrefix(QStringView id)
{
    if (id.size() < PrefixSize)
        return std::nullopt;
    quint32 number = 0;
    for (const QChar character : id.first(PrefixSize)) {
        const qsizetype value = QLatin1StringView(Alphabet).indexOf(character);
        if (value < 0)
            return std::nullopt;
        number = number << 6 | quint32(value);
    }
    return number;
}

QByteArray messageToBytes(const ClusterMessage &message)
{
    return toFrame(message.uid, message.nsp, quint8(message.type), message.data);
}

std::optional<ClusterMessage> messageFromBytes(const QByteArray &bytes)
{
    ClusterMessage message;
    quint8 type = 0;
    if (!fromFrame(bytes, message.uid, message.nsp, type, message.data)
        || type < quint8(ClusterMessage::Type::InitialHeartbeat)
        || type > quint8(ClusterMessage::Type::AdapterClose))
        return std::nullopt;
    message.type = ClusterMessage::Type(type);
    return message;
}

void writeField(QDataStream &stream, const KeptSession &kept)
{
    const RecoverableSession &session = kept.session;
    stream << session.sid << session.pid;
    writeField(stream, session.rooms);
    writeField(stream, session.data);
    stream << kept.begin << kept.isConnected << kept.lifetime;
}

void readField(QDataStream &stream, KeptSession &kept)
{
    RecoverableSession &session = kept.session;
    stream >> session.sid >> session.pid;
    readField(stream, session.rooms);
    readField(stream, session.data);
    stream >> kept.begin >> kept.isConnected >> kept.lifetime;
}

} // namespace SocketIo::detail
