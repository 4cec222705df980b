// SPDX-License-Identifier: MIT
#ifndef SCRIPTEDSERVER_H
#define SCRIPTEDSERVER_H

#include <QtCore/qpointer.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>

#include <functional>

// Answers each HTTP request as the test says: also in ways that no good server does.
class ScriptedServer : public QTcpServer
{
public:
    struct Request
    {
        QByteArray method;
        QByteArray target;
        QByteArray head; // with the request line
        QByteArray body;
        int number = 0; // from 1
    };
    // An empty answer leaves the client waiting.
    using Script = std::function<QByteArray(const Request &request)>;

    explicit ScriptedServer(Script script)
        : m_script(std::move(script))
    {
        connect(this, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = nextPendingConnection())
                connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { read(socket); });
        });
        listen(QHostAddress::LocalHost);
    }
    QUrl url() const { return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(serverPort())); }
    int requests() const { return m_count; }
    // The connection on which a request waits that got an empty answer.
    QTcpSocket *waiting(const QByteArray &method) const
    {
        for (const auto &[waitingMethod, socket] : m_waiting) {
            if (waitingMethod == method && socket)
                return socket;
        }
        return nullptr;
    }

    static QByteArray answer(int status, const QByteArray &body, const QByteArray &headers = {})
    {
        return "HTTP/1.1 " + QByteArray::number(status) + " x\r\nContent-Length: "
            + QByteArray::number(body.size()) + "\r\n" + headers + "\r\n" + body;
    }
    static QByteArray handshake(const QByteArray &rest = R"("upgrades":[],"pingInterval":25000,)"
                                                         R"("pingTimeout":20000)")
    {
        return answer(200, R"(0{"sid":"abc",)" + rest + "}");
    }

private:
    void read(QTcpSocket *socket)
    {
        QByteArray data = socket->property("data").toByteArray() + socket->readAll();
        const qsizetype end = data.indexOf("\r\n\r\n");
        qsizetype length = 0;
        if (end >= 0) {
            const QByteArray head = data.first(end).toLower();
            const qsizetype field = head.indexOf("content-length:");
            if (field >= 0)
                length = head.mid(field + 15, head.indexOf('\r', field) - field - 15).toInt();
        }
        if (end < 0 || data.size() < end + 4 + length) {
            socket->setProperty("data", data);
            return;
        }
        socket->setProperty("data", QByteArray());
        const QList<QByteArray> words = data.first(data.indexOf('\r')).split(' ');
        const Request request{words.value(0), words.value(1), data.first(end + 2),
                              data.mid(end + 4, length), ++m_count};
        if (const QByteArray answer = m_script(request); !answer.isEmpty())
            socket->write(answer);
        else
            m_waiting.append({request.method, socket});
    }

    Script m_script;
    QList<std::pair<QByteArray, QPointer<QTcpSocket>>> m_waiting;
    int m_count = 0;
};

#endif
