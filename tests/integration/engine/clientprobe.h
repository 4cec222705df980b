// SPDX-License-Identifier: MIT
#ifndef CLIENTPROBE_H
#define CLIENTPROBE_H

#include <EngineIo/Client>
#include <EngineIo/Server>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qmutex.h>
#include <QtTest/qtest.h>

#include <memory>

// What the tests of the client have in common.

inline EngineIo::ClientOptions optionsFor(const QString &transports)
{
    EngineIo::ClientOptions options;
    if (transports == QLatin1String("polling"))
        options.transports = {EngineIo::TransportType::Polling};
    else if (transports == QLatin1String("websocket"))
        options.transports = {EngineIo::TransportType::WebSocket};
    return options;
}

inline void addTransportRows()
{
    QTest::addColumn<QString>("transports");
    for (const char *transports : {"polling", "websocket", "upgrade"})
        QTest::newRow(transports) << QString::fromLatin1(transports);
}

// A client with what its signals have told.
struct ClientProbe
{
    explicit ClientProbe(const QUrl &url, const EngineIo::ClientOptions &options = {},
                         QNetworkAccessManager *network = nullptr)
        : client(std::make_unique<EngineIo::Client>(url, options))
        , last(options.transports.constLast())
    {
        using EngineIo::Client;
        client->setNetworkAccessManager(network);
        QObject::connect(client.get(), &Client::messageReceived, client.get(),
                         [this](const EngineIo::Message &message) {
                             messages.append(message.isBinary()
                                                 ? QString::number(message.bytes().size())
                                                 : message.text());
                         });
        QObject::connect(
            client.get(), &Client::errorOccurred, client.get(),
            [this](const EngineIo::ClientError &error) { errors.append(error.text()); });
        QObject::connect(client.get(), &Client::closed, client.get(),
                         [this](EngineIo::CloseReason why, const EngineIo::ClientError &what) {
                             ++closes;
                             reason = why;
                             details = what;
                         });
        client->open();
    }

    // It is open and has made the change to its last transport.
    bool isSettled() const
    {
        return client->state() == EngineIo::Client::State::Open && client->transport() == last;
    }
    void send(const QString &text) { client->send(EngineIo::Message::fromText(text)); }

    std::unique_ptr<EngineIo::Client> client;
    const EngineIo::TransportType last;
    QStringList messages;
    QStringList errors;
    int closes = 0;
    EngineIo::CloseReason reason = EngineIo::CloseReason::ForcedClose;
    EngineIo::ClientError details;
};

inline void serveEcho(EngineIo::Server &server)
{
    QObject::connect(&server, &EngineIo::Server::connection, &server,
                     [](EngineIo::Session *session) {
                         QObject::connect(session, &EngineIo::Session::messageReceived, session,
                                          [session](const EngineIo::Message &message) {
                                              session->send(message);
                                          });
                     });
}

// Collects what is printed, by Qt or by anybody.
class Printed
{
public:
    Printed()
    {
        s_lines = &m_lines;
        m_previous = qInstallMessageHandler(handle);
    }
    ~Printed()
    {
        qInstallMessageHandler(m_previous);
        s_lines = nullptr;
    }
    Q_DISABLE_COPY_MOVE(Printed)

    QStringList lines() const
    {
        const QMutexLocker locker(&s_mutex);
        return m_lines;
    }

private:
    static void handle(QtMsgType, const QMessageLogContext &context, const QString &text)
    {
        const QMutexLocker locker(&s_mutex);
        if (s_lines)
            s_lines->append(QString::fromLatin1(context.category) + QLatin1String(": ") + text);
    }

    static inline QMutex s_mutex;
    static inline QStringList *s_lines = nullptr;
    QStringList m_lines;
    QtMessageHandler m_previous = nullptr;
};

#endif
