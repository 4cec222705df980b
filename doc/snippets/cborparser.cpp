// SPDX-License-Identifier: MIT
#include "cborparser.h"

#include <QtCore/qcborarray.h>
#include <QtCore/qcbormap.h>
#include <QtCore/qcborvalue.h>

#include <algorithm>
#include <array>

using namespace SocketIo;
using namespace Qt::StringLiterals;

//! [decoder]
namespace {

// Events that a peer must not send: they tell of the connection.
bool isReserved(const QString &event)
{
    static const std::array names{u"connect"_s,       u"connect_error"_s, u"disconnect"_s,
                                  u"disconnecting"_s, u"newListener"_s,   u"removeListener"_s};
    return std::find(names.begin(), names.end(), event) != names.end();
}

class CborDecoder final : public Decoder
{
public:
    Status addText(QByteArrayView, Packet *) override
    {
        return fail("a text message: the peer does not use the CBOR parser");
    }

    // What comes from a peer is checked: all that is wrong ends in fail().
    Status addBinary(const QByteArray &bytes, Packet *packet) override
    {
        QCborParserError error;
        const QCborMap map = QCborValue::fromCbor(bytes, &error).toMap();
        if (error.error != QCborError::NoError)
            return fail(error.errorString().toUtf8());
        if (error.offset != bytes.size())
            return fail("more than a packet");
        const QCborValue type = map.value("type"_L1);
        if (!type.isInteger() || type.toInteger() < 0
            || type.toInteger() > qint64(PacketType::ConnectError))
            return fail("unknown packet type");
        if (!map.value("nsp"_L1).isString())
            return fail("invalid namespace");
        const QCborValue id = map.value("id"_L1);
        if (!id.isUndefined() && (!id.isInteger() || id.toInteger() < 0))
            return fail("invalid packet id");

        *packet = Packet();
        packet->type = PacketType(type.toInteger());
        packet->nsp = map.value("nsp"_L1).toString();
        packet->id = id.toInteger(Packet::NoId);
        return addData(map.value("data"_L1), packet) ? Status::Complete : fail("invalid data");
    }

private:
    static bool addData(const QCborValue &data, Packet *packet)
    {
        switch (packet->type) {
        case PacketType::Event:
            packet->args = data.toArray().toVariantList();
            return !packet->args.isEmpty() && data.toArray().first().isString()
                && !isReserved(packet->args.constFirst().toString());
        case PacketType::Ack:
            packet->args = data.toArray().toVariantList();
            return data.isArray();
        case PacketType::Connect:
            if (data.isMap())
                packet->data = data.toVariant();
            return data.isMap() || data.isUndefined() || data.isNull();
        case PacketType::ConnectError:
            packet->data = data.toVariant();
            return data.isMap() || data.isString();
        default: // Disconnect
            return data.isUndefined() || data.isNull();
        }
    }
};

} // namespace

std::unique_ptr<Decoder> CborParser::createDecoder() const
{
    return std::make_unique<CborDecoder>();
}
//! [decoder]

//! [encode]
EngineIo::FrameList CborParser::encode(const Packet &packet) const
{
    QCborMap map{{u"type"_s, int(packet.type)}, {u"nsp"_s, packet.nsp}};
    if (packet.id != Packet::NoId)
        map.insert(u"id"_s, packet.id);
    if (packet.type == PacketType::Event || packet.type == PacketType::Ack)
        map.insert(u"data"_s, QCborArray::fromVariantList(packet.args));
    else if (packet.data.isValid())
        map.insert(u"data"_s, QCborValue::fromVariant(packet.data));
    EngineIo::FrameList frames;
    frames.append(EngineIo::Frame::fromBinary(map.toCborValue().toCbor()));
    return frames;
}
//! [encode]
