// SPDX-License-Identifier: MIT
#include <SocketIo/middleware.h>

#include <atomic>
#include <utility>

namespace SocketIo {

struct Next::State
{
    explicit State(Done &&function)
        : done(std::move(function))
    {
    }

    std::atomic_flag called;
    Done done; // for the one call that has set called
};

/*!
    \class SocketIo::Next
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Middleware
    \since QtSocketIo 0.1
    \brief How a middleware says that it is done (Socket.IO: \c next).

    A middleware gets one and calls it once, before it returns or later. It may be called in any
    thread; what follows is done in the server's. It may be copied; calls after the first are
    ignored. As long as nobody calls it, what it guards waits: a client that thereby joins no
    namespace is disconnected after ServerOptions::connectTimeout.

    A middleware calls it once:

    \snippet authentication.cpp middleware
*/

/*!
    \typealias SocketIo::Next::Done
    Takes the decision; an error of Error::Type::NoError goes on.
*/
/*!
    \fn SocketIo::Next::Next()
    Constructs one that does nothing.
*/

/*! Constructs one that calls \a done, once. */
Next::Next(Done done)
    : m_state(done ? std::make_shared<State>(std::move(done)) : nullptr)
{
}

/*! Goes on with the next middleware or, after the last, with the connection or the event. */
void Next::operator()() const
{
    (*this)(Error());
}

/*!
    Refuses the connection or drops the event, for \a error: its message and data go to the client
    in a CONNECT_ERROR packet, or to Socket::errorOccurred(). An error of Error::Type::NoError
    goes on instead.
*/
void Next::operator()(const Error &error) const
{
    if (!m_state || m_state->called.test_and_set())
        return;
    const Done done = std::exchange(m_state->done, {});
    done(error);
}

/*!
    \typedef SocketIo::Middleware
    \since QtSocketIo 0.1

    A function that lets a socket join a namespace or refuses it. See Namespace::use().
*/
/*!
    \typedef SocketIo::EventMiddleware
    \since QtSocketIo 0.1

    A function that sees and may change or drop the events that a socket receives. See
    Socket::use().
*/
/*!
    \typedef SocketIo::NamespaceFilter
    \since QtSocketIo 0.1

    A function that decides by name and the client's \c auth payload whether a namespace may be
    made. It calls \c allow once, now or later, in any thread. See Server::of().
*/

} // namespace SocketIo
