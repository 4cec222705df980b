// SPDX-License-Identifier: MIT
#include "socketio/parser/packettext_p.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonvalue.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype LongestText = 1000;

QLatin1StringView typeName(PacketType type)
{
    switch (type) {
    case PacketType::Connect:
        return "CONNECT"_L1;
    case PacketType::Disconnect:
        return "DISCONNECT"_L1;
    case PacketType::Event:
    case PacketType::BinaryEvent:
        return "EVENT"_L1;
    case PacketType::Ack:
    case PacketType::BinaryAck:
        return "ACK"_L1;
    case PacketType::ConnectError:
        return "CONNECT_ERROR"_L1;
    }
    return "?"_L1;
}

// Replaces binary data by its size: nobody wants to read megabytes of it.
QVariant withoutBytes(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::QByteArray:
        return u"(binary, %1 bytes)"_s.arg(value.toByteArray().size());
    case QMetaType::QVariantList: {
        QVariantList list = value.toList();
        for (QVariant &item : list)
            item = withoutBytes(item);
        return list;
    }
    case QMetaType::QVariantMap: {
        QVariantMap map = value.toMap();
        for (QVariant &item : map)
            item = withoutBytes(item);
        return map;
    }
    default:
        return value;
    }
}

} // namespace

QString packetText(const Packet &packet)
{
    QString text = typeName(packet.type) + u' ' + packet.nsp;
    QString content;
    if (!packet.args.isEmpty() || packet.type == PacketType::Ack) {
        content = QString::fromUtf8(
            QJsonDocument(QJsonArray::fromVariantList(withoutBytes(packet.args).toList()))
                .toJson(QJsonDocument::Compact));
    } else if (packet.data.isValid()) {
        // Only an array can hold any value in a document.
        content = QString::fromUtf8(
            QJsonDocument(QJsonArray{QJsonValue::fromVariant(withoutBytes(packet.data))})
                .toJson(QJsonDocument::Compact));
        content = content.sliced(1, content.size() - 2);
    }
    if (!content.isEmpty())
        text += u' ' + content;
    if (text.size() > LongestText) {
        const QString size = QString::number(text.size());
        text = text.left(LongestText) + u"... (%1 characters)"_s.arg(size);
    }
    if (packet.id != Packet::NoId)
        text += u" id %1"_s.arg(packet.id);
    return text;
}

} // namespace SocketIo::detail
