// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_PACKET_H
#define ENGINEIO_PACKET_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/enums.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qmetatype.h>

namespace EngineIo {

// One Engine.IO packet. Text data is UTF-8; binary data only occurs in Message packets.
struct Packet
{
    PacketType type = PacketType::Noop;
    bool binary = false;
    QByteArray data;

    friend bool operator==(const Packet &a, const Packet &b)
    {
        return a.type == b.type && a.binary == b.binary && a.data == b.data;
    }
};

} // namespace EngineIo

Q_DECLARE_METATYPE(EngineIo::Packet)

#endif
