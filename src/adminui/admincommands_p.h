// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADMINCOMMANDS_P_H
#define SOCKETIO_ADMINCOMMANDS_P_H

#include "base/warninglimit_p.h"

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qset.h>
#include <QtCore/qvariant.h>

#include <functional>
#include <optional>

namespace SocketIo {

class BroadcastOperator;
class Namespace;
class Server;
class Socket;

namespace detail {

// Carries out the commands of the pages, on all servers: emit, join, leave and disconnect.
class AdminCommands : public QObject
{
public:
    AdminCommands(Server *server, int maxNamespaces);
    ~AdminCommands() override;

    static QStringList features();
    void serve(Socket *page);

private:
    // Returns what is wrong, or an empty string.
    using Command = std::function<QString(const QVariantList &args)>;
    void add(Socket *page, const QString &name, const Command &command);
    QString emitEvent(const QVariantList &args);
    enum class RoomChange { Join, Leave };
    QString changeRooms(const QVariantList &args, RoomChange change);
    QString disconnectSockets(const QVariantList &args);
    std::optional<BroadcastOperator> target(const QVariantList &args, qsizetype filterIndex,
                                            QString *problem);
    Namespace *find(const QString &name, QString *problem);

    const QPointer<Server> m_server;
    const int m_maxNamespaces;
    EngineIo::detail::WarningLimit m_warnings{EngineIo::detail::WarningLimit::Many};
    QSet<QString> m_made; // namespaces that commands have created
};

} // namespace detail
} // namespace SocketIo

#endif
