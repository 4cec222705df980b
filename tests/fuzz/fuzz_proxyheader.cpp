// SPDX-License-Identifier: MIT
#include "net/http/trustedproxies_p.h"
#include "net/stream/proxyheader_p.h"

#include <cstdlib>

using namespace EngineIo;
using namespace EngineIo::detail;

namespace {

// The header of the PROXY protocol: in parts it reads as it does at once, takes no byte that is
// behind it, and stays within its limit.
void readProxyHeader(QByteArrayView data, qsizetype partSize)
{
    using Status = ProxyHeaderParser::Status;
    constexpr qsizetype MaxSize = 1024;
    ProxyHeaderParser whole(MaxSize);
    qsizetype size = 0;
    const Status status = whole.parse(data, &size);
    if (size > MaxSize || whole.header().bytes != data.first(size))
        abort();
    ProxyHeaderParser parts(MaxSize);
    Status partStatus = Status::NeedMore;
    qsizetype taken = 0;
    while (partStatus == Status::NeedMore && taken < data.size()) {
        qsizetype consumed = 0;
        partStatus =
            parts.parse(data.sliced(taken, std::min(partSize, data.size() - taken)), &consumed);
        taken += consumed;
    }
    if (status != partStatus || (status == Status::Complete && taken != size)
        || parts.header().address != whole.header().address)
        abort();
}

// What proxies say in headers: somebody who is not trusted is not read past.
void readForwarded(const QByteArray &text, TrustedProxies::Header kind)
{
    const TrustedProxies proxies({QStringLiteral("127.0.0.0/8")}, kind);
    const HttpHeaders headers{
        {"x-forwarded-for", text}, {"x-forwarded-proto", text}, {"forwarded", text}};
    const QHostAddress stranger(QStringLiteral("192.0.2.1"));
    if (proxies.client(stranger, 1, headers).address != stranger)
        abort();
    (void)proxies.client(QHostAddress(QHostAddress::LocalHost), 1, headers);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const QByteArrayView rest(reinterpret_cast<const char *>(data) + 1, qsizetype(size) - 1);
    switch (data[0] % 3) {
    case 0:
        readProxyHeader(rest, 1 + data[0] / 3);
        break;
    case 1:
        readForwarded(rest.toByteArray(), TrustedProxies::Header::XForwarded);
        break;
    default:
        readForwarded(rest.toByteArray(), TrustedProxies::Header::Forwarded);
    }
    return 0;
}
