// SPDX-License-Identifier: MIT
#include "net/http/requestclient_p.h"

#include "net/http/httprequestwriter_p.h"
#include "net/http/trustedproxies_p.h"
#include "net/stream/stream_p.h"

namespace EngineIo::detail {

void setClient(HttpRequest &request, const Stream &stream, const TrustedProxies *proxies)
{
    HttpRequestWriter writer(request);
    if (stream.isSecure())
        writer.setSecure(stream.peerCertificate());
    if (stream.proxyHeader() && stream.proxyHeader()->secure)
        writer.setSecure(true);
    const QHostAddress peer = stream.clientAddress();
    const quint16 port = stream.clientPort();
    if (!proxies || !proxies->contains(peer)) {
        writer.setPeer(peer, port);
        return;
    }
    const ForwardedClient client = proxies->client(peer, port, request.headers());
    writer.setPeer(client.address, client.port);
    if (client.secure)
        writer.setSecure(*client.secure);
}

} // namespace EngineIo::detail
