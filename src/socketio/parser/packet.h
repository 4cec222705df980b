// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PACKET_H
#define SOCKETIO_PACKET_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

namespace SocketIo {

enum class PacketType : quint8 {
    Connect,
    Disconnect,
    Event,
    Ack,
    ConnectError,
    BinaryEvent,
    BinaryAck,
};

// A Socket.IO packet. The binary types exist only on the wire: a decoded packet is an Event or an
// Ack, and the encoder selects the binary type if the packet contains a QByteArray.
struct Packet
{
    static constexpr qint64 NoId = -1;

    PacketType type = PacketType::Event;
    QString nsp = QStringLiteral("/");
    qint64 id = NoId;  // of the acknowledgement wanted (Event) or given (Ack)
    QVariantList args; // Event: the name, then the arguments. Ack: the arguments.
    QVariant data;     // Connect: a QVariantMap or nothing. ConnectError: a map or a string.
};

} // namespace SocketIo

Q_DECLARE_METATYPE(SocketIo::Packet)

#endif
