// SPDX-License-Identifier: MIT
#ifndef TESTPROXY_H
#define TESTPROXY_H

#include <QtCore/qpointer.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>

// A small HTTP or SOCKS 5 proxy, which counts the connections that it has made.
class TestProxy : public QTcpServer
{
public:
    enum class Kind { Http, Socks5 };

    explicit TestProxy(Kind kind)
        : m_kind(kind)
    {
        connect(this, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *client = nextPendingConnection())
                serve(client);
        });
        listen(QHostAddress::LocalHost);
    }
    int tunnels() const { return m_tunnels; }

private:
    void serve(QTcpSocket *client)
    {
        auto *state = new Tunnel(client);
        connect(client, &QTcpSocket::readyRead, state, [this, client, state] {
            if (state->target) {
                state->target->write(client->readAll());
                return;
            }
            state->received += client->readAll();
            if (m_kind == Kind::Http)
                readRequest(client, state);
            else
                readSocks(client, state);
        });
        connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
    }

    struct Tunnel : QObject
    {
        using QObject::QObject;
        QByteArray received;
        bool greeted = false;
        QPointer<QTcpSocket> target;
    };

    void readRequest(QTcpSocket *client, Tunnel *state)
    {
        if (!state->received.contains("\r\n\r\n"))
            return;
        const QList<QByteArray> words = state->received.split(' ');
        // Either a tunnel to host:port or a request for http://host:port/path, which a server
        // takes in this form too.
        const bool isTunnel = words.value(0) == "CONNECT";
        QByteArray address = words.value(1);
        if (!isTunnel) {
            address = address.mid(address.indexOf("//") + 2);
            address = address.left(address.indexOf('/'));
        }
        const qsizetype colon = address.lastIndexOf(':');
        open(client, state, QString::fromLatin1(address.first(colon)),
             address.sliced(colon + 1).toUShort(), isTunnel ? "HTTP/1.1 200 OK\r\n\r\n" : "");
        if (!isTunnel)
            state->target->write(state->received);
    }

    void readSocks(QTcpSocket *client, Tunnel *state)
    {
        QByteArray &data = state->received;
        if (!state->greeted) {
            if (data.size() < 2 || data.size() < 2 + data.at(1))
                return;
            data.remove(0, 2 + data.at(1));
            state->greeted = true;
            client->write(QByteArray("\x05\x00", 2));
        }
        // 5, CONNECT, 0, type of the address, address, port.
        if (data.size() < 5)
            return;
        const qsizetype length = data.at(3) == 1 ? 4 : data.at(3) == 3 ? 1 + data.at(4) : 16;
        if (data.size() < 4 + length + 2)
            return;
        const QByteArray address = data.mid(4, length);
        const QByteArray port = data.mid(4 + length, 2);
        const QString host = data.at(3) == 3
            ? QString::fromLatin1(address.mid(1))
            : QHostAddress((quint32(quint8(address.at(0))) << 24)
                           | (quint32(quint8(address.at(1))) << 16)
                           | (quint32(quint8(address.at(2))) << 8) | quint8(address.at(3)))
                  .toString();
        open(client, state, host, quint16((quint8(port.at(0)) << 8) | quint8(port.at(1))),
             QByteArray("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00", 10));
    }

    void open(QTcpSocket *client, Tunnel *state, const QString &host, quint16 port,
              const QByteArray &answer)
    {
        ++m_tunnels;
        state->target = new QTcpSocket(client);
        QTcpSocket *target = state->target;
        connect(target, &QTcpSocket::connected, client,
                [client, answer] { client->write(answer); });
        connect(target, &QTcpSocket::readyRead, client,
                [client, target] { client->write(target->readAll()); });
        connect(target, &QTcpSocket::disconnected, client, &QTcpSocket::disconnectFromHost);
        connect(client, &QTcpSocket::disconnected, target, &QTcpSocket::disconnectFromHost);
        target->connectToHost(host, port);
    }

    Kind m_kind;
    int m_tunnels = 0;
};

#endif
