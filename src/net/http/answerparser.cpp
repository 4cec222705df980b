// SPDX-License-Identifier: MIT
#include "net/http/answerparser_p.h"

#include "base/digits_p.h"
#include "net/http/bodylength_p.h"
#include "net/http/httpchars_p.h"

#include <algorithm>
#include <utility>

namespace EngineIo::detail {

namespace {

constexpr QByteArrayView HeadEnd("\r\n\r\n");

} // namespace

HttpAnswerParser::Status HttpAnswerParser::parse(QByteArrayView &data)
{
    Status status = Status::NeedMore;
    if (m_state == State::Head)
        status = readHead(data);
    if (m_state == State::Body)
        status = readBody(data);
    if (m_state == State::Complete)
        return Status::Complete;
    return m_state == State::Failed ? Status::Error : status;
}

HttpAnswerParser::Status HttpAnswerParser::finish()
{
    if (m_state == State::Body)
        return complete();
    return m_state == State::Complete ? Status::Complete : Status::Error;
}

HttpAnswerParser::Status HttpAnswerParser::readHead(QByteArrayView &data)
{
    while (m_state == State::Head && !data.isEmpty()) {
        const qsizetype known = m_input.size();
        const qsizetype taken = std::min(data.size(), MaxHeadSize + 1 - known);
        m_input.append(data.first(taken));
        // Do not wait for more if it is not HTTP.
        const QByteArrayView start =
            QByteArrayView("HTTP/1.").first(std::min<qsizetype>(7, m_input.size()));
        if (!m_input.startsWith(start)) {
            fail("the answer is no HTTP");
            break;
        }
        const qsizetype end = m_input.indexOf(HeadEnd, std::max<qsizetype>(0, known - 3));
        if (end < 0) {
            data = data.sliced(taken);
            if (m_input.size() > MaxHeadSize)
                fail("the head of the answer is too large");
            continue;
        }
        data = data.sliced(end + HeadEnd.size() - known);
        const QByteArray head = std::exchange(m_input, QByteArray());
        if (parseHead(QByteArrayView(head).first(end)))
            m_state = m_status == 101 ? State::Complete : State::Body;
    }
    return Status::NeedMore;
}

// Returns whether it is the head of the final answer.
bool HttpAnswerParser::parseHead(QByteArrayView head)
{
    m_headers = HttpHeaders();
    qsizetype lineEnd = head.indexOf("\r\n");
    if (!parseStatusLine(lineEnd < 0 ? head : head.first(lineEnd)))
        return false;
    int count = 0;
    while (lineEnd >= 0) {
        head = head.sliced(lineEnd + 2);
        lineEnd = head.indexOf("\r\n");
        const QByteArrayView line = lineEnd < 0 ? head : head.first(lineEnd);
        const qsizetype colon = line.indexOf(':');
        if (++count > MaxHeaderCount)
            return fail("the answer has too many headers");
        // This also refuses a folded line, which starts with white space.
        if (colon < 0
            || !m_headers.append(line.first(colon).toByteArray(),
                                 trimmedHttpSpace(line.sliced(colon + 1)).toByteArray())) {
            return fail("the answer has an invalid header");
        }
    }
    const bool isInterim = m_status < 200 && m_status != 101;
    return !isInterim && readFraming();
}

bool HttpAnswerParser::parseStatusLine(QByteArrayView line)
{
    // "HTTP/1.1 101 Switching Protocols"; the text and the space before it may be missing.
    const bool wellFormed = line.size() >= 12 && line.startsWith("HTTP/1.") && isDigit(line[7])
        && line[8] == ' ' && line[9] >= '1' && line[9] <= '9' && isDigit(line[10])
        && isDigit(line[11]) && (line.size() == 12 || line[12] == ' ')
        && areHttpChars(line.sliced(12), HttpChar::Value);
    if (!wellFormed)
        return fail("the answer has an invalid status line");
    m_status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    m_reason = trimmedHttpSpace(line.sliced(12)).toByteArray();
    return true;
}

// Determines how the end of the body is marked.
bool HttpAnswerParser::readFraming()
{
    if (m_status == 101)
        return true;
    if (m_status == 204 || m_status == 304) {
        m_contentLength = 0;
        return true;
    }
    m_chunked = m_headers.hasToken("transfer-encoding", "chunked");
    const QByteArray length = m_headers.value("content-length");
    if (m_chunked || length.isEmpty())
        return true; // without both, the body ends with the connection
    const std::optional<qsizetype> size = parseContentLength(length);
    if (!size)
        return fail("the answer has an invalid Content-Length");
    m_contentLength = std::min(m_maxBodySize, *size);
    return true;
}

HttpAnswerParser::Status HttpAnswerParser::readBody(QByteArrayView &data)
{
    if (m_chunked)
        return readChunks(data);
    const qsizetype limit = m_contentLength < 0 ? m_maxBodySize : m_contentLength;
    const qsizetype taken = std::min(data.size(), limit - m_body.size());
    m_body.append(data.first(taken));
    data = data.sliced(taken);
    return m_body.size() == limit ? complete() : Status::NeedMore;
}

// The body ends at anything malformed, and when the lines with the sizes exceed the allowance.
HttpAnswerParser::Status HttpAnswerParser::readChunks(QByteArrayView &data)
{
    while (!data.isEmpty()) {
        if (m_chunkRest > 0) {
            const qsizetype taken = std::min(data.size(), m_chunkRest);
            m_body.append(data.first(std::min(taken, m_maxBodySize - m_body.size())));
            data = data.sliced(taken);
            m_chunkRest -= taken;
            if (m_body.size() == m_maxBodySize)
                return complete();
            continue;
        }
        // The line with the next size, which may come after the line end of the last chunk.
        const char character = data.front();
        data = data.sliced(1);
        if (--m_chunkAllowance < 0)
            return complete();
        if (character != '\n') {
            m_input.append(character);
            continue;
        }
        const QByteArray line = std::exchange(m_input, QByteArray()).trimmed();
        if (std::exchange(m_chunkEnds, false) && line.isEmpty())
            continue;
        m_chunkRest = parseChunkSize(line).size;
        if (m_chunkRest == 0)
            return complete();
        m_chunkEnds = true;
    }
    return Status::NeedMore;
}

HttpAnswerParser::Status HttpAnswerParser::complete()
{
    m_state = State::Complete;
    m_input.clear();
    return Status::Complete;
}

bool HttpAnswerParser::fail(const char *error)
{
    m_state = State::Failed;
    m_error = error;
    m_input.clear();
    return false;
}

} // namespace EngineIo::detail
