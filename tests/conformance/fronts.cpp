// SPDX-License-Identifier: MIT
#include "fronts.h"

#include <QtNetwork/qtcpsocket.h>

using namespace EngineIo;

// One request after the other, with a body of the length that Content-Length says. Ends with its
// socket.
class RequestFront::Connection : public QObject
{
public:
    Connection(Server *server, QTcpSocket *socket)
        : QObject(socket)
        , m_server(server)
        , m_socket(socket)
    {
        connect(socket, &QTcpSocket::readyRead, this, [this] {
            m_received += m_socket->readAll();
            next();
        });
        connect(socket, &QTcpSocket::disconnected, this, [this] {
            if (m_abort)
                m_abort();
            m_socket->deleteLater();
        });
    }

private:
    void next()
    {
        const qsizetype end = m_received.indexOf("\r\n\r\n");
        if (m_abort || end < 0)
            return;
        QList<QByteArray> lines = m_received.first(end).split('\n');
        const QList<QByteArray> start = lines.takeFirst().split(' ');
        HttpHeaders headers;
        for (const QByteArray &line : std::as_const(lines)) {
            const qsizetype colon = line.indexOf(':');
            headers.append(line.first(colon), line.sliced(colon + 1).trimmed());
        }
        const qsizetype length = headers.value("content-length").toLongLong();
        if (m_received.size() < end + 4 + length)
            return;
        const QByteArray body = m_received.mid(end + 4, length);
        m_received.remove(0, end + 4 + length);
        HttpRequest request(start.value(0), start.value(1), headers, body);
        request.setRemote(m_socket->peerAddress(), m_socket->peerPort());
        const QPointer<Connection> self = this;
        m_abort = m_server->handleRequest(request, [self](const HttpResponse &response) {
            if (self)
                self->answer(response);
        });
    }

    void answer(const HttpResponse &response)
    {
        QByteArray head = "HTTP/1.1 " + QByteArray::number(response.status()) + " Answer\r\n";
        for (const HttpHeaders::Field &field : response.headers().fields())
            head += field.first + ": " + field.second + "\r\n";
        if (response.status() != 204 && response.status() != 304)
            head += "Content-Length: " + QByteArray::number(response.body().size()) + "\r\n";
        m_socket->write(head + "\r\n" + response.body());
        m_abort = {};
        next();
    }

    Server *m_server;
    QTcpSocket *m_socket; // the parent
    QByteArray m_received;
    Server::AbortRequest m_abort; // none: no request waits for its answer
};

RequestFront::RequestFront(Server *server)
    : m_server(server)
{
    connect(this, &QTcpServer::newConnection, this, [this] {
        while (QTcpSocket *socket = nextPendingConnection())
            new Connection(m_server, socket);
    });
}
