// SPDX-License-Identifier: MIT
#include "clienttest.h"
#include "support/testmain.h"

#include <QtCore/qjsondocument.h>

using namespace ClientTest;
using EngineIo::PerMessageDeflateOptions;

// Compression between the client and a server of socket.io, which has npm's ws, in every option of
// both sides. Its other half, clients of npm at this project's server, is deflate.test.mjs.
class tst_Client_Deflate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanupTestCase() { m_servers.clear(); }
    void everyOptionOfTheServer_data();
    void everyOptionOfTheServer();
    void eitherMayDoWithout_data();
    void eitherMayDoWithout();

private:
    ServerProcess *server(const QByteArray &options);
    static QVariantMap bytesOnTheWire(ClientSocket *socket);

    std::map<QByteArray, std::unique_ptr<ServerProcess>> m_servers;
};

// Options as ws has them, in JSON.
ServerProcess *tst_Client_Deflate::server(const QByteArray &options)
{
    std::unique_ptr<ServerProcess> &server = m_servers[options];
    if (!server) {
        const QJsonValue deflate = options == "false"
            ? QJsonValue(false)
            : QJsonValue(QJsonDocument::fromJson(options).object());
        server = std::make_unique<ServerProcess>(ServerKind::Node,
                                                 QJsonObject{{u"perMessageDeflate"_s, deflate}});
        if (!server->start())
            server.reset();
    }
    return server.get();
}

// How many bytes the server has read from the WebSocket and written to it; 0 without one.
QVariantMap tst_Client_Deflate::bytesOnTheWire(ClientSocket *socket)
{
    const AckResult answer(socket->emitWithAck(u"wire"_s));
    return QTest::qWaitFor([&answer] { return answer.isAnswered(); }, Patience)
        ? answer.arguments.value(0).toMap()
        : QVariantMap();
}

void tst_Client_Deflate::everyOptionOfTheServer_data()
{
    QTest::addColumn<QByteArray>("serverSide");
    QTest::addColumn<PerMessageDeflateOptions>("clientSide");
    const QList<QByteArray> serverSides = {
        "{}",
        "{\"threshold\":0}",
        "{\"serverNoContextTakeover\":true}",
        "{\"clientNoContextTakeover\":true}",
        "{\"serverNoContextTakeover\":true,\"clientNoContextTakeover\":true}",
        "{\"serverMaxWindowBits\":9}",
        "{\"clientMaxWindowBits\":9,\"concurrencyLimit\":1}",
        "{\"zlibDeflateOptions\":{\"level\":9,\"memLevel\":1,\"chunkSize\":1024}}",
    };
    PerMessageDeflateOptions forgetful;
    forgetful.serverNoContextTakeover = true;
    forgetful.clientNoContextTakeover = true;
    PerMessageDeflateOptions small;
    small.threshold = 0;
    small.serverMaxWindowBits = 10;
    small.clientMaxWindowBits = 9;
    small.memLevel = 1;
    for (const QByteArray &options : serverSides) {
        QTest::addRow("%s, plain", options.constData()) << options << PerMessageDeflateOptions();
        QTest::addRow("%s, forgetful", options.constData()) << options << forgetful;
        QTest::addRow("%s, small", options.constData()) << options << small;
    }
}

void tst_Client_Deflate::everyOptionOfTheServer()
{
    QFETCH(QByteArray, serverSide);
    QFETCH(PerMessageDeflateOptions, clientSide);
    ServerProcess *process = server(serverSide);
    QVERIFY(process);
    ClientOptions options = quickOptions(WebSocketOnly);
    options.perMessageDeflate = clientSide;
    Manager manager(process->url(), options);
    ClientSocket *socket = manager.socket();
    // What comes again is found in the context, if there is one.
    QVariantList values{u"short"_s, u"\U0001F600 ü"_s, QString(300'000, u'x'),
                        QByteArray(100'000, '\7'), QVariantMap{{u"a"_s, QString(5000, u'y')}}};
    values += QVariantList(values);
    for (const QVariant &value : values) {
        const AckResult answer(socket->emitWithAck(u"echo"_s, value));
        TRY_VERIFY(answer.isAnswered());
        QCOMPARE(answer.arguments, QVariantList{value});
    }
    const QVariantMap bytes = bytesOnTheWire(socket);
    QCOMPARE(bytes.value(u"extensions"_s), u"permessage-deflate"_s);
    // Of about 810,000 each way.
    QVERIFY2(bytes.value(u"read"_s).toLongLong() < 50'000, qPrintable(bytes[u"read"_s].toString()));
    QVERIFY2(bytes.value(u"written"_s).toLongLong() < 50'000,
             qPrintable(bytes[u"written"_s].toString()));
}

void tst_Client_Deflate::eitherMayDoWithout_data()
{
    QTest::addColumn<QByteArray>("serverSide");
    QTest::addColumn<bool>("asks");
    QTest::newRow("the server") << QByteArray("false") << true;
    QTest::newRow("the client") << QByteArray("{}") << false;
    QTest::newRow("both") << QByteArray("false") << false;
}

void tst_Client_Deflate::eitherMayDoWithout()
{
    QFETCH(QByteArray, serverSide);
    QFETCH(bool, asks);
    ServerProcess *process = server(serverSide);
    QVERIFY(process);
    ClientOptions options = quickOptions(WebSocketOnly);
    if (!asks)
        options.perMessageDeflate.reset();
    Manager manager(process->url(), options);
    const AckResult answer(manager.socket()->emitWithAck(u"echo"_s, QString(100'000, u'x')));
    TRY_VERIFY(answer.isAnswered());
    QCOMPARE(answer.arguments, QVariantList{QString(100'000, u'x')});
    const QVariantMap bytes = bytesOnTheWire(manager.socket());
    QCOMPARE(bytes.value(u"extensions"_s), QString());
    QVERIFY(bytes.value(u"read"_s).toLongLong() > 100'000);
    QVERIFY(bytes.value(u"written"_s).toLongLong() > 100'000);
}

QTSOCKETIO_TEST(tst_Client_Deflate)

#include "tst_client_deflate.moc"
