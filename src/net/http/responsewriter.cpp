// SPDX-License-Identifier: MIT
#include "net/http/responsewriter_p.h"

#include "base/textwriter_p.h"
#include "net/http/bodylength_p.h"
#include "net/http/httpchars_p.h"
#include "net/http/httphopheaders_p.h"

namespace EngineIo::detail {

namespace {

struct Reason
{
    int status;
    QByteArrayView phrase;
};

constexpr Reason Reasons[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {102, "Processing"},
    {103, "Early Hints"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Payload Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Entity"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {511, "Network Authentication Required"},
};

} // namespace

QByteArray contentLength(const HttpRequest &request, const HttpResponse &response, int status)
{
    const bool bodyless =
        status == 204 || status == 304 || (request.method() == "HEAD" && response.body().isEmpty());
    if (status < 200)
        return {};
    if (!bodyless)
        return QByteArray::number(response.body().size());
    QByteArray own = response.headers().value("content-length");
    // Some clients wait for a body after 204 unless they are told that there is none.
    if (status == 204)
        return own == "0" ? own : QByteArray();
    if (parseContentLength(own))
        return own;
    return status == 304 ? QByteArray() : QByteArray::number(0);
}

QByteArray serializeResponse(const HttpRequest &request, const HttpResponse &response,
                             bool keepAlive, std::chrono::milliseconds keepAliveTimeout)
{
    constexpr QByteArrayView LengthName = "Content-Length: ";
    constexpr QByteArrayView KeepAlive = "Connection: keep-alive\r\n";
    constexpr QByteArrayView Close = "Connection: close\r\n";
    constexpr QByteArrayView TimeoutName = "Keep-Alive: timeout=";
    // Of the status line and of what the writer adds to the headers, without their line ends.
    constexpr qsizetype OwnSize = 13 + LengthName.size() + KeepAlive.size() + TimeoutName.size()
        + 2 * TextWriter::MaxNumberSize;
    constexpr qsizetype LineEnds = 8;

    const int status =
        response.status() >= 100 && response.status() <= 999 ? response.status() : 500;
    const QByteArrayView reason = reasonPhrase(status);
    const bool hasBody =
        status >= 200 && status != 204 && status != 304 && request.method() != "HEAD";
    const QByteArray length = hasBody ? QByteArray() : contentLength(request, response, status);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(keepAliveTimeout).count();

    qsizetype size = OwnSize + LineEnds + reason.size() + length.size();
    for (const HttpHeaders::FieldView &field : response.headers())
        size += field.first.size() + field.second.size() + 4;
    if (hasBody)
        size += response.body().size();

    TextWriter writer(size);
    writer.add("HTTP/1.1 ").add(status).add(" ").add(reason).add("\r\n");
    for (const HttpHeaders::FieldView &field : response.headers()) {
        const bool own = equalsIgnoringCase(field.first, "upgrade")
            || (status == 101 && equalsIgnoringCase(field.first, "connection"));
        if (own || !isFramingHeader(field.first))
            writer.add(field.first).add(": ").add(field.second).add("\r\n");
    }
    if (hasBody)
        writer.add(LengthName).add(response.body().size()).add("\r\n");
    else if (!length.isNull())
        writer.add(LengthName).add(length).add("\r\n");
    if (status >= 200)
        writer.add(keepAlive ? KeepAlive : Close);
    if (status >= 200 && keepAlive && seconds > 0)
        writer.add(TimeoutName).add(seconds).add("\r\n");
    writer.add("\r\n");
    if (hasBody)
        writer.add(response.body());
    return writer.take();
}

QByteArrayView reasonPhrase(int status)
{
    for (const Reason &reason : Reasons) {
        if (reason.status == status)
            return reason.phrase;
    }
    return "Unknown";
}

} // namespace EngineIo::detail
