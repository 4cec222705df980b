// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_MESSAGEDECODER_H
#define ENGINEIO_MESSAGEDECODER_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <functional>
#include <memory>

namespace EngineIo {

// What a MessageDecoder makes of one or more messages.
class ENGINEIO_EXPORT DecodedMessage
{
public:
    virtual ~DecodedMessage();
};

// Decodes a session's messages in the thread that reads them, so that with I/O threads the
// server's thread is spared the work. One decoder serves one session and may keep state.
class ENGINEIO_EXPORT MessageDecoder
{
public:
    struct Result
    {
        std::unique_ptr<DecodedMessage> message; // empty: more messages are needed
        QByteArray error;                        // not empty: the session closes, "parse error"
    };

    virtual ~MessageDecoder();
    virtual Result decodeText(QByteArrayView utf8) = 0;
    virtual Result decodeBinary(const QByteArray &bytes) = 0;
};

using MessageDecoderFactory = std::function<std::unique_ptr<MessageDecoder>()>;

} // namespace EngineIo

#endif
