// SPDX-License-Identifier: MIT
#include "jsonvalues.h"

#include <SocketIo/Parser>

#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;

namespace {

// What an acknowledgement with the id 0 has before its arguments.
constexpr QLatin1StringView Head("30");

// Returns value with what change makes of its elements or members.
template<typename Change>
QVariant withItems(const QVariant &value, Change change)
{
    const auto changed = [change](auto items) {
        for (QVariant &item : items)
            item = change(item);
        return items;
    };
    switch (value.typeId()) {
    case QMetaType::QVariantList:
        return changed(value.toList());
    case QMetaType::QVariantMap:
        return changed(value.toMap());
    default:
        return value;
    }
}

QVariant encodeBinary(const QVariant &value)
{
    if (value.typeId() == QMetaType::QByteArray)
        return QVariantMap{{u"base64"_s, QString::fromLatin1(value.toByteArray().toBase64())}};
    return withItems(value, encodeBinary);
}

} // namespace

QVariant decodeBinary(const QVariant &value)
{
    if (value.typeId() == QMetaType::QVariantMap) {
        const QVariantMap map = value.toMap();
        const QVariant base64 = map.value(u"base64"_s);
        if (map.size() == 1 && base64.typeId() == QMetaType::QString)
            return QByteArray::fromBase64(base64.toString().toLatin1());
    }
    return withItems(value, decodeBinary);
}

std::optional<QVariantList> readJsonArray(const QString &text, QString *error)
{
    const QString array = text.trimmed();
    if (!array.startsWith(u'[')) {
        *error = u"not a JSON array"_s;
        return {};
    }
    const std::unique_ptr<Decoder> decoder = JsonParser().createDecoder();
    Packet packet;
    if (decoder->addText((Head + array).toUtf8(), &packet) != Decoder::Status::Complete) {
        *error = QString::fromUtf8(decoder->errorString());
        return {};
    }
    return packet.args;
}

QByteArray writeJsonArray(const QVariantList &list)
{
    JsonParser::Limits limits;
    limits.maxDepth = 1024; // binary data takes a level more than when it was received
    limits.maxSentSize = 0;
    Packet packet;
    packet.type = PacketType::Ack;
    packet.id = 0;
    packet.args = encodeBinary(list).toList();
    const EngineIo::FrameList frames = JsonParser(limits).encode(packet);
    return frames.first().message().bytes().sliced(Head.size());
}
