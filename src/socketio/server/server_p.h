// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SERVER_P_H
#define SOCKETIO_SERVER_P_H

#include "base/deadlinetimer_p.h"
#include "base/warninglimit_p.h"
#include "socketio/server/connection_p.h"
#include "socketio/server/servernamespaces_p.h"

#include <SocketIo/parser.h>
#include <SocketIo/server.h>

#include <memory>
#include <vector>

namespace EngineIo::detail {
class OpenMetricsWriter;
}

namespace SocketIo {

namespace detail {
class ClientFiles;
}

class SOCKETIO_AUTOTEST_EXPORT ServerPrivate
{
public:
    ServerPrivate(Server *server, const ServerOptions &initialOptions);
    ~ServerPrivate();
    static ServerPrivate *get(const Server *server) { return server->d.get(); }

    void applyOptions();
    void openAdapters();
    void closeAll();
    void shutDown(); // before the server is deleted

    void addConnection(EngineIo::Session *session);
    void removeConnection(detail::Connection *connection);

    void closeAdapters();
    bool isClosed() const noexcept { return m_adaptersClosed; } // by the application
    int roomsCount() const;
    void writeMetrics(EngineIo::detail::OpenMetricsWriter &writer) const;

    bool recovers() const noexcept { return options.connectionStateRecovery.has_value(); }
    std::unique_ptr<Adapter> makeAdapter(Namespace *nsp) const;
    std::unique_ptr<Adapter> makeDefaultAdapter(Namespace *nsp) const; // not the application's

    Server *const q;
    ServerOptions options;
    std::shared_ptr<const Parser> parser;
    EngineIo::Server *engine = nullptr;
    // Of the connections, and of acknowledgements, which are punctual.
    EngineIo::detail::TimerQueue timers{q, Qt::PreciseTimer};
    detail::ServerNamespaces namespaces{this};
    std::vector<std::shared_ptr<detail::Connection>> connections;
    bool encodesInIoThreads = false;
    // What ServerMetrics reports.
    struct
    {
        quint64 eventsReceived = 0;
        quint64 socketsConnected = 0;
        quint64 socketsRecovered = 0;
        quint64 recoveriesMissed = 0;
    } counters;

    // What clients, and other servers, can cause again and again.
    struct
    {
        EngineIo::detail::WarningLimit arguments;
        EngineIo::detail::WarningLimit namespaces;
        EngineIo::detail::WarningLimit rooms;
        EngineIo::detail::WarningLimit acks;
        std::shared_ptr<const EngineIo::detail::WarningLimit> answers =
            std::make_shared<EngineIo::detail::WarningLimit>();
        EngineIo::detail::WarningLimit adapters;
        // Limited as well, since applications relay what clients send to them.
        EngineIo::detail::WarningLimit encoding{EngineIo::detail::WarningLimit::Many};
        EngineIo::detail::WarningLimit argumentsOfServers{EngineIo::detail::WarningLimit::Many};
    } warnings;

private:
    std::unique_ptr<detail::ClientFiles> m_files;
    bool m_started = false; // listens, or has listened
    bool m_adaptersClosed = false;
};

} // namespace SocketIo

#endif
