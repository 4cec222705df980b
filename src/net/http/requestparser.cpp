// SPDX-License-Identifier: MIT
#include "net/http/requestparser_p.h"

#include "base/digits_p.h"
#include "net/http/bodylength_p.h"
#include "net/http/httpchars_p.h"
#include "net/http/httprequestwriter_p.h"

#include <QtCore/qvarlengtharray.h>

#include <algorithm>
#include <optional>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxChunkSizeDigits = 16;

QByteArray methodName(QByteArrayView method)
{
    if (method == "GET")
        return "GET"_ba;
    if (method == "POST")
        return "POST"_ba;
    return method.toByteArray();
}

// How often a header occurs, and its first value.
struct Occurrences
{
    int count = 0;
    QByteArrayView first;
};

Occurrences find(const HttpHeaders &headers, QByteArrayView name)
{
    Occurrences found;
    for (const HttpHeaders::FieldView &field : headers) {
        if (equalsIgnoringCase(field.first, name) && ++found.count == 1)
            found.first = field.second;
    }
    return found;
}

} // namespace

HttpRequestParser::HttpRequestParser(const HttpLimits &limits)
    : m_limits(limits)
    , m_lineBudget(limits.maxHeaderSize)
{
}

void HttpRequestParser::reset()
{
    m_state = State::RequestLine;
    m_request = HttpRequest();
    m_headers = HttpHeaders();
    m_authority.clear();
    m_line.clear();
    m_body.clear();
    m_errorString.clear();
    m_lineBudget = m_limits.maxHeaderSize;
    m_remaining = 0;
    m_headSize = 0;
    m_minorVersion = 1;
    m_fieldCount = 0;
    m_errorStatus = 0;
    m_chunked = false;
    m_hasBody = false;
    m_dropping = false;
    m_bodyTooLarge = false;
    m_tellTooLarge = false;
    m_expectsContinue = false;
}

void HttpRequestParser::dropBody()
{
    m_dropping = true;
    m_tellTooLarge = false;
    m_body.clear();
}

HttpRequest HttpRequestParser::takeRequest()
{
    HttpRequest request = std::move(m_request);
    reset();
    return request;
}

HttpRequestParser::Status HttpRequestParser::parse(QByteArrayView data, qsizetype *consumed)
{
    if (m_state == State::Complete)
        reset();
    QByteArrayView rest = data;
    Status status = Status::NeedMore;
    do {
        status = step(rest);
    } while (status == Status::NeedMore && (!rest.isEmpty() || m_tellTooLarge));
    *consumed = data.size() - rest.size();
    return status;
}

HttpRequestParser::Status HttpRequestParser::step(QByteArrayView &data)
{
    if (std::exchange(m_tellTooLarge, false)) {
        dropBody();
        return Status::BodyTooLarge;
    }
    switch (m_state) {
    case State::RequestLine:
    case State::HeaderLine:
    case State::ChunkSize:
    case State::TrailerLine:
        return stepLine(data);
    case State::FixedBody:
    case State::ChunkData:
        return stepBody(data);
    case State::ChunkEnd:
        return stepChunkEnd(data);
    case State::Complete:
    case State::Failed:
        break;
    }
    return Status::Error;
}

// Lines are parsed when they are complete, and copied only if they arrive in several pieces.
HttpRequestParser::Status HttpRequestParser::stepLine(QByteArrayView &data)
{
    if (data.isEmpty())
        return Status::NeedMore;
    // Do not wait for more if it is not HTTP, such as the greeting of a TLS client.
    if (isIdle() && !isHttpChar(data.front(), HttpChar::Token) && data.front() != '\r')
        return fail(400, "Invalid method");
    const qsizetype newline = data.indexOf('\n');
    const QByteArrayView piece = newline < 0 ? data : data.first(newline + 1);
    m_lineBudget -= piece.size();
    if (m_lineBudget < 0) {
        if (m_state == State::ChunkSize)
            return fail(413, "Chunk extensions too large");
        return fail(431, "Headers too large");
    }
    data = data.sliced(piece.size());
    QByteArrayView line = piece;
    if (newline < 0 || !m_line.isEmpty()) {
        m_line.append(piece);
        line = m_line;
    }
    if (newline < 0)
        return Status::NeedMore;
    if (line.size() < 2 || line[line.size() - 2] != '\r')
        return fail(400, "Line feed without carriage return");
    line.chop(2);
    if (m_state == State::RequestLine || m_state == State::HeaderLine)
        m_headSize += line.size();
    Status status = Status::NeedMore;
    if (m_state == State::RequestLine)
        parseRequestLine(line);
    else if (m_state == State::HeaderLine)
        status = parseHeaderLine(line);
    else if (m_state == State::ChunkSize)
        parseChunkSize(line);
    else
        status = parseTrailerLine(line);
    m_line.clear();
    return m_state == State::Failed ? Status::Error : status;
}

void HttpRequestParser::parseRequestLine(QByteArrayView line)
{
    if (line.isEmpty())
        return; // some clients send an empty line after a body
    const qsizetype methodEnd = line.indexOf(' ');
    const qsizetype versionStart = line.lastIndexOf(' ') + 1;
    if (methodEnd < 0 || versionStart <= methodEnd + 1) {
        fail(400, "Invalid request line");
        return;
    }
    const QByteArrayView method = line.first(methodEnd);
    const QByteArrayView version = line.sliced(versionStart);
    if (!HttpHeaders::isValidName(method)) {
        fail(400, "Invalid method");
        return;
    }
    if (version.size() != 8 || !version.startsWith("HTTP/") || !isDigit(version[5])
        || version[6] != '.' || !isDigit(version[7])) {
        fail(400, "Invalid version");
        return;
    }
    if (version[5] != '1') {
        m_http2 = line == Http2Line;
        fail(505, "Unsupported version");
        return;
    }
    const QByteArrayView given = line.sliced(methodEnd + 1, versionStart - methodEnd - 2);
    const QByteArrayView target = reduceTarget(method, given);
    if (m_state == State::Failed)
        return;
    // An absolute target may have no path before its query.
    const bool addSlash = !target.startsWith('/') && target != "*";
    m_minorVersion = version[7] - '0';
    HttpRequestWriter(m_request).setRequestLine(
        methodName(method), addSlash ? '/' + target.toByteArray() : target.toByteArray(),
        m_minorVersion);
    m_state = State::HeaderLine;
}

// Checks the target and cuts scheme and authority off an absolute one.
QByteArrayView HttpRequestParser::reduceTarget(QByteArrayView method, QByteArrayView target)
{
    if (method == "CONNECT") {
        fail(501, "CONNECT is not implemented");
        return {};
    }
    if (!areHttpChars(target, HttpChar::Target)) {
        fail(400, "Invalid character in target");
        return {};
    }
    if (target.startsWith('/') || (target == "*" && method == "OPTIONS"))
        return target;
    for (const QByteArrayView scheme : {QByteArrayView("http://"), QByteArrayView("https://")}) {
        if (!equalsIgnoringCase(target.first(qMin(target.size(), scheme.size())), scheme))
            continue;
        const QByteArrayView rest = target.sliced(scheme.size());
        qsizetype end = 0;
        while (end < rest.size() && rest[end] != '/' && rest[end] != '?')
            ++end;
        if (end == 0 || !areHttpChars(rest.first(end), HttpChar::Host))
            break;
        m_authority = rest.first(end).toByteArray();
        return rest.sliced(end);
    }
    fail(400, "Invalid target");
    return {};
}

HttpRequestParser::Status HttpRequestParser::parseHeaderLine(QByteArrayView line)
{
    if (line.isEmpty())
        return finishHead();
    if (++m_fieldCount > m_limits.maxHeaderCount)
        return fail(431, "Too many headers");
    const qsizetype colon = line.indexOf(':');
    if (colon < 0)
        return fail(400, "Header without colon");
    // This also refuses a folded line, which starts with white space.
    QVarLengthArray<char, 64> name(colon);
    std::transform(line.cbegin(), line.cbegin() + colon, name.begin(), httpLower);
    if (!m_headers.append(name, trimmedHttpSpace(line.sliced(colon + 1))))
        return fail(400, "Invalid header");
    return Status::NeedMore;
}

HttpRequestParser::Status HttpRequestParser::finishHead()
{
    const Occurrences hosts = find(m_headers, "host");
    if (hosts.count > 1 || (hosts.count == 0 && m_minorVersion > 0))
        return fail(400, hosts.count == 0 ? "Missing host" : "Several hosts");
    if (!areHttpChars(hosts.first, HttpChar::Host))
        return fail(400, "Invalid host");
    if (!m_authority.isEmpty()) {
        // Unless it replaces the Host header, it counts as one more header.
        if (hosts.count == 0 && ++m_fieldCount > m_limits.maxHeaderCount)
            return fail(431, "Too many headers");
        m_headers.set("host", m_authority);
    }
    if (!readFraming())
        return Status::Error;
    m_hasBody = m_chunked || m_remaining > 0;
    if (m_minorVersion > 0 && m_headers.contains("expect")) {
        if (!equalsIgnoringCase(m_headers.combinedValue("expect"), "100-continue"))
            return fail(417, "Unknown expectation");
        m_expectsContinue = m_hasBody;
    }
    HttpRequestWriter(m_request).setHeaders(std::exchange(m_headers, {}));
    // The bytes after such a head could be either the body or the new protocol.
    if (m_hasBody && m_request.isUpgrade())
        return fail(400, "Upgrade request with a body");
    m_state = m_chunked ? State::ChunkSize : State::FixedBody;
    m_lineBudget = m_limits.maxHeaderSize;
    m_fieldCount = 0;
    return Status::HeadComplete;
}

// Determines how the end of the body is marked.
bool HttpRequestParser::readFraming()
{
    const Occurrences lengths = find(m_headers, "content-length");
    if (m_headers.contains("transfer-encoding")) {
        if (lengths.count > 0) {
            fail(400, "Both Content-Length and Transfer-Encoding");
            return false;
        }
        return readTransferEncoding();
    }
    if (lengths.count > 1) {
        fail(400, "Several Content-Lengths");
        return false;
    }
    return lengths.count == 0 || readContentLength(lengths.first);
}

bool HttpRequestParser::readTransferEncoding()
{
    if (m_minorVersion == 0) {
        fail(400, "Transfer-Encoding in HTTP/1.0");
        return false;
    }
    const QByteArray combined = m_headers.combinedValue("transfer-encoding");
    if (equalsIgnoringCase(combined, "chunked")) {
        m_chunked = true;
        return true;
    }
    // Unless chunked occurs exactly once, as the last coding, the end of the body is unknown.
    QByteArrayView list = combined;
    bool isLast = false;
    int others = 0;
    int chunked = 0;
    while (!list.isEmpty()) {
        isLast = equalsIgnoringCase(takeHttpElement(list), "chunked");
        ++(isLast ? chunked : others);
    }
    if (isLast && chunked == 1 && others > 0)
        fail(501, "Unknown Transfer-Encoding");
    else
        fail(400, "Invalid Transfer-Encoding");
    return false;
}

bool HttpRequestParser::readContentLength(QByteArrayView value)
{
    const std::optional<qsizetype> length = parseContentLength(value);
    if (!length) {
        fail(400, "Invalid Content-Length");
        return false;
    }
    m_remaining = *length;
    m_bodyTooLarge = m_tellTooLarge = m_remaining > m_limits.maxBodySize;
    return true;
}

HttpRequestParser::Status HttpRequestParser::stepBody(QByteArrayView &data)
{
    const qsizetype size = qMin(m_remaining, data.size());
    if (!m_dropping)
        m_body.append(data.first(size));
    data = data.sliced(size);
    m_remaining -= size;
    if (m_remaining > 0)
        return Status::NeedMore;
    if (m_state == State::FixedBody)
        return finishBody();
    m_state = State::ChunkEnd;
    m_remaining = 2;
    return Status::NeedMore;
}

void HttpRequestParser::parseChunkSize(QByteArrayView line)
{
    const auto [size, digits] = detail::parseChunkSize(line);
    const QByteArrayView extension = line.sliced(digits);
    const QByteArrayView trimmed = trimmedHttpSpace(extension);
    if (digits == 0 || digits > MaxChunkSizeDigits
        || (!extension.isEmpty() && !trimmed.startsWith(';'))
        || !areHttpChars(extension, HttpChar::Value)) {
        fail(400, "Invalid chunk size");
        return;
    }
    if (!m_bodyTooLarge && size > m_limits.maxBodySize - m_body.size()) {
        m_bodyTooLarge = true;
        m_tellTooLarge = !m_dropping;
    }
    // Small chunks are legitimate: only the extensions are counted.
    m_lineBudget += digits + 2;
    m_remaining = size;
    m_state = size > 0 ? State::ChunkData : State::TrailerLine;
}

HttpRequestParser::Status HttpRequestParser::stepChunkEnd(QByteArrayView &data)
{
    if (data.isEmpty())
        return Status::NeedMore;
    if (data.front() != (m_remaining == 2 ? '\r' : '\n'))
        return fail(400, "Chunk longer than its size");
    data = data.sliced(1);
    if (--m_remaining == 0)
        m_state = State::ChunkSize;
    return Status::NeedMore;
}

// Trailers have no use here, but they must be well formed.
HttpRequestParser::Status HttpRequestParser::parseTrailerLine(QByteArrayView line)
{
    if (line.isEmpty())
        return finishBody();
    if (++m_fieldCount > m_limits.maxHeaderCount)
        return fail(431, "Too many trailers");
    const qsizetype colon = line.indexOf(':');
    if (colon < 0 || !HttpHeaders::isValidName(line.first(colon))
        || !HttpHeaders::isValidValue(line.sliced(colon + 1)))
        return fail(400, "Invalid trailer");
    return Status::NeedMore;
}

HttpRequestParser::Status HttpRequestParser::finishBody()
{
    HttpRequestWriter(m_request).setBody(std::exchange(m_body, {}));
    m_state = State::Complete;
    return Status::Complete;
}

HttpRequestParser::Status HttpRequestParser::fail(int status, const char *reason)
{
    m_state = State::Failed;
    m_errorStatus = status;
    m_errorString = reason;
    m_line.clear();
    m_body.clear();
    return Status::Error;
}

} // namespace EngineIo::detail
