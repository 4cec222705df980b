// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SERVER_P_H
#define SOCKETIO_SERVER_P_H

#include "socketio/server/connection_p.h"
#include "socketio/server/connecttimeouts_p.h"

#include <SocketIo/parser.h>
#include <SocketIo/server.h>

#include <QtCore/qhash.h>
#include <QtCore/qregularexpression.h>

#include <functional>
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

    Namespace *of(QString name);
    Namespace *addParent(const QRegularExpression &pattern, const NamespaceFilter &filter);
    // Finds or makes the namespace that a client asks for; found may be called later, and with
    // null if there is none.
    using Found = std::function<void(Namespace *nsp)>;
    void resolve(const QString &name, const QVariantMap &auth, Found found);
    void removeNamespace(Namespace *nsp);

    void addConnection(EngineIo::Session *session);
    void removeConnection(detail::Connection *connection);

    void closeAdapters();
    int roomsCount() const;
    void writeMetrics(EngineIo::detail::OpenMetricsWriter &writer) const;

    bool recovers() const noexcept { return options.connectionStateRecovery.has_value(); }
    std::unique_ptr<Adapter> makeAdapter(Namespace *nsp) const;

    Server *const q;
    ServerOptions options;
    std::shared_ptr<const Parser> parser;
    EngineIo::Server *engine = nullptr;
    QHash<QString, Namespace *> namespaces;
    std::vector<std::shared_ptr<detail::Connection>> connections;
    detail::ConnectTimeouts connectTimeouts;
    bool encodesInIoThreads = false;
    // What ServerMetrics tells.
    struct
    {
        quint64 eventsReceived = 0;
        quint64 socketsConnected = 0;
        quint64 socketsRecovered = 0;
        quint64 recoveriesMissed = 0;
    } counters;

private:
    // Namespaces made on demand, in the order in which they are tried.
    struct Parent
    {
        QRegularExpression pattern; // used unless there is a filter
        NamespaceFilter filter;
        QPointer<Namespace> nsp;
    };

    void forEachNamespace(const std::function<void(NamespacePrivate &)> &function);
    QPointer<Namespace> make(const QString &name);
    // Each null if the application has deleted it at once.
    Namespace *create(const QString &name);
    Namespace *createChild(const Parent &parent, const QString &name);
    bool mayHaveChild(const Parent &parent) const;
    void tryParent(qsizetype index, const QString &name, const QVariantMap &auth,
                   const Found &found);

    QList<Parent> parents;
    std::unique_ptr<detail::ClientFiles> files;
    bool started = false; // listens, or has listened
    bool adaptersClosed = false;
};

} // namespace SocketIo

#endif
