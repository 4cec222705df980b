// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MANAGERREGISTRY_P_H
#define SOCKETIO_MANAGERREGISTRY_P_H

#include <EngineIo/enums.h>
#include <SocketIo/clientoptions.h>

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qset.h>
#include <QtCore/qstring.h>
#include <QtCore/qurl.h>

#include <chrono>
#include <memory>

QT_BEGIN_NAMESPACE
class QNetworkAccessManager;
QT_END_NAMESPACE

namespace EngineIo {
class Client;
class ClientError;
} // namespace EngineIo

namespace SocketIo {

class ClientSocket;
class Manager;

namespace detail {

// The managers of a thread. It owns those that were created by Manager::connectTo(). It also stores
// connections that are being closed, so that pending packets are delivered even though the manager
// or the application is about to end.
class ManagerRegistry final : public QObject
{
public:
    ManagerRegistry() = default;
    ~ManagerRegistry() override;
    Q_DISABLE_COPY_MOVE(ManagerRegistry)

    static ManagerRegistry *ofThread();

    ClientSocket *connectTo(const QUrl &url, const ClientOptions &options);
    void add(Manager *manager);
    // No more sockets for this manager; it is still owned.
    void stopSharing(Manager *manager);
    void forget(Manager *manager);
    // Takes ownership of a connection and closes it when all packets have been delivered. network:
    // required by the connection. patience: the maximum delay of the end of the application.
    // farewells: the number of packets that only announce that sockets leave.
    void close(EngineIo::Client *client, const std::shared_ptr<QNetworkAccessManager> &network,
               std::chrono::milliseconds patience, qsizetype farewells);
    // The end of the application or thread.
    void finish();

private:
    struct Closing
    {
        std::shared_ptr<QNetworkAccessManager> network;
        std::chrono::milliseconds patience;
        qsizetype farewells;
        bool hasSomethingToSend;
    };

    void installPostRoutine();
    void waitForClosing();
    void warnOfLoss() const;
    static qsizetype lostCount(const EngineIo::Client *client, const Closing &closing);
    static void warnOfEnd(const EngineIo::Client *client, const Closing &closing,
                          EngineIo::CloseReason reason, const EngineIo::ClientError &details);

    QHash<QString, Manager *> m_shared; // by server and path
    QSet<Manager *> m_owned;
    QSet<Manager *> m_others;
    QHash<EngineIo::Client *, Closing> m_closing;
    bool m_postRoutine = false;
};

// The properties that must be equal for a connection to be shared.
SOCKETIO_AUTOTEST_EXPORT QString namespaceOf(const QUrl &url);
SOCKETIO_AUTOTEST_EXPORT QString sharingKey(const QUrl &url, const QString &path);

} // namespace detail

} // namespace SocketIo

#endif
