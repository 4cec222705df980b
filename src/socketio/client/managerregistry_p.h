// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MANAGERREGISTRY_P_H
#define SOCKETIO_MANAGERREGISTRY_P_H

#include <SocketIo/clientoptions.h>

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qurl.h>

namespace SocketIo {

class ClientSocket;
class Manager;

namespace detail {

// The managers that Manager::connectTo() has made in one thread, which owns them.
class ManagerRegistry
{
public:
    ManagerRegistry() = default;
    ~ManagerRegistry();
    Q_DISABLE_COPY_MOVE(ManagerRegistry)

    static ManagerRegistry *ofThread();

    ClientSocket *connectTo(const QUrl &url, const ClientOptions &options);
    // No more sockets for this manager; it is still owned.
    void retire(Manager *manager);
    void forget(Manager *manager);

private:
    QHash<QString, Manager *> m_shared; // by server and path
    QList<Manager *> m_owned;
};

// The address with a scheme: "host:port" and "//host:port" stand for http.
SOCKETIO_AUTOTEST_EXPORT QUrl normalizedUrl(const QUrl &url);
SOCKETIO_AUTOTEST_EXPORT QString namespaceOf(const QUrl &url);
// What must be the same for a connection to be shared.
SOCKETIO_AUTOTEST_EXPORT QString sharingKey(const QUrl &url, const QString &path);

} // namespace detail

} // namespace SocketIo

#endif
