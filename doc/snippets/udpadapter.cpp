// SPDX-License-Identifier: MIT
#include "udpadapter.h"

//! [adapter]
#include <QtCore/QCborMap>
#include <QtCore/QCborValue>
#include <QtNetwork/QNetworkDatagram>

using namespace SocketIo;

UdpLink::UdpLink()
{
    connect(&m_socket, &QUdpSocket::readyRead, this, &UdpLink::read);
}

void UdpLink::send(const ClusterMessage &message)
{
    // CBOR carries binary data, too. A datagram holds up to 64 KiB.
    const QByteArray bytes =
        QCborMap::fromVariantMap(message.toVariantMap()).toCborValue().toCbor();
    for (const auto &[address, port] : std::as_const(m_peers)) {
        if (m_socket.writeDatagram(bytes, address, port) < 0)
            qWarning() << "Cannot reach" << address << port << m_socket.errorString();
    }
}

void UdpLink::read()
{
    while (m_socket.hasPendingDatagrams()) {
        const QByteArray bytes = m_socket.receiveDatagram().data();
        const QVariantMap map = QCborValue::fromCbor(bytes).toMap().toVariantMap();
        if (const auto message = ClusterMessage::fromVariantMap(map))
            Q_EMIT received(*message);
    }
}

UdpAdapter::UdpAdapter(Namespace *nsp, UdpLink *link)
    : ClusterAdapter(nsp)
    , m_link(link)
{
    connect(link, &UdpLink::received, this,
            [this](const ClusterMessage &message) { handleMessage(message); });
}

AdapterFactory UdpAdapter::factory(UdpLink *link)
{
    return [link](Namespace *nsp) { return std::make_unique<UdpAdapter>(nsp, link); };
}

void UdpAdapter::publishMessage(const ClusterMessage &message)
{
    if (m_link)
        m_link->send(message);
}

void UdpAdapter::publishResponse(const QString &, const ClusterMessage &response)
{
    publishMessage(response); // others ignore an answer to what they have not asked
}
//! [adapter]
