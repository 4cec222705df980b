// SPDX-License-Identifier: MIT
#ifndef TCPPROXY_H
#define TCPPROXY_H

#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>

// Stands between two programs, and fails as networks do.
class TcpProxy : public QObject
{
public:
    explicit TcpProxy(quint16 target = 0);
    ~TcpProxy() override { cut(); }

    quint16 port() const { return m_server.serverPort(); }
    void setTarget(quint16 port) { m_target = port; }
    // Cuts all connections, and refuses new ones.
    void cut();
    // Keeps the connections, and passes nothing on.
    void block();
    // Ends either, and passes on what came meanwhile.
    void mend();
    qsizetype count() const { return m_pairs.size(); }

private:
    struct Pair
    {
        QTcpSocket *near;
        QTcpSocket *far;
    };
    void accept();
    void pass(QTcpSocket *from, QTcpSocket *to);

    QTcpServer m_server;
    quint16 m_target;
    QList<Pair> m_pairs;
    bool m_blocks = false;
    bool m_refuses = false;
};

#endif
