// SPDX-License-Identifier: MIT
#ifndef PARSING_H
#define PARSING_H

#include "net/http/requestparser_p.h"

#include <QtCore/qstringlist.h>

// What came of feeding bytes to a parser.
struct Parsed
{
    QList<EngineIo::HttpRequest> requests;
    int heads = 0;
    int tooLarge = 0; // bodies that were dropped
    int errorStatus = 0;
    QByteArray errorString;
    bool needsMore = false; // the last request is not complete
};

// Feeds the bytes in pieces of the given size, until the end or an error.
inline Parsed parseInPieces(const QByteArray &bytes, qsizetype pieceSize,
                            const EngineIo::detail::HttpLimits &limits = {})
{
    using Status = EngineIo::detail::HttpRequestParser::Status;
    EngineIo::detail::HttpRequestParser parser(limits);
    Parsed result;
    for (qsizetype i = 0; i < bytes.size(); i += pieceSize) {
        QByteArrayView piece = QByteArrayView(bytes).sliced(i, qMin(pieceSize, bytes.size() - i));
        Status status = Status::NeedMore;
        do {
            qsizetype consumed = 0;
            status = parser.parse(piece, &consumed);
            piece = piece.sliced(consumed);
            if (status == Status::HeadComplete) {
                ++result.heads;
            } else if (status == Status::BodyTooLarge) {
                ++result.tooLarge;
            } else if (status == Status::Complete) {
                result.requests.append(parser.takeRequest());
            } else if (status == Status::Error) {
                result.errorStatus = parser.errorStatus();
                result.errorString = parser.errorString();
                return result;
            }
        } while (status == Status::HeadComplete || !piece.isEmpty());
    }
    result.needsMore = !parser.isIdle();
    return result;
}

inline Parsed parseAll(const QByteArray &bytes, const EngineIo::detail::HttpLimits &limits = {})
{
    return parseInPieces(bytes, qMax(bytes.size(), qsizetype(1)), limits);
}

// All that a request says, for comparing two of them.
inline QByteArray dump(const EngineIo::HttpRequest &request)
{
    QByteArray text = request.method() + ' ' + request.target() + ' '
        + QByteArray::number(request.minorVersion()) + '\n';
    for (const EngineIo::HttpHeaders::Field &field : request.headers().fields())
        text += field.first + ": " + field.second + '\n';
    return text + '\n' + request.body();
}

#endif
