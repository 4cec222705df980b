// SPDX-License-Identifier: MIT
#include <SocketIo/parser.h>

namespace SocketIo {

/*!
    \class SocketIo::Parser
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Parser
    \since QtSocketIo 0.1
    \brief The wire format of a connection: packets to messages and back (Socket.IO: parser).

    Both ends of a connection must use the same. JsonParser is the default. A parser is shared by
    all connections, and with I/O threads it is used by several threads at once.

    Servers and clients take one as an option:

    \snippet reference.cpp Parser
*/

Parser::~Parser() = default;

/*!
    \fn EngineIo::FrameList SocketIo::Parser::encode(const SocketIo::Packet &packet) const

    Returns the messages that carry \a packet, in the order of sending. None if the packet cannot be
    encoded: the parser has then logged why. Must not change the parser.
*/

/*!
    \fn std::unique_ptr<SocketIo::Decoder> SocketIo::Parser::createDecoder() const

    Returns a decoder for the messages of one connection. Must not change the parser.
*/

/*!
    \class SocketIo::Decoder
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Parser
    \since QtSocketIo 0.1
    \brief Makes packets of the messages of one connection.

    Messages come in the order in which the peer sent them. A packet may take several, so a
    decoder remembers what it has of one. Once it has answered \l Status::Error the connection
    must be closed and the decoder not be used again.

    To read a packet:

    \snippet reference.cpp Decoder
*/

/*!
    \enum SocketIo::Decoder::Status

    \value Complete the message ended a packet
    \value NeedMore more messages belong to the packet
    \value Error the message breaks the format; see errorString()
*/

Decoder::~Decoder() = default;

/*!
    \fn SocketIo::Decoder::Status SocketIo::Decoder::addText(QByteArrayView utf8,
                                                             SocketIo::Packet *packet)

    Takes the text message \a utf8, which need not be valid UTF-8. Fills in \a packet when it is
    complete; otherwise the content of \a packet means nothing.
*/

/*!
    \fn SocketIo::Decoder::Status SocketIo::Decoder::addBinary(const QByteArray &bytes,
                                                               SocketIo::Packet *packet)

    Takes the binary message \a bytes, as addText() takes a text, and fills in \a packet likewise.
*/

/*!
    \fn QByteArray SocketIo::Decoder::errorString() const
    Returns what is wrong with the message that was answered with Status::Error.
*/

/*!
    Remembers \a error for errorString() and returns Status::Error.
*/
Decoder::Status Decoder::fail(const QByteArray &error)
{
    m_error = error;
    return Status::Error;
}

} // namespace SocketIo
