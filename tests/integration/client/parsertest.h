// SPDX-License-Identifier: MIT
#ifndef PARSERTEST_H
#define PARSERTEST_H

#include "clienttest.h"

#include <SocketIo/Parser>

#include <QtCore/qdatetime.h>
#include <QtCore/qjsonobject.h>

using namespace ClientTest;

// A parser of which each packet is one binary message, on both ends: against socket.io with the
// same parser in JavaScript and against this project's server.
class ParserTest : public QObject
{
    Q_OBJECT

public:
    // name: as the servers know it.
    ParserTest(const QString &name, std::shared_ptr<const SocketIo::Parser> parser)
        : m_name(name)
        , m_parser(std::move(parser))
    {
    }

private Q_SLOTS:
    void valuesComeBackAsTheyWereSent_data() { addSetups(); }
    void valuesComeBackAsTheyWereSent();
    void serverAsksTheClient_data() { addSetups(); }
    void serverAsksTheClient();
    void refusalHasMessageAndData_data() { addSetups(); }
    void refusalHasMessageAndData();
    void eventsKeepTheirOrder_data() { addSetups(); }
    void eventsKeepTheirOrder();
    void broadcastsReachARoom_data() { addSetups(); }
    void broadcastsReachARoom();
    void clientWithAnotherParserIsRefused_data() { addServers(); }
    void clientWithAnotherParserIsRefused();
    void cleanupTestCase() { m_servers.clear(); }

private:
    ServerProcess *server(ServerKind kind);

    const QString m_name;
    const std::shared_ptr<const SocketIo::Parser> m_parser;
    std::map<ServerKind, std::unique_ptr<ServerProcess>> m_servers;
};

#define FETCH_PARSER()                                                                             \
    QFETCH(ServerKind, kind);                                                                      \
    QFETCH(Transports, transports);                                                                \
    ServerProcess *const process = server(kind);                                                   \
    QVERIFY(process);                                                                              \
    ClientOptions options = quickOptions(transports);                                              \
    options.parser = m_parser

inline ServerProcess *ParserTest::server(ServerKind kind)
{
    std::unique_ptr<ServerProcess> &process = m_servers[kind];
    if (!process) {
        process = std::make_unique<ServerProcess>(kind, QJsonObject{{u"parser"_s, m_name}});
        if (!process->start())
            process.reset();
    }
    return process.get();
}

inline void ParserTest::valuesComeBackAsTheyWereSent()
{
    FETCH_PARSER();
    Manager manager(process->url(), options);
    ClientSocket *socket = manager.socket();
    const QList<QVariantList> samples = {
        {},
        {1LL, u"two"_s, 3.5, true, false, QVariant::fromValue(nullptr)},
        {-1LL, 2147483648LL, 9007199254740991LL, -9007199254740991LL, 0.1},
        {u"höhö \u65e5\u672c\u8a9e \U0001F600"_s, QString()},
        {QByteArray("\0\1\2\xff", 4), QVariantMap{{u"deep"_s, QVariantList{QByteArray("x")}}}},
        {QByteArray(100'000, 'b')},
        {QVariantMap{{u"a"_s, QVariantMap{{u"b"_s, QVariantList{1LL, u"x"_s, QVariantMap{}}}}}}},
        {QDateTime::fromMSecsSinceEpoch(1700000000123).toUTC()},
    };
    for (const QVariantList &sample : samples) {
        AckResult result(socket->emitWithAckList(u"echo"_s, sample));
        TRY_VERIFY(result.isAnswered());
        QCOMPARE(result.arguments, sample);
    }
}

inline void ParserTest::serverAsksTheClient()
{
    FETCH_PARSER();
    Manager manager(process->url(), options);
    ClientSocket *socket = manager.socket(u"/chat"_s);
    socket->on(u"question"_s, socket,
               [](const QByteArray &bytes, const Ack &ack) { ack(u"answer"_s, bytes + bytes); });
    QVariantList asked;
    socket->on(u"asked"_s, socket, [&asked](const QVariantList &args) { asked = args; });
    socket->emitEvent(u"ask"_s, QByteArray("ab"));
    TRY_COMPARE(asked, QVariantList({u"answer"_s, QByteArray("abab")}));
}

inline void ParserTest::refusalHasMessageAndData()
{
    FETCH_PARSER();
    Manager manager(process->url(), options);
    ClientSocket *socket = manager.socket(u"/admin"_s);
    QSignalSpy refused(socket, &ClientSocket::connectError);
    TRY_COMPARE(refused.count(), 1);
    const auto error = refused[0][0].value<Error>();
    QCOMPARE(error.message(), u"not authorized"_s);
    QCOMPARE(error.data().toMap(), QVariantMap({{u"content"_s, u"Please retry later"_s}}));
}

inline void ParserTest::eventsKeepTheirOrder()
{
    FETCH_PARSER();
    Manager manager(process->url(), options);
    ClientSocket *socket = manager.socket();
    QList<int> numbers;
    socket->on(u"flood"_s, socket, [&numbers](int number) { numbers.append(number); });
    socket->emitEvent(u"flood"_s, 500);
    TRY_COMPARE(numbers.size(), 500);
    for (int i = 0; i < 500; ++i)
        QCOMPARE(numbers[i], i);
}

inline void ParserTest::broadcastsReachARoom()
{
    FETCH_PARSER();
    Manager first(process->url(), options);
    Manager second(process->url(), options);
    const QString room = QUuid::createUuid().toString();
    QList<QVariantList> told;
    for (Manager *manager : {&first, &second}) {
        ClientSocket *socket = manager->socket();
        socket->on(u"told"_s, socket, [&told](const QVariantList &args) { told.append(args); });
        AckResult joined(socket->emitWithAck(u"join"_s, room));
        TRY_VERIFY(joined.isAnswered());
    }
    const QVariantList args{7LL, QByteArray("\1\2")};
    first.socket()->emitEvent(u"tell"_s, room, args[0], args[1]);
    TRY_COMPARE(told, QList<QVariantList>({args, args}));
}

inline void ParserTest::clientWithAnotherParserIsRefused()
{
    QFETCH(ServerKind, kind);
    ServerProcess *const process = server(kind);
    QVERIFY(process);
    ClientOptions options = quickOptions(WebSocketOnly);
    options.reconnection = false;
    Manager manager(process->url(), options);
    QSignalSpy closed(&manager, &Manager::closed);
    QSignalSpy failed(manager.socket(), &ClientSocket::connectError);
    TRY_COMPARE(closed.count(), 1);
    TRY_COMPARE(failed.count(), 1);
    const QString hint = failed[0][0].value<Error>().hint();
    QVERIFY2(hint.contains(u"same parser"_s), qPrintable(hint));
    // The server serves others as before.
    options.parser = m_parser;
    Manager other(process->url(), options);
    AckResult result(other.socket()->emitWithAck(u"echo"_s, 1));
    TRY_VERIFY(result.isAnswered());
    QCOMPARE(result.arguments, QVariantList{1LL});
}

#endif
