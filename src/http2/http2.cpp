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
    \brief Adds HTTP/2 to a server, in addition to HTTP/1.1 on the same port.

    It is enabled with one call:

    \snippet http2.cpp enable

    A browser then sends all its requests to the server over one connection, and also uses it for
    WebSockets if it supports extended CONNECT (RFC 8441), like Chromium and Firefox. For the
    application nothing changes, except that HttpRequest::majorVersion() returns 2.

    Browsers use HTTP/2 only over TLS, which requires Server::setSslConfiguration(). Clients that
    start with HTTP/2 on a connection without TLS ("prior knowledge"), such as some proxies, are
    supported as well. Clients that support only HTTP/1.1 are served as before.

    This class is in the library \c{QtSocketIo::Http2}, which requires nghttp2.

    \sa Http2Options, {HTTP/2}
*/

/*!
    Enables HTTP/2 for \a server with the given \a options and returns \c true. Call this function
    before the server listens or receives a connection; afterwards, it logs a warning and returns
    \c false.

    For a SocketIo::Server, pass the result of SocketIo::Server::engine() as \a server.

    The TLS configuration is modified when the server starts: if it does not set protocols for ALPN
    (QSslConfiguration::setAllowedNextProtocols()), the server offers \c h2 and \c{http/1.1}. If the
    application uses its own QSslServer, which establishes the TLS connections itself, it has to set
    the protocols itself.
*/
bool Http2::enable(Server *server, const Http2Options &options)
{
    return detail::ServerAccess::setHttp2(server, std::make_shared<const Protocol>(options));
}

} // namespace EngineIo
