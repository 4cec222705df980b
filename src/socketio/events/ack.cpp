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
    \brief Answers one received event (Socket.IO: the callback that a handler gets last).

    A slot that takes an Ack as its last parameter answers the peer by calling it with any
    arguments that toArgument() knows:

    \code
    socket->on(u"save"_s, this, [](const QString &name, const SocketIo::Ack &ack) {
        ack(u"saved"_s, name);
    });
    \endcode

    An Ack is a value: keep a copy to answer later. All copies share the one answer; the first
    call sends it and later ones do nothing. A call is also harmless when the peer wants no
    acknowledgement or is gone.

    An Ack that a slot gets may be called in any thread. The answer of another thread than the
    socket's is sent from the event loop of the socket's thread.
*/

/*!
    \typealias SocketIo::Ack::Answer
    What sends the answer: a function of the acknowledgement's arguments.
*/

/*!
    \fn SocketIo::Ack::Ack()
    Constructs the acknowledgement of an event whose sender wants none.
*/

/*!
    Constructs an acknowledgement that is given by calling \a answer, which happens once at most.
    Made by sockets; of use to an application in its tests.
*/
Ack::Ack(Answer answer)
{
    if (answer)
        *this = AckPrivate::create(std::move(answer));
}

/*!
    \fn bool SocketIo::Ack::isWanted() const
    Returns whether the peer asked for an acknowledgement.
*/

/*!
    Returns whether the peer asked for an acknowledgement that was not given yet.
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
    Answers with \a args as they are.
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
