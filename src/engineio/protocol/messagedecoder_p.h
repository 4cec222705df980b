// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_MESSAGEDECODER_P_H
#define ENGINEIO_MESSAGEDECODER_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <functional>
#include <memory>

namespace EngineIo::detail {

// The base class of the results of a MessageDecoder, which it creates from one or more messages.
class ENGINEIO_EXPORT DecodedMessage
{
public:
    virtual ~DecodedMessage();
    // About how many bytes of memory it takes.
    virtual qsizetype memorySize() const = 0;
};

// Decodes the messages of a session in the thread that reads them, to relieve the server's thread.
// It can store state between messages.
class ENGINEIO_EXPORT MessageDecoder
{
public:
    struct Result
    {
        std::unique_ptr<DecodedMessage> message; // empty: more messages are needed
        QByteArray error;                        // not empty: the session closes, "parse error"
    };

    virtual ~MessageDecoder();
    // The text need not be valid UTF-8. It is there during the call only.
    virtual Result decodeText(QByteArrayView utf8) = 0;
    virtual Result decodeBinary(const QByteArray &bytes) = 0;
};

// Called in the I/O threads, once for each session.
using MessageDecoderFactory = std::function<std::unique_ptr<MessageDecoder>()>;

} // namespace EngineIo::detail

#endif
