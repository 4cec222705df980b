// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENT_P_H
#define ENGINEIO_CLIENT_P_H

#include "base/callout_p.h"
#include "engineio/client/clienthandshake_p.h"
#include "engineio/client/clientheartbeat_p.h"
#include "engineio/client/clientinbox_p.h"
#include "engineio/client/clientnetwork_p.h"
#include "engineio/client/clienttransport_p.h"
#include "engineio/client/requesturl_p.h"
#include "engineio/protocol/wireprotocol_p.h"

#include <EngineIo/client.h>

#include <QtCore/qbasictimer.h>
#include <QtCore/qpointer.h>
#include <QtNetwork/qnetworkaccessmanager.h>

#include <memory>

namespace EngineIo {

// The life cycle of a connection. Its parts are in separate files:
// clientlife.cpp       the transport's news, the handshake, the end
// clientopening.cpp    which transport to open with, and the next one when it fails
// clientupgrade.cpp    the change to WebSocket
// clientsending.cpp    packets on their way out
// clientreceiving.cpp  packets on their way to the application
//
// Slots may delete the client, so this object must not be accessed after a signal unless a CallOut
// reports that the client still exists.
class ClientPrivate final : public detail::ClientTransportObserver
{
public:
    using State = Client::State;
    using CallOut = detail::CallOut<Client>;

    explicit ClientPrivate(Client *client);
    ~ClientPrivate();

    void open();
    void close();
    void abort();
    bool send(const FrameList &frames, SendFlags flags);
    bool isWritable() const;
    bool hasHeartbeatExpired();
    // How many packets wait or are being written; once closed, how many were lost by that.
    qsizetype undeliveredCount() const;
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
    QPointer<QNetworkAccessManager> networkManager;
    std::unique_ptr<QNetworkAccessManager> ownNetworkManager;
    detail::ClientObserver *observer = nullptr;

    State state = State::Closed;
    detail::ClientHandshake handshake;
    detail::OutgoingPackets buffer;
    QString tooBigSent; // what of that is bigger than the server takes, in words
    double latency = -1;
    bool upgrading = false; // the probe was answered: nothing is sent until the transport changes
    bool packetSignals = false; // somebody listens to packetReceived or packetCreated

    detail::ClientNetworkPtr network; // outlives the transports
    detail::ClientTransportPtr transport;

private:
    detail::ClientTransportPtr createTransport(TransportType type);
    QList<TransportType> firstCandidates() const;
    void openTransport();
    void openNextTransport(const ClientError &error, CloseReason reason);
    void openingTimedOut();
    void noteUnanswered();

    void setState(State newState);
    void handleHandshake(const Packet &packet);
    void handlePacket(Packet &&packet);
    void answerPing();
    void pongReceived();
    void sendPing();
    void sendControl(PacketType type);
    void deliver();
    void deliverNextTurn();
    void handOver(const Packet &packet);
    void updateBackPressure();

    void startProbe();
    void handleProbePacket(const Packet &packet);
    void endProbe(const QString &why);

    bool tellCreated(const FrameList &frames);
    void flush();
    detail::OutgoingPackets takeWritablePackets();
    void noteTooBig(const detail::OutgoingPackets &packets);

    void continueClosing();
    void watchDelivery();
    void closingTimedOut();
    ClientError tooBigError(const ClientError &error) const;
    void fail(const ClientError &error, CloseReason reason);
    void end(const detail::ClientEnd &how);
    void tellEnd();
    void finish(CloseReason reason, const ClientError &details);

    QList<TransportType> m_candidates; // the one that is being opened, and those to try after it
    std::shared_ptr<detail::RequestUrl> m_requestUrl;
    std::shared_ptr<detail::ClientInbox> m_inbox; // of this connection
    detail::ClientTransportPtr m_probe;
    detail::ClientHeartbeat m_heartbeat;
    const detail::WireProtocol *m_protocol; // of this connection
    QBasicTimer m_pingTimer;                // where it is the client that pings
    QBasicTimer m_openingTimer;
    QBasicTimer m_probeTimer;
    QBasicTimer m_closeTimer;
    detail::BootClock::time_point m_deliveryChecked; // after close()
    qsizetype m_underWay = 0;                        // packets that the transport is writing
    qsizetype m_lost = 0;                            // of the connection before
    bool m_goodbye = false;                          // the transport is closing
    bool m_controlWaits = false;                     // a ping or pong is in the buffer
};

} // namespace EngineIo

#endif
