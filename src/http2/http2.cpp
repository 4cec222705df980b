// SPDX-License-Identifier: MIT
#include <EngineIo/http2.h>

#include "engineio/server/serveraccess_p.h"
#include "http2/http2session_p.h"

namespace EngineIo {

namespace {

class Protocol final : public detail::Http2Protocol
{
public:
    explicit Protocol(const Http2Options &options)
        : m_options(options)
    {
    }

    std::shared_ptr<detail::Http2Connection>
    connection(std::unique_ptr<detail::Stream> stream, detail::IoContext &context,
               const detail::HttpConnectionSettings &settings,
               detail::Http2Observer *observer) const override
    {
        return std::make_shared<detail::Http2Session>(std::move(stream), context, settings,
                                                      m_options, m_warnings, observer);
    }

private:
    const Http2Options m_options;
    const std::shared_ptr<const detail::WarningLimit> m_warnings =
        std::make_shared<detail::WarningLimit>();
};

} // namespace

/*!
    \class EngineIo::Http2
    \inmodule QtSocketIo
    \inheaderfile EngineIo/Http2
    \since QtSocketIo 0.1
    \brief HTTP/2 for a server, beside HTTP/1.1 on the same port.

    One call turns it on:

    \snippet http2.cpp enable

    A browser then makes all its requests to the server on one connection, and opens its WebSockets
    on it as well if it supports the extended CONNECT (RFC 8441), as Chromium and Firefox do. For
    the application nothing changes, except that HttpRequest::majorVersion() is 2.

    Browsers speak HTTP/2 over TLS only: the server needs Server::setSslConfiguration(). Clients
    that begin with HTTP/2 on a connection without TLS ("prior knowledge"), as some proxies do, are
    served too. Clients that speak HTTP/1.1 only are served as before.

    It is in the library \c{QtSocketIo::Http2}, which needs nghttp2.

    \sa Http2Options, {HTTP/2}
*/

/*!
    Lets \a server serve HTTP/2 with the given \a options. Call this before the server listens or is
    given a connection. If it is too late for that, returns \c false and logs a warning.

    For a SocketIo::Server, \a server is its SocketIo::Server::engine().

    The TLS configuration is changed when the server starts: if it names no protocols for ALPN
    (QSslConfiguration::setAllowedNextProtocols()), the server offers \c h2 and \c{http/1.1}. If the
    application uses its own QSslServer, which establishes the TLS connections itself, the
    application has to set the protocols.
*/
bool Http2::enable(Server *server, const Http2Options &options)
{
    return detail::ServerAccess::setHttp2(server, std::make_shared<const Protocol>(options));
}

} // namespace EngineIo
