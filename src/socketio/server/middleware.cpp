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
    \brief Ends a middleware (Socket.IO: \c next).

    A middleware receives a Next and calls it once, before it returns or later. It can be called in
    any thread; processing continues in the server's thread. Next is a value class; only the first
    call to any of its copies has an effect. Until it is called, the client or the event has to
    wait. A client that joins no namespace meanwhile is disconnected after
    ServerOptions::connectTimeout.

    For example:

    \snippet authentication.cpp middleware
*/

/*!
    \typealias SocketIo::Next::Done
    A function that receives the decision. An error of type Error::Type::NoError means to continue.
*/
/*!
    \fn SocketIo::Next::Next()
    Constructs a Next that does nothing when it is called.
*/

/*! Constructs a Next that calls \a done when it is called for the first time. */
Next::Next(Done done)
    : m_state(done ? std::make_shared<State>(std::move(done)) : nullptr)
{
}

/*! Continues with the next middleware or, after the last one, with the connection or the event. */
void Next::operator()() const
{
    (*this)(Error());
}

/*!
    Refuses the connection or drops the event because of \a error. For a connection, the message and
    data of \a error are sent to the client in a CONNECT_ERROR packet; for an event,
    Socket::errorOccurred() is emitted with it. If the type of \a error is Error::Type::NoError,
    processing continues instead.
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

    A function that decides whether a socket may join a namespace. See Namespace::use().
*/
/*!
    \typedef SocketIo::EventMiddleware
    \since QtSocketIo 0.1

    A function that can inspect, change or drop the events that a socket receives. See
    Socket::use().
*/
/*!
    \typedef SocketIo::NamespaceFilter
    \since QtSocketIo 0.1

    A function that decides whether a namespace may be created, based on its name and the client's
    \c auth payload. It calls \c allow once, immediately or later, in any thread. See Server::of().
*/

} // namespace SocketIo
