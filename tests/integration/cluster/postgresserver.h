// SPDX-License-Identifier: MIT
#ifndef POSTGRESSERVER_H
#define POSTGRESSERVER_H

#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qurl.h>

// A PostgreSQL of the test's own, in a temporary folder and on a free port of the loopback
// interface.
class PostgresServer
{
public:
    PostgresServer();
    ~PostgresServer();

    static bool isInstalled();
    // Answers whether it accepts connections. Again after stop(), with the same port and data.
    bool start();
    // At once, as a crash would.
    void stop();
    // SIGSTOP and SIGCONT to it and what serves its connections.
    void pause();
    void resume();

    QUrl url() const;
    // By way of its socket in the file system.
    QUrl localUrl() const;
    // Runs a statement with PostgreSQL's own client, and returns what it prints.
    QByteArray run(const QByteArray &sql);

private:
    bool makeData();
    void signalAll(int number);
    // Starts it as a user that PostgreSQL accepts: it refuses root.
    void startAsUser(QProcess *process, const QString &program, const QStringList &arguments);

    QTemporaryDir m_folder;
    QProcess m_process;
    quint16 m_port = 0;
    bool m_isPaused = false;
};

#endif
