// SPDX-License-Identifier: MIT
#include "tcpproxy.h"

TcpProxy::TcpProxy(quint16 target)
    : m_target(target)
{
    connect(&m_server, &QTcpServer::newConnection, this, [this] { accept(); });
    m_server.listen(QHostAddress::LocalHost);
}

void TcpProxy::accept()
{
    while (QTcpSocket *near = m_server.nextPendingConnection()) {
        if (m_refuses) {
            near->abort();
            near->deleteLater();
            continue;
        }
        auto *far = new QTcpSocket(this);
        m_pairs.append(Pair{near, far});
        connect(near, &QIODevice::readyRead, this, [=, this] { pass(near, far); });
        connect(far, &QIODevice::readyRead, this, [=, this] { pass(far, near); });
        connect(far, &QAbstractSocket::connected, this, [=, this] { pass(near, far); });
        const auto end = [=, this] {
            m_pairs.removeIf([=](const Pair &pair) { return pair.near == near; });
            pass(near, far);
            pass(far, near);
            for (QTcpSocket *socket : {near, far}) {
                socket->disconnect(this);
                socket->disconnectFromHost();
                socket->deleteLater();
            }
        };
        connect(near, &QAbstractSocket::disconnected, this, end);
        connect(far, &QAbstractSocket::disconnected, this, end);
        connect(far, &QAbstractSocket::errorOccurred, this, end);
        far->connectToHost(QHostAddress(QHostAddress::LocalHost), m_target);
    }
}

void TcpProxy::pass(QTcpSocket *from, QTcpSocket *to)
{
    if (!m_blocks && from->isOpen() && to->state() == QAbstractSocket::ConnectedState)
        to->write(from->readAll());
}

void TcpProxy::cut()
{
    m_refuses = true;
    const QList<Pair> pairs = std::exchange(m_pairs, {});
    for (const Pair &pair : pairs) {
        for (QTcpSocket *socket : {pair.near, pair.far}) {
            socket->disconnect(this);
            socket->abort();
            socket->deleteLater();
        }
    }
}

void TcpProxy::block()
{
    m_blocks = true;
}

void TcpProxy::mend()
{
    m_blocks = false;
    m_refuses = false;
    for (const Pair &pair : std::as_const(m_pairs)) {
        pass(pair.near, pair.far);
        pass(pair.far, pair.near);
    }
}
