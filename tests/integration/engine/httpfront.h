// SPDX-License-Identifier: MIT
#ifndef HTTPFRONT_H
#define HTTPFRONT_H

#include <QtCore/qurl.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslsocket.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>

#include <functional>
#include <optional>

// Stands in front of a server as a reverse proxy does: reads whole requests and decides on each.
class HttpFront : public QTcpServer
{
public:
    struct Request
    {
        QByteArray method;
        QByteArray target;
        QByteArray head; // with the request line
        QByteArray body;
        int numberOnConnection = 0; // from 1

        bool contains(const QByteArray &text) const { return head.contains(text); }
        bool isUpgrade() const { return head.toLower().contains("upgrade: websocket"); }
        // "user:password" of a header with Basic credentials.
        QByteArray credentials(const QByteArray &header) const
        {
            const QByteArray start = header.toLower() + ": basic ";
            const qsizetype from = head.toLower().indexOf(start);
            if (from < 0)
                return {};
            const qsizetype value = from + start.size();
            return QByteArray::fromBase64(head.mid(value, head.indexOf('\r', value) - value));
        }
    };
    struct Decision
    {
        enum class What { Pass, Answer, Close, Swallow, CloseAfterPassing };
        What what = What::Pass;
        QByteArray answer{};
    };
    using Decide = std::function<Decision(const Request &)>;
    using What = Decision::What;

    // Over TLS if there is a configuration; what is passed on is plain.
    explicit HttpFront(quint16 target, Decide decide = {},
                       const std::optional<QSslConfiguration> &tls = {})
        : m_target(target)
        , m_decide(std::move(decide))
        , m_tls(tls)
    {
        listen(QHostAddress::LocalHost);
    }
    QUrl url() const
    {
        return QUrl(
            (m_tls ? QStringLiteral("https://localhost:%1") : QStringLiteral("http://127.0.0.1:%1"))
                .arg(serverPort()));
    }

    QByteArray keepAlive; // the header of each answer
    bool closesAfterAnswers = false;
    int connections = 0;
    int requests = 0;

protected:
    void incomingConnection(qintptr descriptor) override
    {
        QTcpSocket *client = m_tls ? new QSslSocket(this) : new QTcpSocket(this);
        client->setSocketDescriptor(descriptor);
        serve(client);
        if (m_tls) {
            auto *secure = static_cast<QSslSocket *>(client);
            secure->setSslConfiguration(*m_tls);
            secure->startServerEncryption();
        }
    }

private:
    struct Tunnel : QObject
    {
        using QObject::QObject;
        QByteArray received;
        QTcpSocket *target = nullptr;
        int requests = 0;
        bool raw = false;
        bool busy = false;
    };

    void serve(QTcpSocket *client)
    {
        ++connections;
        auto *tunnel = new Tunnel(client);
        connect(client, &QTcpSocket::readyRead, tunnel, [=, this] {
            tunnel->received += client->readAll();
            read(client, tunnel);
        });
        connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
    }

    static qsizetype contentLength(const QByteArray &head)
    {
        const QByteArray lower = head.toLower();
        const qsizetype field = lower.indexOf("content-length:");
        if (field < 0)
            return 0;
        return lower.mid(field + 15, lower.indexOf('\r', field) - field - 15).trimmed().toInt();
    }

    void read(QTcpSocket *client, Tunnel *tunnel)
    {
        if (tunnel->raw) {
            tunnel->target->write(std::exchange(tunnel->received, {}));
            return;
        }
        const qsizetype end = tunnel->received.indexOf("\r\n\r\n");
        if (end < 0 || tunnel->busy)
            return;
        Request request;
        request.head = tunnel->received.first(end + 2);
        const qsizetype size = contentLength(request.head);
        if (tunnel->received.size() < end + 4 + size)
            return;
        request.body = tunnel->received.mid(end + 4, size);
        tunnel->received.remove(0, end + 4 + size);
        const QList<QByteArray> words = request.head.first(request.head.indexOf('\r')).split(' ');
        request.method = words.value(0);
        request.target = words.value(1);
        request.numberOnConnection = ++tunnel->requests;
        ++requests;
        const Decision decision = m_decide ? m_decide(request) : Decision();
        switch (decision.what) {
        case What::Answer:
            client->write(decision.answer);
            if (decision.answer.toLower().contains("connection: close"))
                client->disconnectFromHost();
            break;
        case What::Close:
            client->abort();
            break;
        case What::Swallow:
            tunnel->busy = true;
            break;
        case What::Pass:
        case What::CloseAfterPassing:
            pass(client, tunnel, request, decision.what);
            break;
        }
    }

    void pass(QTcpSocket *client, Tunnel *tunnel, const Request &request, What what)
    {
        tunnel->busy = true;
        auto *target = new QTcpSocket(client);
        tunnel->target = target;
        const bool raw = request.isUpgrade() || request.method == "CONNECT";
        tunnel->raw = raw;
        quint16 port = m_target;
        if (request.method == "CONNECT")
            port = request.target.mid(request.target.lastIndexOf(':') + 1).toUShort();
        connect(target, &QTcpSocket::readyRead, tunnel, [=, this] {
            if (raw) {
                client->write(target->readAll());
                return;
            }
            const QByteArray data = target->peek(target->bytesAvailable());
            const qsizetype end = data.indexOf("\r\n\r\n");
            if (end < 0 || data.size() < end + 4 + contentLength(data.first(end + 2)))
                return;
            target->disconnect(tunnel);
            target->deleteLater();
            tunnel->target = nullptr;
            tunnel->busy = false;
            if (what == What::CloseAfterPassing) {
                client->abort();
                return;
            }
            client->write(withKeepAlive(data));
            if (closesAfterAnswers)
                client->disconnectFromHost();
            else
                read(client, tunnel);
        });
        if (!raw) { // the server is gone without an answer, or there is none
            connect(target, &QTcpSocket::disconnected, tunnel, [client] { client->abort(); });
            connect(target, &QTcpSocket::errorOccurred, tunnel, [client] { client->abort(); });
        }
        if (raw) {
            connect(target, &QTcpSocket::disconnected, client, &QTcpSocket::disconnectFromHost);
            connect(client, &QTcpSocket::disconnected, target, &QTcpSocket::disconnectFromHost);
        }
        target->connectToHost(QHostAddress(QHostAddress::LocalHost), port);
        if (request.method != "CONNECT") {
            target->write(request.head + "\r\n" + request.body);
        } else {
            connect(target, &QTcpSocket::connected, client,
                    [client] { client->write("HTTP/1.1 200 OK\r\n\r\n"); });
        }
    }

    // Says of the connection what the test wants, whatever the server has said.
    QByteArray withKeepAlive(const QByteArray &answer) const
    {
        QByteArray changed;
        const qsizetype end = answer.indexOf("\r\n\r\n");
        for (const QByteArray &line : answer.first(end).split('\n')) {
            const QByteArray lower = line.toLower();
            if (!lower.startsWith("keep-alive:") && !lower.startsWith("connection:"))
                changed += line.trimmed() + "\r\n";
        }
        changed += "Connection: keep-alive\r\n";
        if (!keepAlive.isEmpty())
            changed += "Keep-Alive: " + keepAlive + "\r\n";
        return changed + answer.sliced(end + 2);
    }

    const quint16 m_target;
    const Decide m_decide;
    const std::optional<QSslConfiguration> m_tls;
};

#endif
