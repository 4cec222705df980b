// SPDX-License-Identifier: MIT
// Each option of C++ has one of the same name in QML, or another way that is listed here.
#include "optionsfromjs_p.h"
#include "support/testmain.h"

#include <SocketIo/Parser>

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
    void parsersHaveNames_data();
    void parsersHaveNames();
    void wrongValuesAreNamed_data();
    void wrongValuesAreNamed();
    void wrongValuesHaveNoEffect_data();
    void wrongValuesHaveNoEffect();
    void limitsAreTakenAway();
    void switchesAreRead();
    void filesThatCannotBeReadAreNamed();
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

void TestQmlOptions::parsersHaveNames_data()
{
    QTest::addColumn<bool>("isClient");
    QTest::newRow("client") << true;
    QTest::newRow("server") << false;
}

void TestQmlOptions::parsersHaveNames()
{
    QFETCH(bool, isClient);
    const auto parserOf = [&](const QVariantMap &options) {
        return isClient ? clientOptionsFromJs(options, this).parser
                        : serverOptionsFromJs(options, this).parser;
    };
    Packet packet;
    packet.args = {u"event"_s, QVariantList{1}};
    // Without other limits than those that there are anyway, JSON needs no parser.
    QVERIFY(!parserOf({{u"parser"_s, u"json"_s}}));
    const auto json = parserOf({{u"parser"_s, u"json"_s}, {u"maxDepth"_s, 2}});
    QCOMPARE(json->encode(packet)[0].message().bytes(), "2[\"event\",[1]]");
#ifdef QTSOCKETIO_HAVE_MSGPACK
    const auto msgPack = parserOf({{u"parser"_s, u"msgpack"_s}, {u"maxDepth"_s, 2}});
    const EngineIo::FrameList frames = msgPack->encode(packet);
    QCOMPARE(frames.size(), 1);
    QVERIFY(frames[0].isBinary());
    QCOMPARE(frames[0].message().bytes().toHex(),
             "83a46461746192a56576656e749101a36e7370a12fa47479706502");
    packet.args = {u"event"_s, QVariantList{QVariant(QVariantList{1})}};
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"nested more than 2 levels deep"_s));
    QVERIFY(msgPack->encode(packet).isEmpty());
#endif
}

void TestQmlOptions::wrongValuesAreNamed_data()
{
    QTest::addColumn<QVariantMap>("options");
    QTest::addColumn<QString>("message");
    QTest::newRow("unknown") << QVariantMap{{u"reconect"_s, true}}
                             << u"There is no option \"reconect\""_s;
    QTest::newRow("misspelt") << QVariantMap{{u"pth"_s, u"/chat"_s}}
                              << u"There is no option \"pth\". Did you mean \"path\"?"_s;
    QTest::newRow("wrong capital")
        << QVariantMap{{u"ackTimeOut"_s, 100}}
        << u"There is no option \"ackTimeOut\". Did you mean \"ackTimeout\"?"_s;
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
        << u"The option \"ca\" has a wrong value. The file /nowhere cannot be read"_s;
    QTest::newRow("no certificate")
        << QVariantMap{{u"sslConfiguration"_s, QVariantMap{{u"ca"_s, u":/no.pem"_s}}}}
        << u"The option \"ca\" has a wrong value. The file :/no.pem cannot be read"_s;
    QTest::newRow("not like another")
        << QVariantMap{{u"auth"_s, QVariantMap()}}
        << u"There is no option \"auth\". The documentation of the element's property lists"_s;
    QTest::newRow("property") << QVariantMap{{u"objectName"_s, u"ada"_s}}
                              << u"There is no option \"objectName\". It is a property of the "
                                 "element itself: set it beside the options"_s;
}

void TestQmlOptions::wrongValuesAreNamed()
{
    QFETCH(QVariantMap, options);
    QFETCH(QString, message);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QRegularExpression::escape(message)));
    clientOptionsFromJs(options, this);
}

namespace {

template<typename T>
QString text(const std::optional<T> &time)
{
    return time ? QString::number(time->count()) : u"none"_s;
}

QString text(const std::optional<EngineIo::PerMessageDeflateOptions> &deflate)
{
    return deflate ? u"%1/%2/%3/%4/%5"_s.arg(deflate->threshold)
                         .arg(deflate->serverMaxWindowBits)
                         .arg(deflate->clientMaxWindowBits)
                         .arg(deflate->level)
                         .arg(deflate->memLevel)
                   : u"none"_s;
}

// What the rows below could change.
QString summary(const ClientOptions &options)
{
    QString result;
    QDebug(&result) << options.path << options.transports << options.query
                    << options.extraHeaders.isEmpty() << text(options.perMessageDeflate)
                    << options.requestTimeout.count() << options.upgradeTimeout.count()
                    << options.maxReceiveSize << options.maxReceiveBufferSize
                    << options.maxPacketsPerRequest << options.maxPacketsPerTurn
                    << options.reconnectionAttempts << options.reconnectionDelay.count()
                    << options.reconnectionDelayMax.count() << options.randomizationFactor
                    << text(options.timeout) << text(options.ackTimeout) << options.retries
                    << options.maxBufferedEvents << options.maxEarlyEvents
                    << options.quitTimeout.count() << bool(options.parser)
                    << options.sslConfiguration.has_value() << options.protocols;
    return result;
}

QString summary(const ServerOptions &options)
{
    QString result;
    QDebug(&result) << options.path << options.transports << options.pingInterval.count()
                    << options.pingTimeout.count() << options.connectTimeout.count()
                    << options.maxHttpBufferSize << options.maxConnections << options.maxHeaderSize
                    << options.maxHeaderCount << options.maxPacketsPerTurn
                    << text(options.perMessageDeflate) << options.cors.has_value()
                    << options.cookie.has_value() << options.connectionStateRecovery.has_value()
                    << int(options.forwardedHeader) << options.allowedOrigins << options.metricsPath
                    << options.clientFolder << bool(options.parser);
    return result;
}

} // namespace

void TestQmlOptions::wrongValuesHaveNoEffect_data()
{
    QTest::addColumn<bool>("isClient");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QString>("wish");
    const auto row = [](bool isClient, const QString &name, const QVariant &value,
                        const QString &wish) {
        QString shown;
        QDebug(&shown) << value;
        QTest::addRow("%s, %s: %s", isClient ? "client" : "server", qPrintable(name),
                      qPrintable(shown))
            << isClient << name << value << wish;
    };
    const QString time = u"a number of milliseconds, 0 or more"_s;
    const QString number = u"a whole number, 0 or more"_s;
    const QVariant nothing = QVariant::fromValue(nullptr);
    row(true, u"maxDepth"_s, 0, u"a whole number from 1 to 1024"_s);
    row(true, u"maxDepth"_s, 5000, u"a whole number from 1 to 1024"_s);
    row(true, u"maxDepth"_s, false, u"a whole number from 1 to 1024"_s);
    row(true, u"transports"_s, QVariantList(), u"an array of \"polling\" and \"websocket\""_s);
    row(true, u"extraHeaders"_s, 5, u"an object with names and values"_s);
    row(true, u"extraHeaders"_s, QVariantList{1}, u"an object with names and values"_s);
    row(true, u"extraHeaders"_s, QVariantMap{{u"A"_s, QVariantMap()}},
        u"an object with names and values"_s);
    row(true, u"perMessageDeflate"_s, 5, u"an object, true or false"_s);
    row(true, u"sslConfiguration"_s, 5, u"an object, true or false"_s);
    row(true, u"retries"_s, -1, number);
    row(true, u"retries"_s, 1.5, number);
    row(true, u"retries"_s, false, number);
    row(true, u"randomizationFactor"_s, qQNaN(), u"a number from 0 to 1"_s);
    row(true, u"randomizationFactor"_s, -3, u"a number from 0 to 1"_s);
    row(true, u"randomizationFactor"_s, true, u"a number from 0 to 1"_s);
    row(true, u"maxValues"_s, -4, number);
    row(true, u"maxAttachments"_s, -1, number);
    row(true, u"maxUnfinishedSize"_s, -1, number);
    row(true, u"maxSentSize"_s, -1, number);
    row(true, u"reconnectionDelay"_s, qInf(), time);
    row(true, u"reconnectionDelay"_s, -qInf(), time);
    row(true, u"reconnectionDelay"_s, qQNaN(), time);
    row(true, u"reconnectionDelay"_s, -5, time);
    row(true, u"reconnectionDelay"_s, false, time);
    row(true, u"reconnectionDelay"_s, nothing, time);
    row(true, u"reconnectionDelayMax"_s, -5, time + u", or false for no limit"_s);
    row(true, u"reconnectionAttempts"_s, -3, number + u", or false for no limit"_s);
    row(true, u"maxBufferedEvents"_s, -3, number + u", or false for no limit"_s);
    row(true, u"maxReceiveSize"_s, -1, u"a whole number, 1 or more, or false for no limit"_s);
    row(true, u"maxReceiveSize"_s, 0, u"a whole number, 1 or more, or false for no limit"_s);
    row(true, u"timeout"_s, true, time + u", or false"_s);
    row(true, u"timeout"_s, -1, time + u", or false"_s);
    row(true, u"quitTimeout"_s, false, time);
    row(true, u"path"_s, false, u"a text"_s);
    row(true, u"path"_s, 5, u"a text"_s);
    row(true, u"path"_s, nothing, u"a text"_s);
    row(true, u"protocols"_s, QVariantList{1}, u"an array of texts"_s);
    row(true, u"query"_s, 5, u"an object"_s);
    row(false, u"cors"_s, 5, u"an object, true or false"_s);
    row(false, u"cors"_s, u"*"_s, u"an object, true or false"_s);
    row(true, u"maxPacketsPerTurn"_s, 0, u"a whole number, 1 or more"_s);
    row(false, u"cookie"_s, u"io"_s, u"an object, true or false"_s);
    row(false, u"connectionStateRecovery"_s, 5, u"an object, true or false"_s);
    row(false, u"perMessageDeflate"_s, u"yes"_s, u"an object, true or false"_s);
    row(false, u"path"_s, false, u"a text"_s);
    row(false, u"transports"_s, QVariantList(), u"an array of \"polling\" and \"websocket\""_s);
    row(false, u"pingInterval"_s, false, time);
    row(false, u"pingTimeout"_s, false, time);
    row(false, u"connectTimeout"_s, 0, u"a number of milliseconds, 1 or more"_s);
    row(false, u"maxHttpBufferSize"_s, -1, u"a whole number, 1 or more"_s);
    row(false, u"maxHttpBufferSize"_s, 0, u"a whole number, 1 or more"_s);
    row(false, u"maxConnections"_s, -5, number);
    row(false, u"maxHeaderSize"_s, 0, u"a whole number, 1 or more"_s);
    row(false, u"maxPacketsPerTurn"_s, 0, u"a whole number, 1 or more"_s);
    row(false, u"forwardedHeader"_s, u"X"_s, u"\"XForwardedFor\" or \"Forwarded\""_s);
    row(false, u"proxyProtocol"_s, u"On"_s, u"\"Off\" or \"FromTrustedProxies\""_s);
    row(false, u"allowedOrigins"_s, u"https://a.example"_s, u"an array of texts"_s);
}

void TestQmlOptions::wrongValuesHaveNoEffect()
{
    QFETCH(bool, isClient);
    QFETCH(QString, name);
    QFETCH(QVariant, value);
    QFETCH(QString, wish);
    const QString message = u"The option \"%1\" has a wrong value. It takes %2"_s.arg(name, wish);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QRegularExpression::escape(message)));
    JsLimits sent;
    if (isClient) {
        QCOMPARE(summary(clientOptionsFromJs({{name, value}}, this, &sent)),
                 summary(ClientOptions()));
    } else {
        QCOMPARE(summary(serverOptionsFromJs({{name, value}}, this, nullptr, &sent)),
                 summary(ServerOptions()));
    }
    QCOMPARE(sent.maxDepth, JsLimits().maxDepth);
    QCOMPARE(sent.maxValues, JsLimits().maxValues);
}

void TestQmlOptions::limitsAreTakenAway()
{
    messages.clear();
    const QtMessageHandler before = qInstallMessageHandler(keepMessage);
    for (const QVariant &none : {QVariant(false), QVariant(qInf())}) {
        const ClientOptions client = clientOptionsFromJs({{u"reconnectionAttempts"_s, none},
                                                          {u"reconnectionDelayMax"_s, none},
                                                          {u"timeout"_s, none},
                                                          {u"ackTimeout"_s, none},
                                                          {u"requestTimeout"_s, none},
                                                          {u"maxReceiveSize"_s, none},
                                                          {u"maxBufferedEvents"_s, none},
                                                          {u"maxEarlyEvents"_s, none}},
                                                         this);
        QCOMPARE(client.reconnectionAttempts, ClientOptions::Unlimited);
        QCOMPARE(client.reconnectionDelayMax.count(), std::numeric_limits<int>::max());
        QVERIFY(!client.timeout);
        QVERIFY(!client.ackTimeout);
        QCOMPARE(client.requestTimeout.count(), 0);
        QCOMPARE(client.maxReceiveSize, std::numeric_limits<qint64>::max());
        QCOMPARE(client.maxBufferedEvents, ClientOptions::Unlimited);
        QCOMPARE(client.maxEarlyEvents, ClientOptions::Unlimited);
        const ServerOptions server = serverOptionsFromJs({{u"connectTimeout"_s, none},
                                                          {u"maxHttpBufferSize"_s, none},
                                                          {u"maxConnections"_s, none},
                                                          {u"maxHeaderCount"_s, none},
                                                          {u"maxPacketsPerTurn"_s, none}},
                                                         this);
        QCOMPARE(server.connectTimeout.count(), std::numeric_limits<int>::max());
        QCOMPARE(server.maxHttpBufferSize, std::numeric_limits<qsizetype>::max());
        QCOMPARE(server.maxConnections, 0);
        QCOMPARE(server.maxHeaderCount, std::numeric_limits<int>::max());
        QCOMPARE(server.maxPacketsPerTurn, std::numeric_limits<int>::max());
    }
    // As in C++, and a time beyond those of timers.
    const ClientOptions client =
        clientOptionsFromJs({{u"maxBufferedEvents"_s, -1}, {u"timeout"_s, 1e300}}, this);
    QCOMPARE(client.maxBufferedEvents, ClientOptions::Unlimited);
    QCOMPARE(client.timeout->count(), std::numeric_limits<int>::max());
    qInstallMessageHandler(before);
    QCOMPARE(messages, QStringList());
}

void TestQmlOptions::switchesAreRead()
{
    const auto server = [this](const QVariant &value) {
        return serverOptionsFromJs({{u"connectionStateRecovery"_s, value},
                                    {u"cors"_s, value},
                                    {u"cookie"_s, value},
                                    {u"perMessageDeflate"_s, value}},
                                   this);
    };
    const ServerOptions on = server(true);
    QVERIFY(on.connectionStateRecovery);
    QVERIFY(on.cors);
    QVERIFY(on.cookie);
    QVERIFY(on.perMessageDeflate);
    const ServerOptions off = server(false);
    QVERIFY(!off.connectionStateRecovery);
    QVERIFY(!off.cors);
    QVERIFY(!off.cookie);
    QVERIFY(!off.perMessageDeflate);
}

void TestQmlOptions::filesThatCannotBeReadAreNamed()
{
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"The option \"cert\" has a wrong value. The file "
                                            "/nowhere/cert.pem cannot be read: "_s));
    // What stands there could be the key itself, without the lines around it.
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"The option \"key\" has a wrong value. The file "
                                            "cannot be read: "_s));
    clientOptionsFromJs(
        {{u"sslConfiguration"_s,
          QVariantMap{{u"cert"_s, u"/nowhere/cert.pem"_s}, {u"key"_s, u"/nowhere/key.pem"_s}}}},
        this);
}

QTSOCKETIO_TEST(TestQmlOptions)
#include "tst_qmloptions.moc"
