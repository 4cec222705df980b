// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SERVERDRAIN_P_H
#define ENGINEIO_SERVERDRAIN_P_H

#include <QtCore/qtimer.h>

#include <chrono>
#include <memory>

namespace EngineIo {
class ServerPrivate;
}

namespace EngineIo::detail {

// Disconnects the clients of a server until a deadline, a few at a time, so that they do not all
// connect to another server at the same time, and then closes the server.
class ServerDrain
{
public:
    explicit ServerDrain(ServerPrivate *server);

    void start(std::chrono::milliseconds wanted);
    // The server closes, for this reason or another: drained() follows closed().
    void end();

private:
    void step();

    ServerPrivate *const m_server;
    std::unique_ptr<QTimer> m_timer; // none: it is not draining
    int m_stepsLeft = 0;
};

} // namespace EngineIo::detail

#endif
