// SPDX-License-Identifier: MIT
#include <SocketIo/packet.h>

/*!
    \enum SocketIo::PacketType
    \inmodule SocketIo
    \since 0.1
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
    \inmodule SocketIo
    \since 0.1
    \brief One Socket.IO packet, as a Parser encodes and a Decoder makes it.

    A value with public members:

    \table
    \header \li Member \li Default \li Meaning
    \row \li type \li Event \li the kind. A decoder never makes a binary kind, and encoding picks
         it where there is binary data.
    \row \li nsp \li \c / \li the namespace
    \row \li id \li NoId \li number of the acknowledgement that an event wants or an Ack gives
    \row \li args \li empty \li of an event its name, then the arguments; of an Ack the arguments
    \row \li data \li invalid \li of Connect a QVariantMap or nothing, of ConnectError a
         QVariantMap or a QString
    \endtable
*/

/*!
    \variable SocketIo::Packet::NoId
    The id of a packet without one.
*/
