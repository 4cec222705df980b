// SPDX-License-Identifier: MIT
#ifndef CLIENTTEST_H
#define CLIENTTEST_H

#include "faultproxy.h"
#include "serverprocess.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtimer.h>
#include <QtCore/quuid.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(ServerKind)
Q_DECLARE_METATYPE(QList<EngineIo::TransportType>)

// Time for a loaded machine; nothing waits that long when it works.
constexpr int Patience = 20000;

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, Patience)

// The row's server, and options with the row's transports.
#define FETCH_SERVER()                                                                             \
    QFETCH(ServerKind, kind);                                                                      \
    ServerProcess *const server = ServerProcess::shared(kind);                                     \
    QVERIFY(server)
#define FETCH_SETUP()                                                                              \
    FETCH_SERVER();                                                                                \
    QFETCH(Transports, transports);                                                                \
    ClientOptions options = quickOptions(transports)

namespace ClientTest {

using Transports = QList<EngineIo::TransportType>;

inline const Transports PollingOnly = {EngineIo::TransportType::Polling};
inline const Transports WebSocketOnly = {EngineIo::TransportType::WebSocket};
inline const Transports Upgrade = {EngineIo::TransportType::Polling,
                                   EngineIo::TransportType::WebSocket};

// Both servers, each over polling, over WebSocket and with an upgrade.
inline void addSetups()
{
    QTest::addColumn<ServerKind>("kind");
    QTest::addColumn<Transports>("transports");
    for (const ServerKind kind : {ServerKind::Node, ServerKind::Qt}) {
        const char *name = kind == ServerKind::Node ? "node" : "qt";
        QTest::addRow("%s, polling", name) << kind << PollingOnly;
        QTest::addRow("%s, websocket", name) << kind << WebSocketOnly;
        QTest::addRow("%s, upgrade", name) << kind << Upgrade;
    }
}

// Node's server drops an event when the disconnection that follows comes in the same read; what
// depends on such an event is tested with this project's.
inline void addQtSetups()
{
    QTest::addColumn<ServerKind>("kind");
    QTest::addColumn<Transports>("transports");
    QTest::newRow("polling") << ServerKind::Qt << PollingOnly;
    QTest::newRow("websocket") << ServerKind::Qt << WebSocketOnly;
    QTest::newRow("upgrade") << ServerKind::Qt << Upgrade;
}

inline void addServers()
{
    QTest::addColumn<ServerKind>("kind");
    QTest::newRow("node") << ServerKind::Node;
    QTest::newRow("qt") << ServerKind::Qt;
}

// Options for tests: attempts follow each other quickly, and always in the same time.
inline ClientOptions quickOptions(const Transports &transports = Upgrade)
{
    ClientOptions options;
    options.transports = transports;
    options.reconnectionDelay = 20ms;
    options.reconnectionDelayMax = 100ms;
    options.randomizationFactor = 0;
    return options;
}

// The transport that a connection ends up with.
inline QString finalTransport(const Transports &transports)
{
    return EngineIo::transportName(transports.constLast());
}

inline QUrl urlOf(const FaultProxy &proxy)
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(proxy.port()));
}

// Tells this test's records from those of others.
inline QString uniqueName()
{
    return QUuid::createUuid().toString(QUuid::WithoutBraces);
}

// What a socket's events have carried, one list for each.
class Received : public QObject
{
public:
    Received(ClientSocket *socket, const QString &event)
    {
        socket->on(event, this, [this](const QVariantList &args) { m_events.append(args); });
    }
    qsizetype count() const { return m_events.size(); }
    QVariantList at(qsizetype i) const { return m_events.value(i); }
    // The first argument of each.
    QVariantList first() const
    {
        QVariantList result;
        for (const QVariantList &args : m_events)
            result.append(args.value(0));
        return result;
    }

private:
    QList<QVariantList> m_events;
};

// How an acknowledgement has ended.
class AckResult : public QObject
{
public:
    explicit AckResult(PendingAck *ack)
    {
        ack->then(this,
                  [this](const QVariantList &args) {
                      ++answers;
                      arguments = args;
                  })
            ->onFailed(this, [this](const Error &why) {
                ++failures;
                error = why;
            });
    }
    bool isAnswered() const { return answers == 1 && failures == 0; }
    bool isFailed() const { return answers == 0 && failures == 1; }

    int answers = 0;
    int failures = 0;
    QVariantList arguments;
    Error error;
};

// How many sockets are in a room; -1 if the server does not say.
inline int membersOf(ClientSocket *socket, const QString &room)
{
    AckResult members(socket->emitWithAck(u"members"_s, room));
    if (!QTest::qWaitFor([&members] { return members.isAnswered(); }, Patience))
        return -1;
    return members.arguments.value(0).toInt();
}

} // namespace ClientTest

#endif
