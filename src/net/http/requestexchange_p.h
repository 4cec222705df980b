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

// A request whose head has arrived and that waits for its answer. The code that answers it does not
// know the connection that it came on, nor the version of HTTP.
class ENGINEIO_EXPORT RequestExchange
{
public:
    virtual ~RequestExchange();

    const HttpRequest &request() const noexcept { return m_request; }
    // Sets the attributes that middlewares have set on their copy of the request.
    void setAttributes(const QVariantMap &attributes)
    {
        HttpRequestWriter(m_request).setAttributes(attributes);
    }
    // Returns the client's address, for log messages.
    virtual QString peerText() const = 0;
    // Whether nobody waits for an answer any more.
    virtual bool isEnded() const noexcept = 0;

    // Whether the body counts towards the limit for requests without a session, or is limited by
    // its session.
    enum class BodyOwner { Nobody, Session };
    // Reads the body and calls done, immediately or later: with 0 when request() contains the body,
    // or with the error status to answer the request with.
    virtual void receiveBody(BodyOwner owner, std::function<void(int status)> done) = 0;

    // Headers that are added to the answer.
    HttpHeaders &responseHeaders() noexcept { return m_responseHeaders; }
    // Answers the request. A body that has not been read yet is read and dropped, so that the
    // client sees the answer.
    virtual void respond(const HttpResponse &response) = 0;
    // The number of bytes whose receipt the client has not confirmed, as far as the system knows.
    virtual qsizetype undeliveredBytes() const = 0;
    // Called once if the connection ends before the request is answered.
    void setAbortHandler(std::function<void()> handler) { m_abortHandler = std::move(handler); }

    // Answers a WebSocket handshake and hands over the stream, with the bytes that came after the
    // request's head.
    virtual std::unique_ptr<Stream> upgrade(const HttpResponse &response, QByteArray *rest) = 0;

protected:
    RequestExchange() = default;
    Q_DISABLE_COPY_MOVE(RequestExchange)

    // Returns the answer with responseHeaders(). If both have a header, that of the answer is used.
    HttpResponse withHeaders(const HttpResponse &response) const;

    HttpRequest m_request;
    HttpHeaders m_responseHeaders;
    std::function<void()> m_abortHandler;
};

} // namespace EngineIo::detail

#endif
