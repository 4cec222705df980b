// SPDX-License-Identifier: MIT
#include "clientprobe.h"
#include "scriptedserver.h"
#include "support/testmain.h"

#include <QtCore/qregularexpression.h>
#include <QtNetwork/qnetworkaccessmanager.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;

using Request = ScriptedServer::Request;

namespace {

QByteArray numbered(int count, const char *before, const char *after)
{
    QByteArray text;
    for (int i = 0; i < count; ++i)
        text.append(before).append(QByteArray::number(i)).append(after);
    return text;
}

// The names of the cookies of a request.
QByteArrayList cookiesOf(const Request &request)
{
    static const QRegularExpression header(u"\r\nCookie: ([^\r]*)"_s,
                                           QRegularExpression::CaseInsensitiveOption);
    QByteArrayList names;
    const QString value = header.match(QString::fromLatin1(request.head)).captured(1);
    const QStringList cookies = value.split(u"; "_s, Qt::SkipEmptyParts);
    for (const QString &cookie : cookies)
        names.append(cookie.section(u'=', 0, 0).toLatin1());
    return names;
}

} // namespace

// Servers that say more than any client can want to know.
class tst_Engine_ClientLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tooManyHeadersAreAnError_data();
    void tooManyHeadersAreAnError();
    void cookiesAreBounded();
    void redirectsAreBounded_data();
    void redirectsAreBounded();
    void handshakesAreBounded_data();
    void handshakesAreBounded();
    void messagesOfRefusalsAreBounded();
};

void tst_Engine_ClientLimits::tooManyHeadersAreAnError_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<QByteArray>("answerOf"); // the first request, a poll, or a POST
    const std::pair<const char *, QByteArray> floods[] = {
        {"cookies",
         numbered(1000, "Set-Cookie: c", "=x; Expires=Wed, 21 Oct 2035 07:28:00 GMT\r\n")},
        {"names", numbered(20'000, "X-", ": x\r\n")},
        {"one name", QByteArray("X: x\r\n").repeated(20'000)},
        {"a long value", "X: " + QByteArray(400'000, 'x') + "\r\n"}};
    for (const auto &[name, headers] : floods) {
        for (const char *answerOf : {"open", "poll", "post", "redirect"})
            QTest::addRow("%s, %s", name, answerOf)
                << u"polling"_s << headers << QByteArray(answerOf);
        QTest::addRow("%s, websocket", name) << u"websocket"_s << headers << "open"_ba;
    }
}

// The server keeps the connection open, so that the client has to notice by itself.
void tst_Engine_ClientLimits::tooManyHeadersAreAnError()
{
    QFETCH(QString, transports);
    QFETCH(QByteArray, headers);
    QFETCH(QByteArray, answerOf);
    ScriptedServer server([&](const Request &request) {
        const bool first = request.number == 1;
        if (transports == "websocket"_L1)
            return ScriptedServer::answer(400, "{}", headers);
        if (answerOf == "redirect" && first)
            return ScriptedServer::answer(302, "", "Location: " + request.target + "\r\n");
        if (answerOf == "open" || answerOf == "redirect")
            return ScriptedServer::answer(200, "6", headers);
        if (first)
            return ScriptedServer::handshake();
        if (answerOf == "poll")
            return ScriptedServer::answer(200, "6", headers);
        return request.method == "POST" ? ScriptedServer::answer(200, "ok", headers) : QByteArray();
    });
    ClientOptions options = optionsFor(transports);
    options.withCredentials = true;
    ClientProbe probe(server.url(), options);
    if (answerOf == "post") {
        QTRY_COMPARE(probe.client->state(), Client::State::Open);
        probe.send(u"hello"_s);
    }
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.errors.size(), 1);
    QCOMPARE(probe.reason, CloseReason::TransportError);
    QVERIFY2(probe.errors.constFirst().contains(u":%1"_s.arg(server.serverPort())),
             qPrintable(probe.errors.constFirst()));
#if QT_VERSION < QT_VERSION_CHECK(6, 5, 0) // else the words may be Qt's
    QVERIFY2(probe.errors.constFirst().contains(QRegularExpression(u"headers|the head"_s)),
             qPrintable(probe.errors.constFirst()));
#endif
}

void tst_Engine_ClientLimits::cookiesAreBounded()
{
    constexpr int Answers = 6;
    constexpr int PerAnswer = 60;
    QByteArrayList last;
    bool asked = false;
    ScriptedServer server([&](const Request &request) {
        QByteArray cookies;
        for (int i = 0; i < PerAnswer; ++i)
            cookies +=
                "Set-Cookie: c" + QByteArray::number(request.number * PerAnswer + i) + "=x\r\n";
        if (request.number == 1)
            return ScriptedServer::answer(
                200, R"(0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000})",
                cookies + "Set-Cookie: long=" + QByteArray(5000, 'x') + "\r\n");
        if (request.number <= Answers)
            return ScriptedServer::answer(200, "6", cookies);
        last = cookiesOf(request);
        asked = true;
        return QByteArray();
    });
    Printed printed;
    ClientOptions options = optionsFor(u"polling"_s);
    options.withCredentials = true;
    ClientProbe probe(server.url(), options);
    QTRY_VERIFY(asked);
    QCOMPARE(last.size(), 180);
    QVERIFY(last.contains("c" + QByteArray::number(Answers * PerAnswer + PerAnswer - 1)));
    QVERIFY(!last.contains("c" + QByteArray::number(PerAnswer)));
    QVERIFY(!last.contains("long"));
    QCOMPARE(probe.closes, 0);
    const QStringList lines = printed.lines();
    QCOMPARE(lines.size(), 1);
    QVERIFY2(lines.constFirst().contains("more than 180 cookies"_L1),
             qPrintable(lines.constFirst()));
}

void tst_Engine_ClientLimits::redirectsAreBounded_data()
{
    QTest::addColumn<bool>("derived");
    QTest::newRow("access manager of its own") << false;
    QTest::newRow("class derived from QNetworkAccessManager") << true;
}

void tst_Engine_ClientLimits::redirectsAreBounded()
{
    QFETCH(bool, derived);
    class Derived : public QNetworkAccessManager
    {
    };
    Derived manager;
    ScriptedServer server([](const Request &request) {
        return ScriptedServer::answer(302, "",
                                      "Location: " + request.target + "\r\n"
                                          + numbered(80, "Set-Cookie: c", "=x\r\n"));
    });
    ClientProbe probe(server.url(), optionsFor(u"polling"_s), derived ? &manager : nullptr);
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.errors,
             QStringList{u"cannot connect to http://127.0.0.1:%1: too many redirects"_s.arg(
                 server.serverPort())});
    QCOMPARE(server.requests(), 21);
}

void tst_Engine_ClientLimits::handshakesAreBounded_data()
{
    QTest::addColumn<QByteArray>("handshake");
    QTest::addColumn<bool>("isFine");
    const QByteArray times = R"("pingInterval":25000,"pingTimeout":20000})";
    QTest::newRow("many upgrades") << R"({"sid":"a","upgrades":[)"
            + QByteArray(R"("polling",)").repeated(200'000) + R"("x"],)"
            + times << true;
    QTest::newRow("long sid") << R"({"sid":")" + QByteArray(4096, 'x') + R"(",)" + times << true;
    QTest::newRow("endless sid") << R"({"sid":")" + QByteArray(4097, 'x') + R"(",)" + times
                                 << false;
    QTest::newRow("many keys") << "{" + numbered(100'000, "\"k", "\":1,") + R"("sid":"a",)" + times
                               << true;
    QTest::newRow("deep nesting") << R"({"sid":"a","x":)" + QByteArray(100'000, '[')
            + QByteArray(100'000, ']') + ","
            + times << false;
}

void tst_Engine_ClientLimits::handshakesAreBounded()
{
    QFETCH(QByteArray, handshake);
    QFETCH(bool, isFine);
    ScriptedServer server([&](const Request &request) {
        return request.number == 1 ? ScriptedServer::answer(200, '0' + handshake) : QByteArray();
    });
    ClientProbe probe(server.url(), optionsFor(u"polling"_s));
    if (isFine) {
        QTRY_COMPARE(probe.client->state(), Client::State::Open);
        return;
    }
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.errors,
             QStringList{u"the server at http://127.0.0.1:%1 broke the protocol: invalid "
                         "handshake"_s.arg(server.serverPort())});
}

void tst_Engine_ClientLimits::messagesOfRefusalsAreBounded()
{
    ScriptedServer server([](const Request &) {
        return ScriptedServer::answer(
            400, R"({"code":3,"message":")" + QByteArray(100'000, 'x') + R"("})");
    });
    ClientProbe probe(server.url(), optionsFor(u"polling"_s));
    QTRY_COMPARE(probe.closes, 1);
    QVERIFY(probe.errors.value(0).contains(u"xxx"_s));
    QVERIFY(probe.errors.value(0).size() < 1200);
}

QTSOCKETIO_TEST(tst_Engine_ClientLimits)
#include "tst_engine_clientlimits.moc"
