// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_INCOMINGCONNECTIONS_P_H
#define SOCKETIO_INCOMINGCONNECTIONS_P_H

#include "cluster/descriptor_p.h"

#include <SocketIo/clusterglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qobject.h>
#include <QtCore/qsocketnotifier.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <functional>
#include <list>
#include <memory>

namespace SocketIo::detail {

// A connection of which enough is known to say who is to serve it.
struct RoutedConnection
{
    Descriptor descriptor;
    QByteArray bytes;         // read already
    QString sessionId;        // empty for a new session, and for what is no session's request
    bool isEncrypted = false; // nothing can be read
};

// Reads the beginning of each new connection until the line with the request is there. Those that
// send none in time, or no line of HTTP, are answered and closed.
class SOCKETIO_CLUSTER_AUTOTEST_EXPORT IncomingConnections : public QObject
{
public:
    using Observer = std::function<void(RoutedConnection connection)>;

    IncomingConnections(std::chrono::milliseconds timeout, int maxCount, Observer observer);
    ~IncomingConnections() override;

    // Beyond the number that is allowed, the one that has waited longest goes.
    // bytes: read already.
    void add(Descriptor descriptor, const QByteArray &bytes = {});
    qsizetype count() const { return qsizetype(m_connections.size()); }

    // Closes it with an answer that has no body.
    static void refuse(Descriptor descriptor, const QByteArray &status);

private:
    struct Connection
    {
        Descriptor descriptor;
        QByteArray bytes;
        std::unique_ptr<QSocketNotifier> notifier;
        qint64 time = 0; // of the clock
    };
    using Place = std::list<Connection>::iterator;

    void readable(Place place);
    void examine(Place place);
    Connection take(Place place);
    void sweep();

    const std::chrono::milliseconds m_timeout;
    const int m_maxCount;
    const Observer m_observer;
    std::list<Connection> m_connections; // the oldest first
    QElapsedTimer m_clock;
    QTimer m_timer;
};

} // namespace SocketIo::detail

#endif
