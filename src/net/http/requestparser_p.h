// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_REQUESTPARSER_P_H
#define ENGINEIO_REQUESTPARSER_P_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/httprequest.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace EngineIo::detail {

struct HttpLimits
{
    qsizetype maxHeaderSize = 64 * 1024; // bytes of the request line and the headers
    int maxHeaderCount = 100;
    qsizetype maxBodySize = 1'000'000; // bytes
};

// Reads HTTP/1.0 and HTTP/1.1 requests from bytes that arrive in pieces of any size.
class ENGINEIO_AUTOTEST_EXPORT HttpRequestParser
{
public:
    enum class Status {
        NeedMore,     // everything is consumed
        HeadComplete, // once per request; no byte of the body is consumed
        BodyTooLarge, // once per request; the rest of the body is read and dropped
        Complete,     // the bytes not consumed belong to the next request
        Error,        // the connection cannot be used any further
    };

    // The first line that an HTTP/2 client sends, in the form of a request.
    static constexpr QByteArrayView Http2Line = "PRI * HTTP/2.0";

    explicit HttpRequestParser(const HttpLimits &limits);

    // A request without a body is complete at the next call, which may be one without data.
    // A call after Complete starts the next request.
    Status parse(QByteArrayView data, qsizetype *consumed);

    const HttpRequest &request() const noexcept { return m_request; }
    HttpRequest takeRequest();
    // The status to refuse the request with.
    int errorStatus() const noexcept { return m_errorStatus; }
    QByteArray errorString() const { return m_errorString; }
    // Whether the error is that the client speaks HTTP/2.
    bool isHttp2() const noexcept { return m_http2; }
    // Whether the client waits for "100 Continue" before it sends the body.
    bool expectsContinue() const noexcept { return m_expectsContinue; }
    // Whether the request has a body, according to its head.
    bool hasBody() const noexcept { return m_hasBody; }
    // Whether the body is longer than allowed, or will be according to the head.
    bool isBodyTooLarge() const noexcept { return m_bodyTooLarge; }
    // Reads on to the end of the body without keeping it.
    void dropBody();
    // The number of bytes of the request that are kept so far.
    qsizetype bufferedSize() const noexcept { return m_headSize + m_line.size() + m_body.size(); }
    // Starts anew, for the next request or another connection.
    void reset();
    // Whether no byte of a request has arrived, or only empty lines.
    bool isIdle() const noexcept { return m_state == State::RequestLine && m_line.isEmpty(); }
    // Whether more has arrived than empty lines, or parts of one.
    bool hasBegun() const noexcept { return !isIdle() && m_line != "\r"; }
    // Whether anything has arrived, even if only empty lines.
    bool hasInput() const noexcept { return !isIdle() || m_lineBudget < m_limits.maxHeaderSize; }

private:
    enum class State {
        RequestLine,
        HeaderLine,
        FixedBody,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        TrailerLine,
        Complete,
        Failed,
    };

    Status step(QByteArrayView &data);
    Status stepLine(QByteArrayView &data);
    Status stepBody(QByteArrayView &data);
    Status stepChunkEnd(QByteArrayView &data);
    void parseRequestLine(QByteArrayView line);
    QByteArrayView reduceTarget(QByteArrayView method, QByteArrayView target);
    Status parseHeaderLine(QByteArrayView line);
    Status finishHead();
    bool readFraming();
    bool readTransferEncoding();
    bool readContentLength(QByteArrayView value);
    void parseChunkSize(QByteArrayView line);
    Status parseTrailerLine(QByteArrayView line);
    Status finishBody();
    Status fail(int status, const char *reason);

    HttpLimits m_limits;
    State m_state = State::RequestLine;
    HttpRequest m_request;
    HttpHeaders m_headers;
    QByteArray m_authority; // of an absolute target
    QByteArray m_line;      // the received part of a line
    QByteArray m_body;
    QByteArray m_errorString;
    qsizetype m_lineBudget = 0; // bytes that lines may still take
    qsizetype m_remaining = 0;  // bytes of the body, or of the chunk
    qsizetype m_headSize = 0;   // bytes of the lines that have been read
    int m_minorVersion = 1;
    int m_fieldCount = 0;
    int m_errorStatus = 0;
    bool m_chunked = false;
    bool m_hasBody = false;
    bool m_dropping = false;
    bool m_bodyTooLarge = false;
    bool m_tellTooLarge = false; // report BodyTooLarge in the next step
    bool m_expectsContinue = false;
    bool m_http2 = false;
};

} // namespace EngineIo::detail

#endif
