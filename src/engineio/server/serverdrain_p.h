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

// Lets a server's clients go until a deadline, a few at a time, and closes it then: so they do not
// all come to another server at once.
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
