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
    \since 0.1
    \brief HTTP/2 for a server, beside HTTP/1.1 on the same port.

    One call turns it on:

    \snippet http2.cpp enable

    A browser then has all its requests for the server on one connection, and its WebSockets as
    well, where it makes them by an extended CONNECT (RFC 8441), as Chromium and Firefox do. What
    the application sees is the same: HttpRequest::majorVersion() tells the difference.

    Browsers speak HTTP/2 over TLS only: the server needs Server::setSslConfiguration(). Clients
    that begin with HTTP/2 on a connection without TLS ("prior knowledge"), as some proxies do, are
    served too. Clients that speak HTTP/1.1 only are served as before.

    It is in the library \c{QtSocketIo::Http2}, which needs nghttp2.

    \sa Http2Options, {HTTP/2}
*/

/*!
    Has \a server serve HTTP/2 with these \a options. To be called before the server listens or is
    given a connection. Returns \c false, with a warning in the log, when it is too late for that.

    For a SocketIo::Server, \a server is its SocketIo::Server::engine().

    The configuration for TLS is changed when the server starts: where it names no protocols for
    ALPN (QSslConfiguration::setAllowedNextProtocols()), the server offers \c h2 and \c{http/1.1}.
    With a QSslServer of the application, which makes the TLS connections itself, the application
    sets them.
*/
bool Http2::enable(Server *server, const Http2Options &options)
{
    return detail::ServerAccess::setHttp2(server, std::make_shared<const Protocol>(options));
}

} // namespace EngineIo
