// SPDX-License-Identifier: MIT
#ifndef CLUSTERNODE_H
#define CLUSTERNODE_H

#include "clusterserver.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qjsonobject.h>
#include <QtCore/qprocess.h>

#include <memory>

// A server of a cluster with a client of its own, which tells it by "run" what to do. Servers on Qt
// and on Node.js understand the same; see tests/interop/servers/cluster-server.mjs.
class ClusterNode : public QObject
{
public:
    ~ClusterNode() override;

    // Answers whether the server listens.
    bool startQt(const SocketIo::AdapterFactory &adapter, Recovers recovers = Recovers::No);
    bool startQtProcess(const QJsonObject &config);
    bool startNode(const QJsonObject &config);
    // As a crash would end it.
    void kill();
    // A process only: SIGSTOP and SIGCONT.
    void pause();
    void resume();

    SocketIo::Server *server() const { return m_qt ? m_qt->server() : nullptr; }
    quint16 port() const { return m_port; }
    QUrl url() const;
    // A new client. It keeps what it receives.
    void connectClient(const QString &nsp = QStringLiteral("/"), const QVariantMap &auth = {});
    void disconnectClient() { m_manager.reset(); }
    SocketIo::ClientSocket *client() const { return m_client; }
    bool isConnected() const { return m_client && m_client->isConnected(); }

    QList<QVariantList> events; // of the client
    QList<QVariantList> heard;  // by a server on Qt in this process, from other servers

private:
    bool startProcess(const QString &program, QStringList arguments, const QJsonObject &config);

    std::unique_ptr<ClusterServer> m_qt;
    QProcess m_process;
    quint16 m_port = 0;
    std::unique_ptr<SocketIo::Manager> m_manager;
    QPointer<SocketIo::ClientSocket> m_client;
};

#endif
