// SPDX-License-Identifier: MIT
#include <SocketIo/packet.h>

/*!
    \enum SocketIo::PacketType
    \inmodule QtSocketIo
    \since QtSocketIo 0.1
    \brief The kinds of Socket.IO packets, with their numbers on the wire.

    \value Connect asks to join a namespace, or says that it is joined
    \value Disconnect leaves a namespace
    \value Event an event with its arguments
    \value Ack answers an event
    \value ConnectError refuses to let a client join a namespace
    \value BinaryEvent an event with attachments, on the wire only
    \value BinaryAck an answer with attachments, on the wire only
*/

/*!
    \class SocketIo::Packet
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Packet
    \since QtSocketIo 0.1
    \brief One Socket.IO packet, as a Parser encodes and a Decoder makes it.

    To encode an event:

    \snippet reference.cpp Packet of Socket.IO
*/
/*!
    \variable SocketIo::Packet::type
    \brief the kind; an event by default. A decoder never makes a binary kind, and encoding picks
    it where there is binary data.
*/
/*!
    \variable SocketIo::Packet::nsp
    \brief the name of the namespace; "/" by default.
*/
/*!
    \variable SocketIo::Packet::id
    \brief the number of the acknowledgement that an event wants or an Ack gives; NoId by default.
*/
/*!
    \variable SocketIo::Packet::args
    \brief of an event its name, then the arguments; of an Ack the arguments.
*/
/*!
    \variable SocketIo::Packet::data
    \brief of Connect a QVariantMap or nothing, of ConnectError a QVariantMap or a QString.
*/

/*!
    \variable SocketIo::Packet::NoId
    The id of a packet without one.
*/
