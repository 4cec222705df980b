// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MIDDLEWARE_H
#define SOCKETIO_MIDDLEWARE_H

#include <SocketIo/error.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <functional>
#include <memory>

namespace SocketIo {

class Socket;

// Ends a middleware, immediately or later, in any thread: next() continues, next(error) refuses.
// Only the first call to any of its copies has an effect.
class SOCKETIO_EXPORT Next
{
public:
    using Done = std::function<void(const Error &error)>;

    Next() = default;
    explicit Next(Done done);

    void operator()() const;
    void operator()(const Error &error) const;

private:
    struct State;
    std::shared_ptr<State> m_state;
};

// Decides whether a client may join the namespace (Socket.IO: namespace.use).
using Middleware = std::function<void(Socket *socket, Next next)>;

// Called for each event that a socket receives, with its name followed by its arguments, which it
// may change until it calls next (Socket.IO: socket.use).
using EventMiddleware = std::function<void(QVariantList &event, Next next)>;

// Decides whether a namespace with that name may be created. Calls allow once, immediately or
// later, in any thread.
using NamespaceFilter = std::function<void(const QString &name, const QVariantMap &auth,
                                           std::function<void(bool allowed)> allow)>;

} // namespace SocketIo

#endif
