// SPDX-License-Identifier: MIT
#include "net/http/httpresponse.h"

namespace EngineIo {

using namespace Qt::StringLiterals;

/*!
    \class EngineIo::HttpResponse
    \inmodule QtSocketIo
    \inheaderfile EngineIo/HttpResponse
    \since QtSocketIo 0.1
    \brief The answer of a server to a request.

    The server adds the headers that say where the response ends and whether the connection stays
    open (\c Content-Length, \c Connection); such headers in headers() are ignored. There are two
    exceptions: \c Connection of a response with status 101, and \c Content-Length where there is no
    body to count (the answer to \c HEAD, status 304, and a length of 0 with status 204).

    The body is not sent to a \c HEAD request, nor with a status that has no body (1xx, 204, 304).

    A server that answers other requests, too:

    \snippet reference.cpp HttpResponse

    \sa HttpRequest, HttpResponder
*/

/*!
    \fn EngineIo::HttpResponse::HttpResponse()

    Constructs a response with status 200, without headers and body.
*/

/*!
    \fn EngineIo::HttpResponse::HttpResponse(int statusCode)

    Constructs a response with \a statusCode, without headers and body.
*/

/*!
    Constructs a response with \a statusCode and \a body. Unless it is empty, \a contentType becomes
    its \c Content-Type.
*/
HttpResponse::HttpResponse(int statusCode, const QByteArray &contentType, const QByteArray &body)
    : m_status(statusCode)
    , m_body(body)
{
    if (!contentType.isEmpty())
        m_headers.append("Content-Type"_ba, contentType);
}

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
    \fn bool EngineIo::HttpResponse::closesConnection() const

    Returns whether the server closes the connection after the response; \c false by default, so
    that the connection stays open if the client wants that.
*/

/*!
    \fn void EngineIo::HttpResponse::setClosesConnection(bool close)

    Sets whether to \a close the connection after the response.
*/

/*!
    \typealias EngineIo::HttpResponder

    A function that answers one request. It is called once, from the server's thread; further calls
    are ignored.
*/

} // namespace EngineIo
