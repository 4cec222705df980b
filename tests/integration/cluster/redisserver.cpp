// SPDX-License-Identifier: MIT
#include "redisserver.h"

#include <QtCore/qdebug.h>
#include <QtCore/qstandardpaths.h>
#include <QtNetwork/qtcpserver.h>

#include <csignal>

using namespace Qt::StringLiterals;

RedisServer::RedisServer(const QStringList &arguments)
    : m_arguments(arguments)
{
    m_process.setProcessChannelMode(QProcess::MergedChannels);
}

RedisServer::~RedisServer()
{
    stop();
}

bool RedisServer::isInstalled()
{
    return !QStandardPaths::findExecutable(u"redis-server"_s).isEmpty();
}

bool RedisServer::start()
{
    // Another program may take the port before Redis does.
    for (int attempt = 0; attempt < 5; ++attempt) {
        if (m_port == 0) {
            QTcpServer free;
            if (!free.listen(QHostAddress::LocalHost))
                return false;
            m_port = free.serverPort();
        }
        m_process.start(u"redis-server"_s,
                        QStringList{u"--port"_s, QString::number(m_port), u"--bind"_s,
                                    u"127.0.0.1"_s, u"--save"_s, QString(), u"--dir"_s,
                                    m_folder.path(), u"--unixsocket"_s, socketPath()}
                            + m_arguments);
        QByteArray output;
        while (!output.contains("Ready to accept connections") && m_process.waitForReadyRead(20000))
            output += m_process.readAll();
        if (output.contains("Ready to accept connections"))
            return true;
        qWarning().noquote() << "redis-server did not start:" << output;
        stop();
        m_port = 0;
    }
    return false;
}

void RedisServer::stop()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    resume();
    m_process.kill();
    m_process.waitForFinished();
}

void RedisServer::pause()
{
    ::kill(pid_t(m_process.processId()), SIGSTOP);
}

void RedisServer::resume()
{
    ::kill(pid_t(m_process.processId()), SIGCONT);
}

QUrl RedisServer::url() const
{
    return QUrl(u"redis://127.0.0.1:%1"_s.arg(m_port));
}
