// SPDX-License-Identifier: MIT
#include "serverprocess.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>
#include <QtCore/qjsondocument.h>

#include <array>
#include <memory>

using namespace Qt::StringLiterals;

ServerProcess::ServerProcess(ServerKind kind, const QJsonObject &config)
    : m_kind(kind)
    , m_config(config)
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
}

ServerProcess::~ServerProcess()
{
    stop();
}

bool ServerProcess::start()
{
    const QString config =
        QString::fromUtf8(QJsonDocument(m_config).toJson(QJsonDocument::Compact));
    if (m_kind == ServerKind::Old)
        m_process.start(QStringLiteral(NODE_EXECUTABLE), {QStringLiteral(OLD_SERVER), config});
    else if (m_kind == ServerKind::Node)
        m_process.start(QStringLiteral(NODE_EXECUTABLE), {QStringLiteral(NODE_SERVER), config});
    else
        m_process.start(QStringLiteral(QT_SERVER), {config});
    QByteArray line;
    while (!line.endsWith('\n') && m_process.waitForReadyRead(30000))
        line += m_process.readLine();
    if (!line.startsWith("listening ")) {
        qWarning() << "The server did not start:" << m_process.errorString() << line;
        return false;
    }
    m_port = line.mid(10).trimmed().toUShort();
    return m_port != 0;
}

void ServerProcess::stop()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.kill();
    m_process.waitForFinished();
}

bool ServerProcess::restart()
{
    stop();
    m_config.insert("port"_L1, m_port);
    return start();
}

QUrl ServerProcess::url(const QString &path) const
{
    QUrl url;
    url.setScheme(m_config.contains("tls"_L1) ? u"https"_s : u"http"_s);
    url.setHost(m_config.contains("tls"_L1) ? u"localhost"_s : u"127.0.0.1"_s);
    url.setPort(m_port);
    url.setPath(path);
    return url;
}

ServerProcess *ServerProcess::shared(ServerKind kind)
{
    static std::array<std::unique_ptr<ServerProcess>, 3> servers;
    std::unique_ptr<ServerProcess> &server = servers[size_t(kind)];
    if (!server) {
        server = std::make_unique<ServerProcess>(
            kind, QJsonObject{{u"pingInterval"_s, 1000}, {u"pingTimeout"_s, 20000}});
        // QProcess wants to go before the application does.
        qAddPostRoutine([] { servers = {}; });
        if (!server->start())
            server.reset();
    }
    return server.get();
}
