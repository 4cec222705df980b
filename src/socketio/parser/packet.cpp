// SPDX-License-Identifier: MIT
#include <SocketIo/packet.h>

/*!
    \enum SocketIo::PacketType
    \inmodule QtSocketIo
    \since QtSocketIo 0.1
    \brief The kinds of Socket.IO packets, with their numbers on the wire.

    \value Connect requests to join a namespace, or confirms that it has been joined
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
    \brief Represents a Socket.IO packet, which is encoded by a Parser or decoded by a Decoder.

    To encode an event:

    \snippet reference.cpp Packet of Socket.IO
*/
/*!
    \variable SocketIo::Packet::type
    \brief the type of the packet; an event by default. A decoder never returns one of the binary
    types. When a packet is encoded, its binary type is used if it contains binary data.
*/
/*!
    \variable SocketIo::Packet::nsp
    \brief the name of the namespace; "/" by default.
*/
/*!
    \variable SocketIo::Packet::id
    \brief the number of the acknowledgement that an event requests or that an Ack contains; NoId by
    default.
*/
/*!
    \variable SocketIo::Packet::args
    \brief the name and the arguments of an event, or the arguments of an Ack.
*/
/*!
    \variable SocketIo::Packet::data
    \brief the payload: for Connect a QVariantMap or an invalid QVariant, for ConnectError a
    QVariantMap or a QString.
*/

/*!
    \variable SocketIo::Packet::NoId
    \brief the value of \l id for packets without an id.
*/
