// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_POLLINGTRANSPORT_P_H
#define ENGINEIO_POLLINGTRANSPORT_P_H

#include "base/deadlinetimer_p.h"
#include "engineio/protocol/wireprotocol_p.h"
#include "engineio/transport/jsonp_p.h"
#include "engineio/transport/transport_p.h"
#include "net/http/requestexchange_p.h"

#include <EngineIo/serveroptions.h>

#include <functional>
#include <optional>

namespace EngineIo::detail {

// Packets by HTTP long-polling: a GET waits for packets, a POST brings some.
class PollingTransport final : public Transport
{
public:
    // Sends an answer on the connection, after the application has had its say on the headers.
    using Responder =
        std::function<void(const std::shared_ptr<RequestExchange> &, const HttpResponse &)>;

    // What a client takes.
    struct Format
    {
        const WireProtocol &protocol;
        bool base64 = false; // text only
        std::optional<Jsonp> jsonp{};
    };

    PollingTransport(IoContext &context, TransportObserver *observer, const ServerOptions &options,
                     Format format, Responder respond);

    TransportType type() const override { return TransportType::Polling; }
    bool isWritable() const override;
    void send(OutgoingPacket packet) override;
    qsizetype heldBytes() const override
    {
        return m_queuedBytes + qsizetype(m_queue.size()) * QueuedBlockCost + m_unreadBytes;
    }
    qsizetype undeliveredBytes() const override;
    // The body of a POST is on its way; the connection limits the time that it may take.
    bool isReceiving() const override { return m_post && !m_postRead; }
    void setReading(bool enabled) override;
    void close(CloseReason reason) override;
    void abort() override;
    void flush() override;
    void resume() override;

    // The head of a POST is there. False if the client may not send it, as another is under way:
    // the request has been refused and the session has ended.
    bool startPost(const std::shared_ptr<RequestExchange> &exchange);
    // The body of a POST is too large, or does not come: the session goes on without it.
    void refusePost(const std::shared_ptr<RequestExchange> &exchange, int status);
    // A whole request of this session.
    void handleRequest(const std::shared_ptr<RequestExchange> &exchange);

    // Answers a waiting poll with a noop, if there is one and nothing else to send.
    void releasePoll();
    // Gives up what has not been sent, and the waiting poll, for the transport that follows.
    std::vector<OutgoingPacket> takeQueue();

private:
    void handlePoll(const std::shared_ptr<RequestExchange> &exchange);
    void countUnread();
    void handlePost(const std::shared_ptr<RequestExchange> &exchange);
    void decodeBody();
    void refuseBody();
    void dropBody();
    void answerPost();
    enum class ClosePacket : bool { No, Yes };
    void answerPoll(ClosePacket close = ClosePacket::No);
    void protocolError(const std::shared_ptr<RequestExchange> &exchange, const QString &what);
    void abortPoll();
    void finishClosing();

    const ServerOptions &m_options;
    const Format m_format;
    Responder m_respond;
    std::shared_ptr<RequestExchange> m_poll;
    std::weak_ptr<RequestExchange> m_answered;            // that the last poll came on
    std::vector<std::weak_ptr<RequestExchange>> m_unread; // answers before the last poll, and
    qsizetype m_unreadBytes = 0;                          // their bytes at that time
    std::shared_ptr<RequestExchange> m_post;
    QByteArray m_body;                       // of a POST, and
    std::unique_ptr<PayloadReader> m_reader; // what of it has not been handled
    std::vector<OutgoingPacket> m_queue;
    qsizetype m_queuedBytes = 0;
    DeadlineTimer m_closeTimer;
    CloseReason m_closeReason = CloseReason::ForcedClose;
    bool m_closing = false;
    bool m_ended = false;
    bool m_paused = false;
    bool m_postRead = false; // its body is there; it is answered when that has been handled
    bool m_decoding = false;
};

} // namespace EngineIo::detail

#endif
