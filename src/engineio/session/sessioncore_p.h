// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SESSIONCORE_P_H
#define ENGINEIO_SESSIONCORE_P_H

#include "engineio/protocol/messagedecoder_p.h"
#include "engineio/protocol/wireprotocol_p.h"
#include "engineio/session/heartbeat_p.h"
#include "engineio/session/sessionhost_p.h"
#include "engineio/transport/pollingtransport_p.h"
#include "engineio/transport/websockettransport_p.h"

#include <EngineIo/httprequest.h>
#include <EngineIo/packet.h>

#include <algorithm>
#include <atomic>
#include <memory>

namespace EngineIo {
class SessionPrivate;
}

namespace EngineIo::detail {

// The events of a Session, in addition to messages, that its users observe. Events that are not
// observed cost nothing.
enum class Watch : quint8 { PacketReceived = 1, PacketCreated = 2, Heartbeat = 4, Drained = 8 };
Q_DECLARE_FLAGS(Watches, Watch)
Q_DECLARE_OPERATORS_FOR_FLAGS(Watches)

// The protocol side of a session, in the thread of its I/O: transport, upgrade, heartbeat. Its
// public side, Session, lives in the server's thread, and the two talk through the host's
// ThreadBridge. The upgrade of the transport is implemented in sessionupgrade.cpp, and what passes
// messages on in sessiondelivery.cpp.
class SessionCore final : public std::enable_shared_from_this<SessionCore>,
                          public Resumable,
                          private TransportObserver,
                          private HeartbeatHost
{
public:
    SessionCore(SessionHost &host, const QString &id, const HttpRequest &request,
                std::unique_ptr<MessageDecoder> decoder);
    ~SessionCore() override;

    ThreadBridge &bridge() const noexcept { return m_host.bridge(); }
    const QString &id() const noexcept { return m_id; }
    const HttpRequest &request() const noexcept { return m_request; }
    const WireProtocol &protocol() const noexcept { return m_protocol; }

    // In the server's thread only.
    SessionPrivate *facade = nullptr;
    void setWatches(Watches watches) { m_watches.store(watches, std::memory_order_relaxed); }
    // A message that was given to the public side has been taken.
    void messageHandled(qsizetype size);
    // Calls function(core) in the I/O thread, as ThreadBridge::tellIo().
    template<typename Function>
    void tell(Function &&function)
    {
        bridge().tellIo(
            [core = shared_from_this(), function = std::forward<Function>(function)]() mutable {
                function(*core);
            });
    }

    // In the I/O thread.
    bool hasTransport() const noexcept { return m_transport != nullptr; }
    TransportType transport() const { return m_transport->type(); }
    bool isOpen() const noexcept { return m_state == State::Open; }
    void openPolling(const std::shared_ptr<RequestExchange> &exchange);
    void openWebSocket(std::unique_ptr<Stream> stream, const QByteArray &rest,
                       const std::optional<DeflateAgreement> &deflate);
    // The memory that is used by data that has been sent but not written yet.
    qsizetype heldBytes() const { return m_transport->heldBytes(); }
    PollingTransport *polling() const;
    bool canUpgrade() const;
    void upgrade(std::unique_ptr<Stream> stream, const QByteArray &rest,
                 const std::optional<DeflateAgreement> &deflate);
    // For the first answer of the session: true once.
    AnswerOrder takeAnswerOrder() { return std::exchange(m_answerOrder, AnswerOrder::Later); }

    // turn: of the application's thread, IoContext::turn(). Never ends the session at once, so it
    // may be called in loops over sessions.
    void send(const FrameList &frames, SendFlags flags, quint32 turn);
    void close();
    void abort(CloseReason reason, const QString &description = {});

private:
    enum class State { Open, Closing, Closed };
    struct Upgrade;
    class Delivery;

    void packetReceived(Transport &transport, PacketType type, QByteArrayView data) override;
    void binaryReceived(Transport &transport, const QByteArray &data) override;
    void inputArrived(Transport &transport) override;
    void inputRefused(Transport &transport, const QString &why) override;
    void transportDrained(Transport &transport) override;
    void transportClosed(Transport &transport, CloseReason reason,
                         const QString &description) override;

    void sendPing() override { sendPacket(PacketType::Ping); }
    bool isInputHeld() const override { return m_delivering > 0 || m_paused; }
    bool isReceiving() const override { return m_transport->isReceiving(); }
    qsizetype undeliveredBytes() const override { return m_transport->undeliveredBytes(); }
    void heartbeatLost() override;
    void resume() override;

    // Enough of the id to tell sessions apart in the log, and not enough to speak for the client.
    QString shortId() const { return m_id.first(std::min<qsizetype>(m_id.size(), 6)); }
    TransportObserver *asObserver() { return this; }
    bool isBase64() const;
    std::shared_ptr<WebSocketTransport>
    createWebSocket(std::unique_ptr<Stream> stream, const std::optional<DeflateAgreement> &deflate);
    void open(std::shared_ptr<Transport> transport);
    void sendPacket(PacketType type, const QByteArray &data = {});
    void handleBeat(PacketType type);
    void handleText(QByteArrayView data);
    void handleBinary(const QByteArray &data);
    void handleMessage(MessageDecoder::Result result, QByteArrayView data, bool binary);
    void warnOfClient(const QString &what) const;
    QString endDescription(CloseReason reason, const QString &description) const;
    void countDelivery(qsizetype size);
    void watchOutput();
    bool isOverLimit() const;
    // Calls function(facade) in the server's thread, if the public side is still there.
    template<typename Function>
    void tellFacade(Function &&function); // defined in session_p.h
    void tellPacket(const Packet &packet);
    template<typename Any>
    void deliver(Any message, qsizetype size);
    bool isTooMuch(quint64 unhandled, int divisor) const;
    void countReceived(PacketType type, qsizetype size);
    void logPacket(const char *what, PacketType type, bool binary, QByteArrayView data) const;
    void handleProbe(PacketType type, QByteArrayView data);
    void switchTransport();
    void stopUpgrade();
    void upgradeTimedOut();
    void releasePoll();
    void finish(CloseReason reason, const QString &description);
    bool isWatched(Watch watch) const
    {
        return m_watches.load(std::memory_order_relaxed).testFlag(watch);
    }

    SessionHost &m_host;
    const QString m_id;
    const HttpRequest m_request;
    QString m_undecodable; // the beginning of what has ended the session
    QString m_refused;     // what the client has sent, and why, until its next message
    const WireProtocol &m_protocol;
    std::unique_ptr<MessageDecoder> m_decoder;
    std::shared_ptr<Transport> m_transport;
    std::unique_ptr<Upgrade> m_upgrade;
    Heartbeat m_heartbeat;
    std::atomic<Watches> m_watches = Watches();
    // Messages on their way to the server's thread: their number, and below it their bytes. With
    // too many of them the session is paused: its input is not read.
    std::atomic<quint64> m_unhandled = 0;
    std::atomic<bool> m_paused = false;
    // Calls of the application that are on the stack. With a nested event loop in one of them the
    // input waits: the transport reports nothing from within a report.
    int m_delivering = 0;
    qsizetype m_biggestSent = 0; // of what has been sent since the transport last had nothing left
    quint32 m_sendTurn = 0;      // of the application, when it last sent
    State m_state = State::Open;
    bool m_overLimit = false; // looked at again after the transport has tried to write
    bool m_upgraded = false;
    AnswerOrder m_answerOrder = AnswerOrder::First;
};

// A WebSocket to which a polling session is being upgraded.
struct SessionCore::Upgrade
{
    std::shared_ptr<WebSocketTransport> transport;
    DeadlineTimer timeout;
    DeadlineTimer pollRelease;
};

// Set while the public side, and thus the application, is being called.
class SessionCore::Delivery
{
public:
    explicit Delivery(SessionCore &core)
        : m_core(core)
    {
        ++m_core.m_delivering;
    }
    ~Delivery()
    {
        if (--m_core.m_delivering == 0)
            m_core.m_heartbeat.noteReleased();
    }
    Q_DISABLE_COPY_MOVE(Delivery)

private:
    SessionCore &m_core;
};

} // namespace EngineIo::detail

#endif
