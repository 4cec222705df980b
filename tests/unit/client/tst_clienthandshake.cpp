// SPDX-License-Identifier: MIT
#include "engineio/client/clienthandshake_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::TransportType;
using EngineIo::detail::ClientHandshake;

class tst_ClientHandshake : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatTheServerSays();
    void maxPayloadMayBeMissing();
    void unknownUpgradesAreLeftOut();
    void othersAreRefused_data();
    void othersAreRefused();
};

void tst_ClientHandshake::readsWhatTheServerSays()
{
    const auto handshake = ClientHandshake::fromJson(
        R"({"sid":"lv_VI97HAXpY6yYWAAAB","upgrades":["websocket"],"pingInterval":25000,)"
        R"("pingTimeout":20000,"maxPayload":1000000})");
    QVERIFY(handshake);
    QCOMPARE(handshake->sid, u"lv_VI97HAXpY6yYWAAAB"_s);
    QCOMPARE(handshake->upgrades, QList<TransportType>{TransportType::WebSocket});
    QCOMPARE(handshake->pingInterval, 25000ms);
    QCOMPARE(handshake->pingTimeout, 20000ms);
    QCOMPARE(handshake->maxPayload, 1000000);
}

void tst_ClientHandshake::maxPayloadMayBeMissing()
{
    const auto handshake =
        ClientHandshake::fromJson(R"({"sid":"a","upgrades":[],"pingInterval":1,"pingTimeout":2})");
    QVERIFY(handshake);
    QCOMPARE(handshake->maxPayload, 0);
    QVERIFY(handshake->upgrades.isEmpty());
}

void tst_ClientHandshake::unknownUpgradesAreLeftOut()
{
    const auto handshake = ClientHandshake::fromJson(
        R"({"sid":"a","upgrades":["webtransport",5,"websocket","websocket",null],)"
        R"("pingInterval":1,"pingTimeout":2})");
    QVERIFY(handshake);
    QCOMPARE(handshake->upgrades, QList<TransportType>{TransportType::WebSocket});
}

void tst_ClientHandshake::othersAreRefused_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("no JSON") << QByteArray("hello");
    QTest::newRow("an array") << QByteArray("[1]");
    QTest::newRow("no id") << QByteArray(R"({"pingInterval":1,"pingTimeout":2})");
    QTest::newRow("empty id") << QByteArray(R"({"sid":"","pingInterval":1,"pingTimeout":2})");
    QTest::newRow("id is no text") << QByteArray(R"({"sid":5,"pingInterval":1,"pingTimeout":2})");
    QTest::newRow("no interval") << QByteArray(R"({"sid":"a","pingTimeout":2})");
    QTest::newRow("no timeout") << QByteArray(R"({"sid":"a","pingInterval":1})");
    QTest::newRow("negative") << QByteArray(R"({"sid":"a","pingInterval":-1,"pingTimeout":2})");
    QTest::newRow("huge") << QByteArray(R"({"sid":"a","pingInterval":1e300,"pingTimeout":2})");
    QTest::newRow("text") << QByteArray(R"({"sid":"a","pingInterval":"1","pingTimeout":2})");
}

void tst_ClientHandshake::othersAreRefused()
{
    QFETCH(QByteArray, json);
    QVERIFY(!ClientHandshake::fromJson(json));
}

QTSOCKETIO_TEST(tst_ClientHandshake)
#include "tst_clienthandshake.moc"
