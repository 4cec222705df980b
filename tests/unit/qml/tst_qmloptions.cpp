// SPDX-License-Identifier: MIT
// Each option of C++ has one of the same name in QML, or another way that is listed here.
#include "optionsfromjs_p.h"
#include "support/testmain.h"

#include <QtCore/qfile.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace SocketIo;
using namespace SocketIo::detail;

class TestQmlOptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachOptionIsKnown_data();
    void eachOptionIsKnown();
    void valuesAreRead();
    void wrongValuesAreNamed_data();
    void wrongValuesAreNamed();
};

namespace {

QStringList messages;

void keepMessage(QtMsgType, const QMessageLogContext &, const QString &text)
{
    messages.append(text);
}

// The members of the structs in a header.
QStringList membersOf(const QString &header)
{
    QFile file(QStringLiteral(SOURCE_FOLDER "/src/") + header);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QStringList names;
    static const QRegularExpression member(
        u"^    (?!using|static|return|enum)[\\w:<>, ]+[ >](\\w+)( = .*|\\{.*)?;"_s,
        QRegularExpression::MultilineOption);
    auto matches = member.globalMatch(QString::fromUtf8(file.readAll()));
    while (matches.hasNext())
        names.append(matches.next().captured(1));
    return names;
}

const QStringList otherWays{
    u"adapter"_s,      // a class of C++
    u"autoConnect"_s,  // properties of SocketIoClient
    u"auth"_s,         //
    u"authFunction"_s, //
};

} // namespace

void TestQmlOptions::eachOptionIsKnown_data()
{
    QTest::addColumn<bool>("isClient");
    QTest::addColumn<QString>("within");
    QTest::addColumn<QString>("name");
    const auto rows = [](const QString &header, bool isClient, const QString &within = {}) {
        const QStringList names = membersOf(header);
        QVERIFY2(names.size() > 1, qPrintable(header));
        for (const QString &name : names) {
            if (!otherWays.contains(name))
                QTest::addRow("%s, %s", qPrintable(header), qPrintable(name))
                    << isClient << within << name;
        }
    };
    rows(u"engineio/client/clientoptions.h"_s, true);
    rows(u"socketio/client/clientoptions.h"_s, true);
    rows(u"engineio/protocol/serveroptions.h"_s, false);
    rows(u"socketio/server/serveroptions.h"_s, false);
    QTest::newRow("maxAttachments") << true << QString() << u"maxAttachments"_s;
    QTest::newRow("maxAttachments, server") << false << QString() << u"maxAttachments"_s;
    QTest::newRow("maxUnfinishedSize") << false << QString() << u"maxUnfinishedSize"_s;
    QTest::newRow("maxSentSize") << true << QString() << u"maxSentSize"_s;
    QTest::newRow("maxValues") << true << QString() << u"maxValues"_s;
    QTest::newRow("maxValues, server") << false << QString() << u"maxValues"_s;
    for (const auto &name :
         {u"origin"_s, u"methods"_s, u"allowedHeaders"_s, u"exposedHeaders"_s, u"credentials"_s,
          u"maxAge"_s, u"preflightContinue"_s, u"optionsSuccessStatus"_s})
        QTest::addRow("cors.%s", qPrintable(name)) << false << u"cors"_s << name;
    for (const auto &name :
         {u"threshold"_s, u"serverNoContextTakeover"_s, u"clientNoContextTakeover"_s,
          u"serverMaxWindowBits"_s, u"clientMaxWindowBits"_s, u"level"_s, u"memLevel"_s}) {
        QTest::addRow("perMessageDeflate.%s", qPrintable(name))
            << false << u"perMessageDeflate"_s << name;
    }
    for (const auto &name : {u"name"_s, u"path"_s, u"domain"_s, u"httpOnly"_s, u"secure"_s,
                             u"sameSite"_s, u"maxAge"_s, u"expires"_s})
        QTest::addRow("cookie.%s", qPrintable(name)) << false << u"cookie"_s << name;
    for (const auto &name :
         {u"maxDisconnectionDuration"_s, u"skipMiddlewares"_s, u"maxSessions"_s, u"maxLogSize"_s}) {
        QTest::addRow("connectionStateRecovery.%s", qPrintable(name))
            << false << u"connectionStateRecovery"_s << name;
    }
}

void TestQmlOptions::eachOptionIsKnown()
{
    QFETCH(bool, isClient);
    QFETCH(QString, within);
    QFETCH(QString, name);
    // An option that is known may complain about this value.
    QVariantMap options{{name, QVariantMap()}};
    if (!within.isEmpty())
        options = {{within, options}};
    messages.clear();
    const QtMessageHandler before = qInstallMessageHandler(keepMessage);
    if (isClient)
        clientOptionsFromJs(options, this);
    else
        serverOptionsFromJs(options, this);
    qInstallMessageHandler(before);
    const QStringList unknown = messages.filter(u"There is no option"_s);
    QVERIFY2(unknown.isEmpty(), qPrintable(unknown.join(u'\n')));
}

void TestQmlOptions::valuesAreRead()
{
    const ServerOptions server = serverOptionsFromJs(
        {{u"pingInterval"_s, 300},
         {u"maxAttachments"_s, 50},
         {u"cors"_s, QVariantMap{{u"maxAge"_s, 600}, {u"credentials"_s, true}}},
         {u"cookie"_s, QVariantMap{{u"maxAge"_s, 60}, {u"sameSite"_s, u"strict"_s}}},
         {u"initialPacket"_s, u"hello"_s},
         {u"allowEIO3"_s, true},
         {u"allowedOrigins"_s, QVariantList{u"https://a.example"_s}},
         {u"trustedProxies"_s, QVariantList{u"10.0.0.0/8"_s}},
         {u"forwardedHeader"_s, u"Forwarded"_s},
         {u"proxyProtocol"_s, u"FromTrustedProxies"_s},
         {u"perMessageDeflate"_s, QVariantMap{{u"threshold"_s, 10}, {u"memLevel"_s, 1}}}},
        this);
    QVERIFY(server.allowEIO3);
    QCOMPARE(server.allowedOrigins, QStringList{u"https://a.example"_s});
    QCOMPARE(server.trustedProxies, QStringList{u"10.0.0.0/8"_s});
    QCOMPARE(server.forwardedHeader, EngineIo::ForwardedHeader::Forwarded);
    QCOMPARE(server.proxyProtocol, EngineIo::ProxyProtocol::FromTrustedProxies);
    QCOMPARE(server.perMessageDeflate->threshold, 10);
    QCOMPARE(server.perMessageDeflate->memLevel, 1);
    QCOMPARE(server.perMessageDeflate->serverMaxWindowBits, 15);
    QVERIFY(serverOptionsFromJs({{u"perMessageDeflate"_s, true}}, this).perMessageDeflate);
    QVERIFY(!serverOptionsFromJs({{u"perMessageDeflate"_s, false}}, this).perMessageDeflate);
    QVERIFY(!serverOptionsFromJs({}, this).perMessageDeflate);
    QVERIFY(!clientOptionsFromJs({{u"perMessageDeflate"_s, false}}, this).perMessageDeflate);
    QVERIFY(clientOptionsFromJs({}, this).perMessageDeflate);
    QCOMPARE(server.pingInterval, std::chrono::milliseconds(300));
    QVERIFY(server.parser);
    QCOMPARE(server.cors->maxAge, std::chrono::seconds(600));
    QVERIFY(server.cors->credentials);
    QCOMPARE(server.cookie->maxAge, std::chrono::seconds(60));
    QCOMPARE(server.cookie->sameSite, EngineIo::CookieOptions::SameSite::Strict);
    QVERIFY(server.initialPacket.has_value());

    const ClientOptions client =
        clientOptionsFromJs({{u"timestampRequests"_s, true},
                             {u"redirectPolicy"_s, u"manual"_s},
                             {u"proxy"_s, u"socks5://ada:secret@proxy:99"_s},
                             {u"sslConfiguration"_s, QVariantMap{{u"rejectUnauthorized"_s, false}}},
                             {u"protocol"_s, 3},
                             {u"maxDepth"_s, 20}},
                            this);
    QCOMPARE(client.protocol, EngineIo::ProtocolRevision::Revision3);
    QCOMPARE(client.timestampRequests, EngineIo::TimestampRequests::Always);
    QCOMPARE(client.redirectPolicy, QNetworkRequest::ManualRedirectPolicy);
    QCOMPARE(client.proxy->type(), QNetworkProxy::Socks5Proxy);
    QCOMPARE(client.proxy->hostName(), u"proxy"_s);
    QCOMPARE(client.proxy->port(), 99);
    QCOMPARE(client.proxy->user(), u"ada"_s);
    QCOMPARE(client.sslConfiguration->peerVerifyMode(), QSslSocket::VerifyNone);
    QVERIFY(client.parser);
}

void TestQmlOptions::wrongValuesAreNamed_data()
{
    QTest::addColumn<QVariantMap>("options");
    QTest::addColumn<QString>("message");
    QTest::newRow("unknown") << QVariantMap{{u"reconect"_s, true}}
                             << u"There is no option \"reconect\""_s;
    QTest::newRow("misspelt") << QVariantMap{{u"pth"_s, u"/chat"_s}}
                              << u"There is no option \"pth\". Is \"path\" meant?"_s;
    QTest::newRow("wrong capital")
        << QVariantMap{{u"ackTimeOut"_s, 100}}
        << u"There is no option \"ackTimeOut\". Is \"ackTimeout\" meant?"_s;
    QTest::newRow("transports")
        << QVariantMap{{u"transports"_s, QStringList{u"websockets"_s}}}
        << u"The option \"transports\" has a wrong value. It takes an array of "
           "\"polling\" and \"websocket\""_s;
    QTest::newRow("time")
        << QVariantMap{{u"timeout"_s, u"soon"_s}}
        << u"The option \"timeout\" has a wrong value. It takes a number of milliseconds"_s;
    QTest::newRow("proxy") << QVariantMap{{u"proxy"_s, u"ftp://proxy"_s}}
                           << u"The option \"proxy\" has a wrong value. It takes false, or a URL"_s;
    QTest::newRow("redirects") << QVariantMap{
        {u"redirectPolicy"_s,
         5}} << u"The option \"redirectPolicy\" has a wrong value. It takes \"follow\""_s;
    QTest::newRow("certificate")
        << QVariantMap{{u"sslConfiguration"_s, QVariantMap{{u"ca"_s, u"/nowhere"_s}}}}
        << u"The option \"ca\" has a wrong value. It takes a file in the format PEM"_s;
}

void TestQmlOptions::wrongValuesAreNamed()
{
    QFETCH(QVariantMap, options);
    QFETCH(QString, message);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QRegularExpression::escape(message)));
    clientOptionsFromJs(options, this);
}

QTSOCKETIO_TEST(TestQmlOptions)
#include "tst_qmloptions.moc"
