// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_ANSWERPARSER_P_H
#define ENGINEIO_ANSWERPARSER_P_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/httpheaders.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace EngineIo::detail {

// Reads a server's answer to one HTTP/1.1 request (RFC 9112), such as the handshake of a WebSocket.
// Answers that only announce another one (status 100 to 199, except 101) are skipped.
class ENGINEIO_AUTOTEST_EXPORT HttpAnswerParser
{
public:
    enum class Status { NeedMore, Complete, Error };

    static constexpr qsizetype MaxHeadSize = 64 * 1024;
    static constexpr int MaxHeaderCount = 200;

    // Only the beginning of a longer body is read.
    explicit HttpAnswerParser(qsizetype maxBodySize)
        : m_maxBodySize(maxBodySize)
    {
    }

    // Takes bytes off the front of data. What follows a 101 stays there.
    Status parse(QByteArrayView &data);
    // The connection has ended, which also ends a body of unknown length.
    Status finish();

    bool hasBegun() const noexcept { return m_status != 0 || !m_input.isEmpty(); }
    int status() const noexcept { return m_status; } // 0: none yet
    const QByteArray &reason() const noexcept { return m_reason; }
    const HttpHeaders &headers() const noexcept { return m_headers; }
    const QByteArray &body() const noexcept { return m_body; }
    const QByteArray &errorString() const noexcept { return m_error; }

private:
    enum class State { Head, Body, Complete, Failed };

    Status readHead(QByteArrayView &data);
    bool parseHead(QByteArrayView head);
    bool parseStatusLine(QByteArrayView line);
    bool readFraming();
    Status readBody(QByteArrayView &data);
    Status readChunks(QByteArrayView &data);
    Status complete();
    bool fail(const char *error);

    const qsizetype m_maxBodySize;
    HttpHeaders m_headers;
    QByteArray m_reason;
    QByteArray m_input; // the received part of a head, or of the line with a chunk's size
    QByteArray m_body;
    QByteArray m_error;
    qsizetype m_contentLength = -1;         // -1: not known
    qsizetype m_chunkRest = 0;              // bytes left of the current chunk
    qsizetype m_chunkAllowance = 16 * 1024; // bytes that chunks may still take besides data
    int m_status = 0;
    State m_state = State::Head;
    bool m_chunked = false;
    bool m_chunkEnds = false; // the line end after a chunk is due
};

} // namespace EngineIo::detail

#endif
