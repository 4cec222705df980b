// SPDX-License-Identifier: MIT
#include "socketio/events/ack_p.h"

#include "socketio/events/eventlogging_p.h"

#include <utility>

namespace SocketIo {

/*!
    \class SocketIo::Ack
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Ack
    \since QtSocketIo 0.1
    \brief Acknowledges a received event (Socket.IO: the callback that is the last argument of a
    handler).

    A slot that takes an Ack as its last parameter answers the peer by calling it with any arguments
    that toArgument() supports:

    \code
    socket->on(u"save"_s, this, [](const QString &name, const SocketIo::Ack &ack) {
        ack(u"saved"_s, name);
    });
    \endcode

    Ack is a value class: keep a copy to answer later. All copies share one answer. The first call
    sends it, and further calls do nothing. Calls also do nothing if the peer has not requested an
    acknowledgement or has disconnected.

    An Ack that is passed to a slot can be called in any thread. If it is called in a thread other
    than the socket's, the answer is sent from the event loop of the socket's thread.
*/

/*!
    \typealias SocketIo::Ack::Answer
    The function that sends the answer. It takes the arguments of the acknowledgement.
*/

/*!
    \fn SocketIo::Ack::Ack()
    Constructs an Ack for an event whose sender has not requested an acknowledgement.
*/

/*!
    Constructs an Ack that calls \a answer, at most once. It is used by sockets; applications only
    need it in tests.
*/
Ack::Ack(Answer answer)
{
    if (answer)
        *this = AckPrivate::create(std::move(answer));
}

/*!
    \fn bool SocketIo::Ack::isWanted() const
    Returns whether the peer has requested an acknowledgement.
*/

/*!
    Returns whether the peer has requested an acknowledgement that has not been sent yet.
*/
bool Ack::isPending() const noexcept
{
    return d && !d->given.load(std::memory_order_relaxed);
}

/*!
    \fn template<typename... Args> void SocketIo::Ack::operator()(const Args &...args) const
    Answers with \a args, each converted by toArgument().
*/

/*!
    Answers with \a args, without converting them.
*/
void Ack::acknowledge(const QVariantList &args) const
{
    if (!d)
        return;
    if (d->given.exchange(true, std::memory_order_acq_rel)) {
        qCDebug(detail::lcEvents, "An acknowledgement was given once more, which nobody hears of");
        return;
    }
    // The call may end with this object deleted.
    const std::shared_ptr<State> state = d;
    state->answer(args);
}

} // namespace SocketIo
