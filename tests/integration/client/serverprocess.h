// SPDX-License-Identifier: MIT
#ifndef SERVERPROCESS_H
#define SERVERPROCESS_H

#include <QtCore/qjsonobject.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstring.h>
#include <QtCore/qurl.h>

// The servers that the client is tested against; they behave the same.
enum class ServerKind {
    Node, // socket.io from npm
    Qt,   // this project's
    Old,  // socket.io 2 from npm
};

// A server in a process of its own, on a port of the loopback interface.
class ServerProcess
{
public:
    explicit ServerProcess(ServerKind kind, const QJsonObject &config = {});
    ~ServerProcess();

    // Answers whether the server listens; why not is printed.
    bool start();
    void stop(); // at once, as a crash would
    // Again on the same port.
    bool restart();

    ServerKind kind() const { return m_kind; }
    quint16 port() const { return m_port; }
    QUrl url(const QString &path = {}) const;

    // A server that all tests of an executable share.
    static ServerProcess *shared(ServerKind kind);

private:
    const ServerKind m_kind;
    QJsonObject m_config;
    QProcess m_process;
    quint16 m_port = 0;
};

#endif
