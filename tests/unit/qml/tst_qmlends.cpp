// SPDX-License-Identifier: MIT
// Elements that the application deletes, from C++ and at once.
#include "qmlclient.h"
#include "qmlserver.h"
#include "support/testmain.h"

#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlengine.h>
#include <QtTest/qtest.h>

#include <memory>

// Of the module's objects, which are linked in.
extern void qml_register_types_SocketIo();

using namespace Qt::StringLiterals;

class tst_QmlEnds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qml_register_types_SocketIo(); }
    void aServerThatLooksForSockets();

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

QTSOCKETIO_TEST(tst_QmlEnds)
#include "tst_qmlends.moc"
