// SPDX-License-Identifier: MIT
#ifndef REDISSERVER_H
#define REDISSERVER_H

#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qurl.h>

// A Redis server of the test's own, on a free port of the loopback interface.
class RedisServer
{
public:
    // PORT in the arguments is the server's, BUS one for a cluster's bus.
    explicit RedisServer(const QStringList &arguments = {}, const QString &configuration = {});
    ~RedisServer();

    static bool isInstalled();
    // Answers whether it accepts connections. Again after stop(), on the same port.
    bool start();
    void stop();
    // SIGSTOP and SIGCONT.
    void pause();
    void resume();

    quint16 port() const { return m_port; }
    quint16 busPort() const { return m_busPort; }
    QUrl url() const;
    QString socketPath() const { return m_folder.filePath(QStringLiteral("redis.sock")); }

private:
    const QStringList m_arguments;
    const QString m_configuration; // a file, which a sentinel needs
    QTemporaryDir m_folder;
    QProcess m_process;
    quint16 m_port = 0;
    quint16 m_busPort = 0;
};

#endif
