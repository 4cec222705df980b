// SPDX-License-Identifier: MIT
// Elements that the application deletes, from C++ and at once.
#include "qmlclient.h"
#include "qmlserver.h"
#include "support/testmain.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Server>

#include <QtCore/qregularexpression.h>
#include <QtNetwork/qhostaddress.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlengine.h>
#include <QtTest/qtest.h>

#include <memory>

// Of the module's objects, which are linked in.
extern void qml_register_types_SocketIo();

using namespace Qt::StringLiterals;
using namespace SocketIo;

class tst_QmlEnds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qml_register_types_SocketIo(); }
    void aServerThatLooksForSockets();
    void aClientThatIsChangedByItsWarning_data();
    void aClientThatIsChangedByItsWarning();
    void aClientThatIsChangedWhileItChanges_data();
    void aClientThatIsChangedWhileItChanges();
    void aTimeOutWhoseWarningDeletes_data();
    void aTimeOutWhoseWarningDeletes();

private:
    std::unique_ptr<QObject> create(const QByteArray &qml)
    {
        QQmlComponent component(&m_engine);
        component.setData("import QtQml; import SocketIo; " + qml, QUrl(u"file:///ends.qml"_s));
        std::unique_ptr<QObject> object(component.create());
        if (!object)
            qWarning("%s", qPrintable(component.errorString()));
        return object;
    }

    QQmlEngine m_engine;
};

// The promise does not wait for ever.
void tst_QmlEnds::aServerThatLooksForSockets()
{
    const auto result = create("QtObject { property var error }");
    QVERIFY(result);
    m_engine.globalObject().setProperty(u"result"_s, m_engine.newQObject(result.get()));
    QQmlEngine::setObjectOwnership(result.get(), QQmlEngine::CppOwnership);
    auto server = create(R"(
        SocketIoServer {
            host: "localhost"
            function find() {
                fetchSockets().then(() => result.error = "none", error => result.error = error)
            }
        })");
    QVERIFY(server);
    QVERIFY(QMetaObject::invokeMethod(server.get(), "find"));
    server.reset();
    QTRY_VERIFY(result->property("error").isValid());
    const auto error = result->property("error").value<QJSValue>();
    QVERIFY2(error.property(u"message"_s).toString().contains(u"fetchSockets()"_s),
             qPrintable(error.toString()));
}

void tst_QmlEnds::aClientThatIsChangedByItsWarning_data()
{
    QTest::addColumn<QString>("property");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<bool>("hasSocket");
    const QVariantMap options = {{u"forceNew"_s, true}};
    QTest::newRow("nsp") << u"nsp"_s << QVariant(u"/other"_s) << true;
    QTest::newRow("options") << u"options"_s << QVariant(options) << true;
    QTest::newRow("no url") << u"url"_s << QVariant(QUrl()) << false;
}

// While it makes its socket: it has made one then, or none.
void tst_QmlEnds::aClientThatIsChangedByItsWarning()
{
    QFETCH(QString, property);
    QFETCH(QVariant, value);
    QFETCH(bool, hasSocket);
    Server server;
    server.of(u"/other"_s);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    auto client = create("SocketIoClient { options: ({ forceNew: true, mistake: 1 }) }");
    QVERIFY(client);
    int warnings = 0;
    const auto connection = connect(&m_engine, &QQmlEngine::warnings, client.get(), [&] {
        if (++warnings == 1)
            client->setProperty(property.toUtf8().constData(), value);
    });
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"mistake"_s));
    client->setProperty("url", QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())));
    disconnect(connection);
    QCOMPARE(client->findChildren<ClientSocket *>().size(), hasSocket ? 1 : 0);
    if (!hasSocket)
        return;
    QTRY_VERIFY(client->property("connected").toBool());
    QCOMPARE(server.engine()->clientsCount(), 1);
}

void tst_QmlEnds::aClientThatIsChangedWhileItChanges_data()
{
    QTest::addColumn<QByteArray>("handler");
    QTest::addColumn<bool>("isOpen");
    QTest::newRow("another namespace") << QByteArray("nsp = '/other'") << true;
    QTest::newRow("opened") << QByteArray("open()") << true;
    QTest::newRow("sends") << QByteArray("emitEvent('early')") << true;
    QTest::newRow("closed") << QByteArray("close()") << false;
}

// It was open, and stays so unless a handler closes it.
void tst_QmlEnds::aClientThatIsChangedWhileItChanges()
{
    QFETCH(QByteArray, handler);
    QFETCH(bool, isOpen);
    Server server;
    server.of(u"/other"_s);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const auto client = create(R"(
        SocketIoClient {
            property bool changes: false
            autoConnect: false
            onActiveChanged: if (changes) { changes = false; )"
                               + handler + R"( }
        })");
    QVERIFY(client);
    client->setProperty("url", QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())));
    QVERIFY(QMetaObject::invokeMethod(client.get(), "open"));
    QTRY_VERIFY(client->property("connected").toBool());
    QTest::failOnWarning(QRegularExpression(u"no url"_s));
    if (handler.startsWith("emitEvent"))
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(u"\"early\" was not sent: .*change"_s));
    client->setProperty("changes", true);
    client->setProperty("options", QVariantMap{{u"forceNew"_s, true}});
    QVERIFY(!client->property("changes").toBool());
    QCOMPARE(client->property("active").toBool(), isOpen);
    QCOMPARE(client->findChildren<ClientSocket *>().size(), 1);
    if (isOpen)
        QTRY_VERIFY(client->property("connected").toBool());
}

void tst_QmlEnds::aTimeOutWhoseWarningDeletes_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::newRow("client") << QByteArray("SocketIoClient");
    QTest::newRow("server") << QByteArray("SocketIoServer");
}

void tst_QmlEnds::aTimeOutWhoseWarningDeletes()
{
    QFETCH(QByteArray, type);
    auto element = create(type + " {}");
    QVERIFY(element);
    QQmlEngine::setObjectOwnership(element.get(), QQmlEngine::CppOwnership);
    QJSValue call = m_engine.evaluate(u"(function(element) { return element.timeout({}); })"_s);
    const QJSValue object = m_engine.newQObject(element.get());
    const auto connection =
        connect(&m_engine, &QQmlEngine::warnings, this, [&] { element.reset(); });
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"timeout\\(\\) expects a number"_s));
    const QJSValue result = call.call({object});
    disconnect(connection);
    QVERIFY(!element);
    QVERIFY(result.isNull());
}

QTSOCKETIO_TEST(tst_QmlEnds)
#include "tst_qmlends.moc"
