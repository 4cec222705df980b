// SPDX-License-Identifier: MIT
#include <SocketIo/parser.h>

namespace SocketIo {

/*!
    \class SocketIo::Parser
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Parser
    \since QtSocketIo 0.1
    \brief The base class of wire formats, which convert packets to messages and back (Socket.IO:
    parser).

    Both ends of a connection must use the same format. JsonParser is the default. A parser is
    shared by all connections and, with I/O threads, used by several threads at the same time. All
    its functions must therefore be thread-safe.

    A parser is set as an option of servers and clients:

    \snippet reference.cpp Parser
*/

Parser::~Parser() = default;

/*!
    \fn EngineIo::FrameList SocketIo::Parser::encode(const SocketIo::Packet &packet) const

    Returns the messages for \a packet, in the order in which they have to be sent. Returns an empty
    list, and logs the reason, if the packet cannot be encoded. Must not modify the parser.
*/

/*!
    \fn std::unique_ptr<SocketIo::Decoder> SocketIo::Parser::createDecoder() const

    Returns a decoder for the messages of one connection. Must not modify the parser.
*/

/*!
    \class SocketIo::Decoder
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Parser
    \since QtSocketIo 0.1
    \brief The base class of decoders, which convert the messages of a connection to packets.

    Messages are passed in the order in which the peer sent them. A packet can consist of several
    messages, so a decoder stores incomplete packets. After it has returned \l Status::Error, the
    connection must be closed and the decoder must not be used again.

    To read a packet:

    \snippet reference.cpp Decoder
*/

/*!
    \enum SocketIo::Decoder::Status

    \value Complete the message completed a packet
    \value NeedMore more messages belong to the packet
    \value Error the message is invalid; see errorString()
*/

Decoder::~Decoder() = default;

/*!
    \fn SocketIo::Decoder::Status SocketIo::Decoder::addText(QByteArrayView utf8,
                                                             SocketIo::Packet *packet)

    Decodes the text message \a utf8, which does not have to be valid UTF-8. If the returned status
    is Status::Complete, \a packet is set to the packet; otherwise its content is unspecified.
*/

/*!
    \fn SocketIo::Decoder::Status SocketIo::Decoder::addBinary(const QByteArray &bytes,
                                                               SocketIo::Packet *packet)

    Decodes the binary message \a bytes and sets \a packet like addText().
*/

/*!
    \fn QByteArray SocketIo::Decoder::errorString() const
    Returns a description of the error in the message for which Status::Error was returned.
*/

/*!
    Stores \a error for errorString() and returns Status::Error.
*/
Decoder::Status Decoder::fail(const QByteArray &error)
{
    m_error = error;
    return Status::Error;
}

} // namespace SocketIo
