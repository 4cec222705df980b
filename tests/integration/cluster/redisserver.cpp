// SPDX-License-Identifier: MIT
#include "redisserver.h"

#include <QtCore/qdebug.h>
#include <QtCore/qstandardpaths.h>
#include <QtNetwork/qtcpserver.h>

#include <csignal>

using namespace Qt::StringLiterals;

RedisServer::RedisServer(const QStringList &arguments, const QString &configuration)
    : m_arguments(arguments)
    , m_configuration(configuration)
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
            QTcpServer freeToo;
            if (!free.listen(QHostAddress::LocalHost) || !freeToo.listen(QHostAddress::LocalHost))
                return false;
            m_port = free.serverPort();
            m_busPort = freeToo.serverPort();
        }
        QStringList arguments{u"--port"_s, QString::number(m_port), u"--bind"_s, u"127.0.0.1"_s};
        if (m_configuration.isEmpty())
            arguments += {u"--save"_s,     QString(),         u"--dir"_s,
                          m_folder.path(), u"--unixsocket"_s, socketPath()};
        else
            arguments.prepend(m_configuration);
        arguments += m_arguments;
        arguments.replaceInStrings(u"PORT"_s, QString::number(m_port));
        arguments.replaceInStrings(u"BUS"_s, QString::number(m_busPort));
        m_process.start(u"redis-server"_s, arguments);
        QByteArray output;
        const auto isReady = [&output] {
            return output.contains("Ready to accept connections") || output.contains("Sentinel ID");
        };
        while (!isReady() && m_process.waitForReadyRead(20000))
            output += m_process.readAll();
        if (isReady())
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
