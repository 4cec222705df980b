// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_INCOMINGCONNECTIONS_P_H
#define SOCKETIO_INCOMINGCONNECTIONS_P_H

#include "base/deadlinetimer_p.h"
#include "base/warninglimit_p.h"
#include "cluster/descriptor_p.h"

#include <SocketIo/clusterglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>
#include <QtCore/qsocketnotifier.h>

#include <chrono>
#include <functional>
#include <list>
#include <memory>

namespace SocketIo::detail {

// A connection about which enough is known to choose its worker.
struct RoutedConnection
{
    Descriptor descriptor;
    QByteArray bytes;         // read already
    QString sessionId;        // empty for a new session or a request without one
    bool isEncrypted = false; // with TLS, so nothing can be read
};

// Reads the beginning of each new connection up to the end of the request line. Connections that do
// not send one in time, or send something other than HTTP, are answered and closed.
class SOCKETIO_CLUSTER_AUTOTEST_EXPORT IncomingConnections : public QObject
{
public:
    using Observer = std::function<void(RoutedConnection connection)>;

    // Without a limit of time if timeout is 0. timers: of the same thread.
    IncomingConnections(std::chrono::milliseconds timeout, int maxCount,
                        EngineIo::detail::TimerQueue &timers, Observer observer);
    ~IncomingConnections() override;

    // Beyond the allowed number, the connection that has waited longest is refused. bytes have been
    // read already.
    void add(Descriptor descriptor, const QByteArray &bytes = {});
    qsizetype count() const { return qsizetype(m_connections.size()); }

private:
    struct Connection;
    using Place = std::list<Connection>::iterator;
    struct Connection
    {
        void expire() { owner->expire(place); }

        IncomingConnections *owner;
        Place place; // its own
        Descriptor descriptor;
        QByteArray bytes;
        std::unique_ptr<QSocketNotifier> notifier;
        EngineIo::detail::DeadlineTimer timer;
    };

    void readable(Place place);
    void examine(Place place);
    RoutedConnection take(Place place);
    void expire(Place place);

    const std::chrono::milliseconds m_timeout;
    const int m_maxCount;
    const Observer m_observer;
    EngineIo::detail::TimerQueue &m_timers;
    std::list<Connection> m_connections; // the oldest first
    EngineIo::detail::WarningLimit m_fullWarnings;
};

} // namespace SocketIo::detail

#endif
