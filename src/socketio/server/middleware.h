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

// Ends a middleware, now or later, from any thread: next() goes on, next(error) refuses.
// Only the first call of all copies counts.
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

// Sees each event that a socket receives: the name, then the arguments. It may change them until
// it calls next (Socket.IO: socket.use).
using EventMiddleware = std::function<void(QVariantList &event, Next next)>;

// Decides whether a namespace of that name may come into being. Calls allow once, now or later,
// from any thread.
using NamespaceFilter = std::function<void(const QString &name, const QVariantMap &auth,
                                           std::function<void(bool allowed)> allow)>;

} // namespace SocketIo

#endif
