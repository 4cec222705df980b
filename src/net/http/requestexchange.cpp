// SPDX-License-Identifier: MIT
#include "net/http/requestexchange_p.h"

#include "net/http/httpchars_p.h"

namespace EngineIo::detail {

RequestExchange::~RequestExchange() = default;

HttpResponse RequestExchange::withHeaders(const HttpResponse &response) const
{
    HttpResponse complete = response;
    for (const HttpHeaders::FieldView &field : m_responseHeaders) {
        if (!complete.headers().contains(field.first)
            || equalsIgnoringCase(field.first, "set-cookie"))
            complete.headers().append(field.first, field.second);
    }
    return complete;
}

} // namespace EngineIo::detail
