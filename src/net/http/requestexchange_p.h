// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_REQUESTEXCHANGE_P_H
#define ENGINEIO_REQUESTEXCHANGE_P_H

#include "net/http/httprequestwriter_p.h"

#include <EngineIo/engineioglobal.h>
#include <EngineIo/httprequest.h>
#include <EngineIo/httpresponse.h>

#include <functional>
#include <memory>

namespace EngineIo::detail {

class Stream;

// A request whose head is there, and that waits for its answer. Whoever answers knows nothing of
// the connection that it came on, nor of its version of HTTP.
class ENGINEIO_EXPORT RequestExchange
{
public:
    virtual ~RequestExchange();

    const HttpRequest &request() const noexcept { return m_request; }
    // What middlewares have noted at the request.
    void setAttributes(const QVariantMap &attributes)
    {
        HttpRequestWriter(m_request).setAttributes(attributes);
    }
    // The client's address, for messages.
    virtual QString peerText() const = 0;
    // Whether nobody waits for an answer any more.
    virtual bool isEnded() const noexcept = 0;

    // Whether the body counts towards those without a session, or is bounded by its session.
    enum class BodyOwner { Nobody, Session };
    // Reads the body. Then done is called, at once or later: with 0 when request() has it, or with
    // the status that the request has to be answered with instead.
    virtual void receiveBody(BodyOwner owner, std::function<void(int status)> done) = 0;

    // Added to whatever the request is answered with.
    HttpHeaders &responseHeaders() noexcept { return m_responseHeaders; }
    // A body that has not been read yet is read and dropped, so that the client sees the answer.
    virtual void respond(const HttpResponse &response) = 0;
    // What the client has not confirmed to have received, as far as the system tells.
    virtual qsizetype undeliveredBytes() const = 0;
    // Called once if the connection ends before the request is answered.
    void setAbortHandler(std::function<void()> handler) { m_abortHandler = std::move(handler); }

    // Answers a WebSocket handshake and hands over the stream, with the bytes that came after the
    // request's head.
    virtual std::unique_ptr<Stream> upgrade(const HttpResponse &response, QByteArray *rest) = 0;

protected:
    RequestExchange() = default;
    Q_DISABLE_COPY_MOVE(RequestExchange)

    // The answer with responseHeaders(). What both have is the answer's.
    HttpResponse withHeaders(const HttpResponse &response) const;

    HttpRequest m_request;
    HttpHeaders m_responseHeaders;
    std::function<void()> m_abortHandler;
};

} // namespace EngineIo::detail

#endif
