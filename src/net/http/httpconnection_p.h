// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPCONNECTION_P_H
#define ENGINEIO_HTTPCONNECTION_P_H

#include "base/deadlinetimer_p.h"
#include "base/iocontext_p.h"
#include "net/http/httprequestwriter_p.h"
#include "net/http/requestparser_p.h"
#include "net/http/trustedproxies_p.h"
#include "net/stream/stream_p.h"

#include <EngineIo/httprequest.h>
#include <EngineIo/httpresponse.h>

#include <QtCore/qdeadlinetimer.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

namespace EngineIo::detail {

class HttpConnection;

// Receives the requests of many connections.
class HttpConnectionObserver
{
public:
    // Whether a request, of which the head is there, is for another thread: moveConnection()
    // follows.
    virtual bool isForAnotherThread(HttpConnection &connection) = 0;
    virtual void moveConnection(std::shared_ptr<HttpConnection> connection) = 0;
    // Whether a request, of which the head is there, is for another process: connectionReleased()
    // follows, with what has been read and not been handled.
    virtual bool isForAnotherProcess(HttpConnection &connection) = 0;
    virtual void connectionReleased(qintptr descriptor, const QByteArray &bytes) = 0;
    // The head of a request is there. Whoever wants the body asks for it with receiveBody(); what
    // is answered without it is read and dropped.
    virtual void requestReceived(HttpConnection &connection) = 0;
    virtual void connectionClosed(HttpConnection &connection) = 0;

protected:
    ~HttpConnectionObserver() = default;
};

struct HttpConnectionSettings
{
    HttpLimits limits;
    std::chrono::milliseconds requestTimeout;      // without a byte of a request
    std::chrono::milliseconds requestTotalTimeout; // for a whole request
    std::chrono::milliseconds keepAliveTimeout;
    qsizetype maxBufferSize = 0; // bytes of unfinished requests of all connections; 0: no limit
    std::shared_ptr<std::atomic<qsizetype>> buffered;     // how many there are
    std::shared_ptr<const TrustedProxies> trustedProxies; // none: all peers are clients
};

// One TCP connection that speaks HTTP: keep-alive, pipelining, time-outs. Requests are handed out
// one at a time; the next is read when respond() has answered the one before, and when the turn of
// the event loop has room for it.
class HttpConnection final : public std::enable_shared_from_this<HttpConnection>,
                             public Flushable,
                             public Resumable,
                             private StreamObserver
{
public:
    HttpConnection(std::unique_ptr<Stream> stream, IoContext &context,
                   const HttpConnectionSettings &settings, HttpConnectionObserver *observer);
    ~HttpConnection() override;

    // firstBytes: what has been read from the stream already.
    void start(const QByteArray &firstBytes = {});

    // Answers without a request to answer, and closes. The reason is for the log.
    void refuse(int status, const char *reason);
    bool isEnded() const noexcept { return m_state == State::Closing || m_state == State::Closed; }

    const HttpRequest &request() const noexcept { return m_request; }
    // The client's address, for messages.
    QString peerText() const;

    // What middlewares have noted at the current request.
    void setAttributes(const QVariantMap &attributes)
    {
        HttpRequestWriter(m_request).setAttributes(attributes);
    }

    // Whether the body counts as one of nobody's, or is bounded by its session.
    enum class BodyOwner { Nobody, Session };
    // Reads the body of the current request. Then done is called, at once or later: with 0 when
    // request() has it, or with the status that the request has to be answered with instead.
    void receiveBody(BodyOwner owner, std::function<void(int status)> done);

    // Added to whatever the current request is answered with.
    HttpHeaders &responseHeaders() noexcept { return m_responseHeaders; }
    // A body that has not been read yet is read and dropped, so that the client sees the answer,
    // and the connection goes on.
    void respond(const HttpResponse &response);
    // What the client has not confirmed to have received, as far as the system tells.
    qsizetype undeliveredBytes() const { return m_stream ? m_stream->undeliveredBytes() : 0; }
    // Called once if the connection ends before the current request is answered.
    void setAbortHandler(std::function<void()> handler) { m_abortHandler = std::move(handler); }

    // Ends the HTTP part of the connection: sends the answer to an upgrade request and hands over
    // the stream, with the bytes that came after the request's head.
    std::unique_ptr<Stream> upgrade(const HttpResponse &response, QByteArray *rest);

    void abort();

    // For moving the connection to another thread, once moveConnection() has been called and the
    // event loop has been returned to. isForAnotherThread() is asked again, of the new observer.
    void detach();
    void attach(IoContext &context, HttpConnectionObserver *observer);

    void flush() override;
    void resume() override;

private:
    enum class State {
        Reading,   // a head, or the body that receiveBody() has asked for
        Answering, // handed out
        Draining,  // answered; the rest of the body is dropped
        Moving,
        Closing,
        Closed,
    };

    void streamReceived(char *data, qsizetype size) override;
    void streamClosed(const QString &error) override;
    void streamDrained() override { }

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
    void completeBody();
    void failRequest(int status, const char *reason);
    HttpResponse withHeaders(const HttpResponse &response) const;
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

    std::unique_ptr<Stream> m_stream;
    IoContext *m_context;
    HttpConnectionObserver *m_observer;
    HttpConnectionSettings m_settings;
    HttpRequestParser m_parser;
    DeadlineTimer m_timer;
    QDeadlineTimer m_requestDeadline; // of the request that has begun
    HttpRequest m_request;
    HttpHeaders m_responseHeaders;
    std::function<void()> m_abortHandler;
    std::function<void(int)> m_bodyHandler;
    TurnShare m_share;
    QByteArray m_input;       // arrived while a request was being answered, or is for the next turn
    QByteArrayView m_rest;    // of what is being parsed
    qsizetype m_buffered = 0; // what of m_settings.buffered is this connection's
    State m_state = State::Reading;
    BodyOwner m_bodyOwner = BodyOwner::Nobody;
    bool m_processing = false;
    bool m_paused = false;
    bool m_begun = false;      // the request that is being read has a deadline
    bool m_answered = false;   // a request of this connection has been answered
    bool m_bodyUnread = false; // the request has a body whose end has not been read
    bool m_broken = false;     // nothing more can be read
    bool m_closing = false;    // closes once the body has been drained
    bool m_lingering = false;  // waits for the peer to close
};

} // namespace EngineIo::detail

#endif
