// SPDX-License-Identifier: MIT
// What middlewares in QML make of the events that pass through them, as C++ sees them afterwards.
#include "qmlsocket.h"
#include "support/testmain.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/Socket>

#include <QtCore/qdatetime.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qregularexpression.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlengine.h>
#include <QtTest/qtest.h>

#include <limits>
#include <memory>

// Of the module's objects, which are linked in.
extern void qml_register_types_SocketIo();

using namespace Qt::StringLiterals;
using namespace SocketIo;

namespace {

constexpr qint64 Big = 9007199254740993; // not a double
constexpr quint64 Greatest = std::numeric_limits<quint64>::max();

} // namespace

class tst_QmlMiddleware : public QObject
{
    Q_OBJECT

public:
    Q_INVOKABLE void endServer() { m_server.reset(); } // for a middleware

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void eventsPass_data();
    void eventsPass();
    void whatCppHasPutIntoAnEventPasses();
    void anEventWhoseGetterEndsTheServer_data();
    void anEventWhoseGetterEndsTheServer();
    void anErrorWhoseGetterThrows_data();
    void anErrorWhoseGetterThrows();

private:
    // Starts a server whose sockets have the middleware, and sends it an event with args.
    void start(const QString &middleware, const QVariantList &args);

    QQmlEngine m_engine;
    std::unique_ptr<QObject> m_server;
    std::unique_ptr<ClientSocket> m_client;
    QPointer<Socket> m_socket;
    QList<std::pair<QString, QVariantList>> m_received;
};

void tst_QmlMiddleware::initTestCase()
{
    qml_register_types_SocketIo();
    QQmlEngine::setObjectOwnership(this, QQmlEngine::CppOwnership);
    m_engine.globalObject().setProperty(u"test"_s, m_engine.newQObject(this));
}

void tst_QmlMiddleware::cleanup()
{
    m_client.reset();
    m_server.reset();
    m_received.clear();
}

void tst_QmlMiddleware::start(const QString &middleware, const QVariantList &args)
{
    QQmlComponent component(&m_engine);
    component.setData(QStringLiteral(R"(
        import QtQml
        import SocketIo
        SocketIoServer {
            host: "127.0.0.1"
            property var last
            property string middleware
            onConnected: socket => { last = socket; socket.use(eval(middleware)); }
        })")
                          .toUtf8(),
                      QUrl(u"file:///middleware.qml"_s));
    m_server.reset(component.createWithInitialProperties({{u"middleware"_s, middleware}}));
    QVERIFY2(m_server, qPrintable(component.errorString()));
    m_client.reset(Manager::connectTo(m_server->property("url").toUrl()));
    const auto last = [this] { return m_server->property("last").value<QmlSocket *>(); };
    QTRY_VERIFY(m_client->isConnected() && last());
    m_socket = qobject_cast<Socket *>(last()->parent());
    QVERIFY(m_socket);
    connect(m_socket, &Socket::eventReceived, this,
            [this](const QString &name, const QVariantList &values) {
                m_received.append({name, values});
            });
    m_client->emitEventList(u"event"_s, args);
}

void tst_QmlMiddleware::eventsPass_data()
{
    QTest::addColumn<QString>("middleware");
    QTest::addColumn<QVariantList>("args");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QVariantList>("expected");
    const QVariantList all = {
        Big,
        Greatest,
        0.5,
        true,
        QVariant::fromValue(nullptr),
        u"text"_s,
        QByteArray("\0\1", 2),
        QVariantList{Big, QVariantList{}, u"x"_s},
        QVariantMap{{u"n"_s, Big}, {u"list"_s, QVariantList{1, Greatest}}, {u"o"_s, QVariantMap()}},
    };
    // A list that JavaScript has changed has the numbers that it has read, which some versions of Qt
    // keep as they were.
    const bool keepsNumbers = !m_engine.toScriptValue(QVariantList{Big}).isArray();
    const qint64 read = keepsNumbers ? Big : Big - 1;
    QVariantList deep = {Big};
    for (int i = 0; i < 25; ++i)
        deep = {QVariant(deep)};
    const auto with = [&all](qsizetype i, const QVariant &value) {
        QVariantList list = all;
        list[i] = value;
        return list;
    };
    const auto row = [](const char *name, const char *middleware, const QVariantList &args,
                        const QVariantList &expected, const QString &event = u"event"_s) {
        QTest::newRow(name) << QString::fromUtf8(middleware) << args << event << expected;
    };
    row("only next()", "(event, next) => next()", all, all);
    row("later", "(event, next) => Qt.callLater(next)", all, all);
    row("reads all", "(event, next) => { JSON.stringify(event); next(); }", all, all);
    row("deep", "(event, next) => next()", {QVariant(deep)}, {QVariant(deep)});
    row("no arguments", "(event, next) => next()", {}, {});
    row("another name", "(event, next) => { event[0] = 'other'; next(); }", all, all, u"other"_s);
    row("the same values", "(event, next) => { event.forEach((v, i) => event[i] = v); next(); }",
        all, all);
    row("copies", "(event, next) => { event[9] = Object.assign({}, event[9]); next(); }", all, all);
    // What has changed is converted as what emitEvent() is given, and nothing else is.
    row("a number", "(event, next) => { event[3] = 1.5; next(); }", all, with(2, 1.5));
    row("a text", "(event, next) => { event[6] += '!'; next(); }", all, with(5, u"text!"_s));
    row("null", "(event, next) => { event[1] = null; next(); }", all,
        with(0, QVariant::fromValue(nullptr)));
    row("undefined", "(event, next) => { event[4] = undefined; next(); }", all,
        with(3, QVariant::fromValue(nullptr)));
    row("bytes in place", "(event, next) => { new Uint8Array(event[7])[0] = 7; next(); }", all,
        with(6, QByteArray("\7\1", 2)));
    row("a view of bytes", "(event, next) => { event[7] = new Uint8Array(event[7], 1); next(); }",
        all, with(6, QByteArray("\1", 1)));
    row("an element", "(event, next) => { event[8][2] = 'y'; next(); }", all,
        with(7, QVariantList{read, QVariantList{}, u"y"_s}));
    row("an array that grows", "(event, next) => { event[8].push(1); next(); }", all,
        with(7, QVariantList{read, QVariantList{}, u"x"_s, 1}));
    row("a member", "(event, next) => { event[9].o.x = 1; next(); }", all,
        with(8,
             QVariantMap{{u"n"_s, Big - 1},
                         {u"list"_s, QVariantList{1, double(Greatest)}},
                         {u"o"_s, QVariantMap{{u"x"_s, 1}}}}));
    row("a member goes", "(event, next) => { delete event[9].o; next(); }", all,
        with(8, QVariantMap{{u"n"_s, Big - 1}, {u"list"_s, QVariantList{1, double(Greatest)}}}));
    row("a Map in place of an object",
        "(event, next) => { event[1] = new Map([['a', 1]]); next(); }", {QVariantMap()},
        {QVariantMap{{u"a"_s, 1}}});
    row("an object that says what it is", "(event, next) => { event[1].toJSON = () => 5; next(); }",
        {QVariantMap{{u"a"_s, 1}}}, {5});
    row("more arguments", "(event, next) => { event.push(1); next(); }", {Big}, {Big, 1});
    row("fewer arguments", "(event, next) => { event.pop(); next(); }", {Big, 1}, {Big});
}

QString difference(const QVariant &value, const QVariant &expected)
{
    QString text;
    QDebug(&text) << value << "is not" << expected;
    return text;
}

// An argument that no middleware has changed is what has come: JavaScript has no 64-bit integers.
void tst_QmlMiddleware::eventsPass()
{
    QFETCH(QString, middleware);
    QFETCH(QVariantList, args);
    QFETCH(QString, name);
    QFETCH(QVariantList, expected);
    start(middleware, args);
    QTRY_COMPARE(m_received.size(), 1);
    QCOMPARE(m_received.first().first, name);
    const QVariantList values = m_received.first().second;
    QCOMPARE(values.size(), expected.size());
    for (qsizetype i = 0; i < values.size(); ++i)
        QVERIFY2(values.at(i) == expected.at(i),
                 qPrintable(difference(values.at(i), expected.at(i))));
}

// A middleware in C++ may have put any type into the event.
void tst_QmlMiddleware::whatCppHasPutIntoAnEventPasses()
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(1234567).toUTC();
    const QVariantList args = {time,
                               QStringList{u"a"_s},
                               QJsonObject{{u"n"_s, Big}},
                               QVariantHash{{u"n"_s, Big}},
                               QVariant::fromValue<QObject *>(this),
                               std::numeric_limits<double>::quiet_NaN(),
                               std::numeric_limits<double>::infinity(),
                               QVariant()};
    start(u"(event, next) => next()"_s, {});
    QTRY_COMPARE(m_received.size(), 1);
    m_received.clear();
    QPointer<QmlSocket> qmlSocket = m_server->property("last").value<QmlSocket *>();
    m_socket->use([&](QVariantList &event, const Next &next) {
        event = QVariantList{u"event"_s} + args;
        next();
    });
    qmlSocket->use(m_engine.evaluate(u"((event, next) => next())"_s));
    m_client->emitEvent(u"event"_s);
    QTRY_COMPARE(m_received.size(), 1);
    const QVariantList values = m_received.first().second;
    QCOMPARE(values.size(), args.size());
    for (qsizetype i = 0; i < values.size(); ++i) {
        QCOMPARE(values.at(i).metaType().name(), args.at(i).metaType().name());
        if (i != 5) // nothing is equal to it
            QVERIFY2(values.at(i) == args.at(i), qPrintable(QString::number(i)));
    }
}

void tst_QmlMiddleware::anEventWhoseGetterEndsTheServer_data()
{
    QTest::addColumn<QString>("value");
    QTest::newRow("the same value") << u"1"_s;
    QTest::newRow("another value") << u"2"_s;
}

void tst_QmlMiddleware::anEventWhoseGetterEndsTheServer()
{
    QFETCH(QString, value);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"a getter or a handler for warnings has deleted"_s));
    start(u"(event, next) => {"
          " Object.defineProperty(event, 1, { get() { test.endServer(); return %1; } });"
          " next(); }"_s.arg(value),
          {1});
    QTRY_VERIFY(!m_server);
    QVERIFY(m_received.isEmpty());
}

void tst_QmlMiddleware::anErrorWhoseGetterThrows_data()
{
    QTest::addColumn<QString>("error");
    QTest::addColumn<QString>("warning");
    QTest::newRow("in its data") << u"{ message: 'no', data: { get x() { throw 'bad'; } } }"_s
                                 << u"in the data of an error, reading value.x threw bad"_s;
    QTest::newRow("for its data") << u"{ message: 'no', get data() { throw 'bad'; } }"_s
                                  << u"The data of an error is not sent: reading it threw bad"_s;
}

// The event is refused all the same.
void tst_QmlMiddleware::anErrorWhoseGetterThrows()
{
    QFETCH(QString, error);
    QFETCH(QString, warning);
    const auto place = u"^file:///middleware\\.qml:\\d+.*"_s;
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(place + QRegularExpression::escape(warning)));
    start(u"(event, next) => next(event[0] === 'event' ? %1 : undefined)"_s.arg(error), {});
    QList<Error> errors;
    connect(m_socket, &Socket::errorOccurred, this,
            [&errors](const Error &refusal) { errors.append(refusal); });
    QTRY_COMPARE(errors.size(), 1);
    QCOMPARE(errors.first().message(), u"no"_s);
    QVERIFY(!errors.first().data().isValid());
    QVERIFY(m_received.isEmpty());
}

QTSOCKETIO_TEST(tst_QmlMiddleware)
#include "tst_qmlmiddleware.moc"
