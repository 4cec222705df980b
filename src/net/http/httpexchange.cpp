// SPDX-License-Identifier: MIT
#include "net/http/httpexchange_p.h"

namespace EngineIo::detail {

HttpExchange::~HttpExchange() = default;

HttpResponse HttpExchange::withHeaders(const HttpResponse &response) const
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
