// SPDX-License-Identifier: MIT
#include <EngineIo/messagedecoder.h>

namespace EngineIo {

/*!
    \class EngineIo::DecodedMessage
    \inmodule QtSocketIo
    \since 0.1
    \brief What a MessageDecoder makes of one or more messages; the base class of its results.
*/
DecodedMessage::~DecodedMessage() = default;

/*!
    \class EngineIo::MessageDecoder
    \inmodule QtSocketIo
    \since 0.1
    \brief Decodes a session's messages in the thread that reads them.

    With I/O threads the server's thread is thereby spared the work. One decoder serves one
    session, and may keep what it needs between messages.

    \sa Server::setMessageDecoderFactory(), SessionReceiver
*/
/*!
    \fn EngineIo::MessageDecoder::Result EngineIo::MessageDecoder::decodeText(QByteArrayView utf8)
    Returns what the text \a utf8, which need not be valid UTF-8, completes. The view is valid
    during the call only.
*/
/*!
    \fn EngineIo::MessageDecoder::Result EngineIo::MessageDecoder::decodeBinary(
            const QByteArray &bytes)
    Returns what the binary message \a bytes completes.
*/
/*!
    \class EngineIo::MessageDecoder::Result
    \inmodule QtSocketIo
    \since 0.1
    \brief What came of one message.
*/
/*!
    \variable EngineIo::MessageDecoder::Result::message
    What was decoded; empty if more messages are needed for it.
*/
/*!
    \variable EngineIo::MessageDecoder::Result::error
    What is wrong with the message; empty if nothing is. Otherwise the session is closed for
    CloseReason::ParseError with this text.
*/
/*!
    \typealias EngineIo::MessageDecoderFactory
    \since 0.1
    Makes the decoder of one session. Called in the I/O threads.
*/
MessageDecoder::~MessageDecoder() = default;

} // namespace EngineIo
