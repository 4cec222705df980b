// SPDX-License-Identifier: MIT
#include "net/http/httpresponse.h"

namespace EngineIo {

using namespace Qt::StringLiterals;

class HttpResponseData : public QSharedData
{
public:
    bool closesConnection = false;
};

/*!
    \class EngineIo::HttpResponse
    \inmodule QtSocketIo
    \inheaderfile EngineIo/HttpResponse
    \since QtSocketIo 0.1
    \brief Represents the response of a server to a request.

    The server adds the headers that define the end of the response and whether the connection stays
    open (\c Content-Length, \c Connection); such headers in headers() are ignored. There are two
    exceptions: \c Connection in a response with status 101, and \c Content-Length in responses
    without a body (the response to \c HEAD, status 304, and a length of 0 with status 204).

    The body is not sent in the response to a \c HEAD request or with a status that does not allow a
    body (1xx, 204, 304).

    The following server also answers other requests:

    \snippet reference.cpp HttpResponse

    \sa HttpRequest, HttpResponder
*/

/*! Constructs a response with status 200, without headers and body. */
HttpResponse::HttpResponse() = default;

/*! Constructs a response with \a statusCode, without headers and body. */
HttpResponse::HttpResponse(int statusCode)
    : m_status(statusCode)
{
}

/*!
    Constructs a response with \a statusCode and \a body. If \a contentType is not empty, the
    \c Content-Type header is set to it.
*/
HttpResponse::HttpResponse(int statusCode, const QByteArray &contentType, const QByteArray &body)
    : m_status(statusCode)
    , m_body(body)
{
    if (!contentType.isEmpty())
        m_headers.append("Content-Type"_ba, contentType);
}

/*! Constructs a copy of \a other. */
HttpResponse::HttpResponse(const HttpResponse &other) = default;

/*! Moves \a other into this object. */
HttpResponse::HttpResponse(HttpResponse &&other) noexcept = default;

/*! Assigns \a other to this object. */
HttpResponse &HttpResponse::operator=(const HttpResponse &other) = default;

/*! Moves \a other into this object. */
HttpResponse &HttpResponse::operator=(HttpResponse &&other) noexcept = default;

/*! Destroys the object. */
HttpResponse::~HttpResponse() = default;

/*!
    \fn int EngineIo::HttpResponse::status() const

    Returns the status code; 200 by default.
*/

/*!
    \fn void EngineIo::HttpResponse::setStatus(int status)

    Sets the \a status code. A code outside 100 to 999 is sent as 500.
*/

/*!
    \fn EngineIo::HttpHeaders &EngineIo::HttpResponse::headers()

    Returns a reference to the headers, which can be changed.
*/

/*!
    \fn const EngineIo::HttpHeaders &EngineIo::HttpResponse::headers() const

    Returns the headers.
*/

/*!
    \fn const QByteArray &EngineIo::HttpResponse::body() const

    Returns the body.
*/

/*!
    \fn void EngineIo::HttpResponse::setBody(const QByteArray &body)

    Sets the \a body.
*/

/*!
    Returns whether the server closes the connection after the response; \c false by default, so
    that the connection stays open if the client supports that.
*/
bool HttpResponse::closesConnection() const
{
    return d && d->closesConnection;
}

/*!
    Sets whether to \a close the connection after the response.
*/
void HttpResponse::setClosesConnection(bool close)
{
    if (close == closesConnection())
        return;
    if (!d)
        d = new HttpResponseData;
    d->closesConnection = close;
}

/*!
    \typealias EngineIo::HttpResponder

    A function that sends the response to a request. It must be called in the server's thread; only
    the first call has an effect.
*/

} // namespace EngineIo
