// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENT_P_H
#define ENGINEIO_CLIENT_P_H

#include "engineio/client/bootclock_p.h"
#include "engineio/client/clienthandshake_p.h"
#include "engineio/client/clienttransport_p.h"
#include "engineio/protocol/outgoingpacket_p.h"
#include "engineio/client/requesturl_p.h"

#include <EngineIo/client.h>

#include <QtCore/qbasictimer.h>
#include <QtCore/qpointer.h>
#include <QtNetwork/qnetworkaccessmanager.h>

#include <memory>
#include <optional>

namespace EngineIo {

// A connection's life. Signals may delete the client, so nothing of this object is touched after
// one unless a guard says that the client still lives.
class ClientPrivate final : public detail::ClientTransportListener
{
public:
    using State = Client::State;
    using Guard = QPointer<Client>;

    explicit ClientPrivate(Client *client)
        : q(client)
    {
    }

    void open();
    void close();
    void abort(CloseReason reason, const QString &description);
    bool send(const FrameList &frames, SendFlags flags);
    bool isWritable() const;
    bool hasHeartbeatExpired();
    void timerEvent(QTimerEvent *event);

    void transportOpened(detail::ClientTransport *transport) override;
    void transportPacket(detail::ClientTransport *transport, Packet &&packet) override;
    void transportDrained(detail::ClientTransport *transport) override;
    void transportPaused(detail::ClientTransport *transport) override;
    void transportLatency(detail::ClientTransport *transport,
                          std::chrono::nanoseconds latency) override;
    void transportFailed(detail::ClientTransport *transport, const ClientError &error) override;
    void transportClosed(detail::ClientTransport *transport, const ClientError &details) override;

    Client *q;
    QUrl url;
    ClientOptions options;
    QPointer<QNetworkAccessManager> network;
    std::unique_ptr<QNetworkAccessManager> ownNetwork;
    ClientReceiver *receiver = nullptr;

    State state = State::Closed;
    detail::ClientHandshake handshake;
    detail::ClientTransportPtr transport;
    detail::OutgoingPackets buffer;
    double latency = -1;
    bool upgrading = false; // the probe was answered: nothing is sent until the transport changes
    bool packetSignals = false; // somebody listens to packetReceived or packetCreated

private:
    detail::ClientTransportPtr createTransport(TransportType type);
    void openTransport();
    void setState(State newState);
    void handleHandshake(const Packet &packet);
    void handlePacket(Packet &packet);
    void startProbe();
    void handleProbePacket(const Packet &packet);
    void endProbe(const QString &why);
    void enqueue(detail::OutgoingPacket &&packet, PacketType type);
    void flush();
    detail::OutgoingPackets takeWritablePackets();
    void restartHeartbeat();
    void checkHeartbeat();
    void continueClosing();
    void fail(const ClientError &error, CloseReason reason);
    void finish(CloseReason reason, const ClientError &details);
    void emitPacket(void (Client::*signal)(const Packet &), const Packet &packet);

    QList<TransportType> candidates; // not tried yet
    std::shared_ptr<detail::RequestUrl> requestUrl;
    detail::ClientTransportPtr probe;
    QBasicTimer heartbeatTimer;
    QBasicTimer probeTimer;
    QBasicTimer closeTimer;
    detail::BootClock::time_point heartbeatDeadline;
    bool goodbye = false; // the transport is closing
};

} // namespace EngineIo

#endif
