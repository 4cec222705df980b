// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTP2STREAM_P_H
#define ENGINEIO_HTTP2STREAM_P_H

#include "base/deadlinetimer_p.h"
#include "base/iocontext_p.h"
#include "http2/http2head_p.h"
#include "net/http/requestexchange_p.h"

#include <QtCore/qdeadlinetimer.h>

#include <nghttp2/nghttp2.h>

#include <atomic>
#include <memory>
#include <optional>

namespace EngineIo::detail {

class Http2Session;
class Http2Tunnel;
enum class Http2Body : quint8;

// One stream of a connection: a request and its answer, or a WebSocket. What nghttp2 reports is
// only noted, and handled in an event of its own, so that a nested event loop of one stream does
// not block the others, and no code of nghttp2 is on the stack when the engine is called.
class Http2Stream final : public RequestExchange,
                          public Resumable,
                          public std::enable_shared_from_this<Http2Stream>
{
public:
    Http2Stream(Http2Session &session, int32_t id);
    ~Http2Stream() override;

    int32_t id() const noexcept { return m_id; }

    // Input, called from within nghttp2.
    bool addField(QByteArrayView name, QByteArrayView value);
    void headReceived();
    void dataReceived(const char *data, qsizetype size);
    void inputEnded();
    // The stream or its connection is closed: nothing more is received or sent.
    void closed();

    // Writes what is to be sent next, at most size bytes, as nghttp2 asks for it.
    ssize_t read(char *to, qsizetype size, uint32_t *flags);
    // Whether the answer was given before the request had ended.
    bool isAnsweredBeforeItsEnd() const noexcept { return m_answered && !m_inputEnded; }

    // For the tunnel.
    Http2Session *session() const noexcept { return m_session; }
    void handleLater();
    void tunnelGone();
    // Notes that output of the tunnel is under way, until connectionDrained() is called. Returns
    // whether it was not before.
    bool noteWritten() noexcept { return !std::exchange(m_written, true); }
    void connectionDrained();

    void resume() override;

    QString peerText() const override;
    bool isEnded() const noexcept override { return m_closed || m_answered; }
    void receiveBody(BodyOwner owner, std::function<void(int status)> done) override;
    void respond(const HttpResponse &response) override;
    qsizetype undeliveredBytes() const override;
    std::unique_ptr<Stream> upgrade(const HttpResponse &response, QByteArray *rest) override;

private:
    void handOut();
    void handleInput();
    void deliver();
    void finishBody(int status);
    void end();
    void submit(const HttpResponse &response, Http2Body body);
    bool isBodyTooLarge() const;
    void consume(qsizetype size);
    void awaitInput();
    void startTimer(std::chrono::milliseconds delay);
    void timedOut();
    void countBuffered();
    void refuseMore();
    void setBuffered(qsizetype size);

    Http2Session *m_session; // null when the stream is closed
    IoContext &m_context;
    const int32_t m_id;
    const std::shared_ptr<std::atomic<qsizetype>> m_counter; // bytes held for all connections
    std::optional<Http2Head> m_head;                         // until the request is complete
    DeadlineTimer m_timer;
    QDeadlineTimer m_inputDeadline;
    QByteArray m_input;  // waiting bytes of the body or the WebSocket
    QByteArray m_output; // the body of the answer
    qsizetype m_outputOffset = 0;
    qsizetype m_unconsumed = 0; // bytes not given back to the peer's window
    qsizetype m_headSize = 0;
    qsizetype m_buffered = 0;
    qint64 m_contentLength = -1;
    std::function<void(int)> m_bodyHandler;
    BodyOwner m_bodyOwner = BodyOwner::Nobody;
    Http2Tunnel *m_tunnel = nullptr;
    bool m_expectsContinue = false;
    bool m_headComplete = false;
    bool m_handedOut = false;
    bool m_isTunnel = false;
    bool m_inputEnded = false;
    bool m_answered = false;
    bool m_closed = false;
    bool m_ended = false; // the end has been reported
    bool m_delivering = false;
    bool m_written = false;
    bool m_drained = false;
    bool m_overLimit = false;
};

} // namespace EngineIo::detail

#endif
