// SPDX-License-Identifier: MIT
#include "clusternode.h"

#include <QtCore/qdebug.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qregularexpression.h>

#include <csignal>

using namespace SocketIo;
using namespace Qt::StringLiterals;

ClusterNode::~ClusterNode()
{
    disconnectClient();
    kill();
}

bool ClusterNode::startQt(const AdapterFactory &adapter, Recovers recovers)
{
    m_qt = std::make_unique<ClusterServer>(&heard);
    if (!m_qt->start(adapter, recovers))
        return false;
    m_port = m_qt->server()->serverPort();
    return true;
}

bool ClusterNode::startProcess(const QString &program, QStringList arguments,
                               const QJsonObject &config)
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    arguments.append(QString::fromUtf8(QJsonDocument(config).toJson(QJsonDocument::Compact)));
    m_process.start(program, arguments);
    QByteArray line;
    while (!line.endsWith('\n') && m_process.waitForReadyRead(30000))
        line += m_process.readLine();
    m_port = line.startsWith("listening ") ? line.mid(10).trimmed().toUShort() : 0;
    if (m_port == 0)
        qWarning() << program << "did not start:" << m_process.errorString() << line;
    return m_port != 0;
}

bool ClusterNode::startQtProcess(const QJsonObject &config)
{
    return startProcess(QStringLiteral(CLUSTER_NODE), {}, config);
}

bool ClusterNode::startNode(const QJsonObject &config)
{
    return startProcess(QStringLiteral(NODE_EXECUTABLE), {QStringLiteral(CLUSTER_SERVER)}, config);
}

void ClusterNode::kill()
{
    m_qt.reset();
    if (m_process.state() != QProcess::NotRunning) {
        m_process.kill();
        m_process.waitForFinished();
    }
}

void ClusterNode::pause()
{
    ::kill(pid_t(m_process.processId()), SIGSTOP);
}

void ClusterNode::resume()
{
    ::kill(pid_t(m_process.processId()), SIGCONT);
}

QUrl ClusterNode::url() const
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(m_port));
}

void ClusterNode::connectClient(const QString &nsp, const QVariantMap &auth)
{
    disconnectClient();
    events.clear();
    heard.clear();
    ClientOptions options;
    options.transports = {EngineIo::TransportType::WebSocket};
    options.reconnection = false;
    m_manager = std::make_unique<Manager>(url(), options);
    m_client = m_manager->socket(nsp);
    m_client->setAuth(auth);
    m_client->onAny(this, [this](const QString &event, const QVariantList &args) {
        QVariantList all{event};
        all += args;
        // Where the client goes on if it loses its connection now.
        static const QRegularExpression offset(u"^[0-9]+-[0-9]+(:.*)?$"_s);
        if (all.size() > 1 && offset.match(all.last().toString()).hasMatch())
            all.removeLast();
        events.append(all);
    });
    // Each client answers with what its server is.
    m_client->on(u"who"_s, this, [this](const QVariant &value, const Ack &ack) {
        ack(QVariantList{m_qt ? u"qt"_s : u"node"_s, value});
    });
}
