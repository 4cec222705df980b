// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPCONNECTION_P_H
#define ENGINEIO_HTTPCONNECTION_P_H

#include "engineio/http/requestparser_p.h"
#include "engineio/io/deadlinetimer_p.h"
#include "engineio/io/iocontext_p.h"
#include "engineio/io/stream_p.h"

#include <EngineIo/httprequest.h>
#include <EngineIo/httpresponse.h>

#include <chrono>
#include <functional>
#include <memory>

namespace EngineIo::detail {

class HttpConnection;

// Receives the requests of many connections.
class HttpRequestSink
{
public:
    enum class HeadVerdict {
        Continue, // read the body
        Move,     // another thread shall handle it: moveConnection() follows
        Answered, // answered already: the body is not wanted
    };
    virtual HeadVerdict headReceived(HttpConnection &connection) = 0;
    // A whole request; an upgrade request as soon as its head is there.
    virtual void requestReceived(HttpConnection &connection) = 0;
    virtual void moveConnection(std::shared_ptr<HttpConnection> connection) = 0;
    virtual void connectionClosed(HttpConnection &connection) = 0;

protected:
    ~HttpRequestSink() = default;
};

struct HttpConnectionSettings
{
    HttpLimits limits;
    std::chrono::milliseconds requestTimeout;
    std::chrono::milliseconds keepAliveTimeout;
};

// One TCP connection that speaks HTTP: keep-alive, pipelining, time-outs. Requests are handed out
// one at a time; the next is read when respond() has answered the one before.
class HttpConnection final : public std::enable_shared_from_this<HttpConnection>,
                             public Flushable,
                             private StreamHandler
{
public:
    HttpConnection(std::unique_ptr<Stream> stream, IoContext &context,
                   const HttpConnectionSettings &settings, HttpRequestSink *sink);
    ~HttpConnection() override;

    void start();

    void refuse(int status);
    bool isEnded() const noexcept { return m_state == State::Closing || m_state == State::Closed; }

    const HttpRequest &request() const noexcept { return m_request; }
    // Added to whatever the current request is answered with.
    HttpHeaders &responseHeaders() noexcept { return m_responseHeaders; }
    void respond(const HttpResponse &response);
    // Called once if the connection ends before the current request is answered.
    void setAbortHandler(std::function<void()> handler) { m_abortHandler = std::move(handler); }

    // Ends the HTTP part of the connection: sends the answer to an upgrade request and hands over
    // the stream, with the bytes that came after the request's head.
    std::unique_ptr<Stream> upgrade(const HttpResponse &response, QByteArray *rest);

    void abort();

    // For moving the connection to another thread, once moveConnection() has been called and the
    // event loop has been returned to. headReceived() is called again, on the new sink.
    void detach();
    void attach(IoContext &context, HttpRequestSink *sink);

    void flush() override;

private:
    enum class State { Reading, Answering, Moving, Closing, Closed };

    void streamReceived(char *data, qsizetype size) override;
    void streamClosed(const QString &error) override;
    void streamDrained() override { }

    void process(QByteArrayView data);
    void handleHead();
    void closeAfterWriting();
    void finish();
    void startTimer(std::chrono::milliseconds delay);
    void timedOut();

    std::unique_ptr<Stream> m_stream;
    IoContext *m_context;
    HttpRequestSink *m_sink;
    HttpConnectionSettings m_settings;
    HttpRequestParser m_parser;
    DeadlineTimer m_timer;
    HttpRequest m_request;
    HttpHeaders m_responseHeaders;
    std::function<void()> m_abortHandler;
    QByteArray m_input; // arrived while a request was being answered
    State m_state = State::Reading;
    bool m_processing = false;
    bool m_paused = false;
    bool m_bodyUnread = false;
};

} // namespace EngineIo::detail

#endif
