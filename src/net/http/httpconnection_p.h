// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPCONNECTION_P_H
#define ENGINEIO_HTTPCONNECTION_P_H

#include "base/deadlinetimer_p.h"
#include "base/iocontext_p.h"
#include "base/timelimits_p.h"
#include "net/http/requestexchange_p.h"
#include "net/http/requestparser_p.h"
#include "net/http/trustedproxies_p.h"
#include "net/stream/stream_p.h"

#include <QtCore/qdeadlinetimer.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace EngineIo::detail {

class HttpConnection;

// Receives the requests of many connections.
class HttpConnectionObserver
{
public:
    // Whether a request whose head has arrived is for another thread; then moveConnection()
    // follows.
    virtual bool isForAnotherThread(HttpConnection &connection) = 0;
    virtual void moveConnection(std::shared_ptr<HttpConnection> connection) = 0;
    // Whether a request whose head has arrived is for another process; then connectionReleased()
    // follows, with the bytes that have been read but not handled.
    virtual bool isForAnotherProcess(HttpConnection &connection) = 0;
    virtual void connectionReleased(Descriptor descriptor, const QByteArray &bytes) = 0;
    // Whether a connection may switch to HTTP/2; then http2Started() follows, with all bytes that
    // have been read.
    virtual bool speaksHttp2() const = 0;
    virtual void http2Started(std::unique_ptr<Stream> stream, const QByteArray &bytes) = 0;
    // The head of a request is complete. An observer that wants the body calls receiveBody(); the
    // body of a request that is answered without it is read and dropped.
    virtual void requestReceived(const std::shared_ptr<RequestExchange> &exchange) = 0;
    virtual void connectionClosed(HttpConnection &connection) = 0;

protected:
    ~HttpConnectionObserver() = default;
};

struct HttpConnectionSettings
{
    // The time by which a request that begins now must be complete.
    QDeadlineTimer requestDeadline() const
    {
        return requestTotalTimeout.count() > 0 ? QDeadlineTimer(requestTotalTimeout)
                                               : QDeadlineTimer(QDeadlineTimer::Forever);
    }
    // How long to wait for more of a request that must be complete by deadline; 0: no limit. Empty
    // if the deadline has passed: the timer is due then, and must not be postponed by each further
    // byte.
    std::optional<std::chrono::milliseconds> inputTimeout(const QDeadlineTimer &deadline) const
    {
        if (deadline.isForever())
            return requestTimeout;
        const auto rest = std::chrono::milliseconds(deadline.remainingTime());
        if (rest.count() <= 0)
            return std::nullopt;
        return requestTimeout.count() > 0 ? std::min(requestTimeout, rest) : rest;
    }

    // How long to wait for the next request: a little more than is announced, so that one that is
    // sent just before the end is still answered.
    std::chrono::milliseconds idleTimeout() const
    {
        constexpr std::chrono::milliseconds Grace = std::chrono::seconds(1);
        return keepAliveTimeout < Grace ? keepAliveTimeout
                                        : std::min(keepAliveTimeout, LongestTime) + Grace;
    }

    HttpLimits limits;
    std::chrono::milliseconds requestTimeout;      // without a byte of a request
    std::chrono::milliseconds requestTotalTimeout; // for a whole request
    std::chrono::milliseconds keepAliveTimeout;
    qsizetype maxBufferSize = 0; // bytes of unfinished requests of all connections; 0: no limit
    std::shared_ptr<std::atomic<qsizetype>> buffered;     // how many there are now
    std::shared_ptr<const TrustedProxies> trustedProxies; // null: all peers are clients
};

// One TCP connection that speaks HTTP: keep-alive, pipelining, time-outs. Requests are handed out
// one at a time; the next is read when respond() has answered the one before, and when it fits into
// the turn of the event loop.
class HttpConnection final : public std::enable_shared_from_this<HttpConnection>,
                             public RequestExchange,
                             public Flushable,
                             public Resumable,
                             private StreamObserver
{
public:
    HttpConnection(std::unique_ptr<Stream> stream, IoContext &context,
                   const HttpConnectionSettings &settings, HttpConnectionObserver *observer);
    ~HttpConnection() override;

    // firstBytes have been read from the stream already.
    void start(const QByteArray &firstBytes = {});

    // Sends an error without having received a request, and closes the connection. The reason is
    // logged.
    void refuse(int status, const char *reason);

    // The exchange of the current request.
    QString peerText() const override;
    bool isEnded() const noexcept override
    {
        return m_state == State::Closing || m_state == State::Closed;
    }
    void receiveBody(BodyOwner owner, std::function<void(int status)> done) override;
    // The connection stays open if the client and the answer allow it.
    void respond(const HttpResponse &response) override;
    qsizetype undeliveredBytes() const override
    {
        return m_stream ? m_stream->undeliveredBytes() : 0;
    }
    // Ends the HTTP part of the connection.
    std::unique_ptr<Stream> upgrade(const HttpResponse &response, QByteArray *rest) override;

    void abort();

    // To move the connection to another thread, after moveConnection() was called and control has
    // returned to the event loop. The new observer's isForAnotherThread() is called again.
    void detach();
    void attach(IoContext &context, HttpConnectionObserver *observer);

    void flush() override;
    void resume() override;

private:
    enum class State {
        Reading,   // a head, or the body that receiveBody() has asked for
        Answering, // the request has been handed out
        Draining,  // answered; the rest of the body is dropped
        Moving,
        Closing,
        Closed,
    };

    void streamReceived(char *data, qsizetype size) override;
    void streamClosed(const QString &error) override;
    void streamDrained() override;
    bool writesAfterTheEnd() const override { return true; }

    bool isReading() const noexcept
    {
        return m_state == State::Reading || m_state == State::Draining;
    }
    void process(QByteArrayView data);
    bool mayGoOn();
    void pause();
    void parsed(HttpRequestParser::Status status);
    void handleHead();
    bool release();
    bool leaveToHttp2();
    void refuseHttp2();
    QByteArray takeInput();
    std::unique_ptr<Stream> takeStream();
    void completeBody();
    void failRequest(int status, const char *reason);
    void finishRequest();
    void closeAfterWriting();
    void finish();
    void countBuffered();
    void setBuffered(qsizetype size);
    void awaitRequest(std::chrono::milliseconds delay);
    void awaitNextRequest();
    void awaitBytes();
    void startTimer(std::chrono::milliseconds delay);
    void timedOut();
    bool takesTheAnswer();

    std::unique_ptr<Stream> m_stream;
    IoContext *m_context;
    HttpConnectionObserver *m_observer;
    HttpConnectionSettings m_settings;
    HttpRequestParser m_parser;
    DeadlineTimer m_timer;
    QDeadlineTimer m_requestDeadline; // of the request that has begun
    std::function<void(int)> m_bodyHandler;
    TurnShare m_share;
    QByteArray m_input;          // arrived during an answer, or left for the next turn
    QByteArrayView m_rest;       // the rest of what is being parsed
    qsizetype m_buffered = 0;    // this connection's share of m_settings.buffered
    qsizetype m_undelivered = 0; // of the answers, when last looked at
    State m_state = State::Reading;
    BodyOwner m_bodyOwner = BodyOwner::Nobody;
    bool m_processing = false;
    bool m_paused = false;
    bool m_begun = false;       // the request that is being read has a deadline
    bool m_answered = false;    // a request of this connection has been answered
    bool m_bodyUnread = false;  // the request has a body whose end has not been read
    bool m_broken = false;      // nothing more can be read
    bool m_closing = false;     // closes once the body has been drained
    bool m_lingering = false;   // waits for the peer to close
    bool m_awaitsDrain = false; // goes on with the next request when the answers have been taken
};

} // namespace EngineIo::detail

#endif
