// SPDX-License-Identifier: MIT
#include "net/http/requestexchange_p.h"

namespace EngineIo::detail {

RequestExchange::~RequestExchange() = default;

HttpResponse RequestExchange::withHeaders(const HttpResponse &response) const
{
    HttpResponse complete = response;
    for (const HttpHeaders::Field &field : m_responseHeaders.fields()) {
        if (!complete.headers().contains(field.first)
            || field.first.compare("set-cookie", Qt::CaseInsensitive) == 0)
            complete.headers().append(field.first, field.second);
    }
    return complete;
}

} // namespace EngineIo::detail
