// SPDX-License-Identifier: MIT
#include <SocketIo/Manager>

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qdir.h>
#include <QtCore/qregularexpression.h>
#include <QtGui/qguiapplication.h>
#include <QtQml/qqmlapplicationengine.h>
#include <QtQuick/qquickitem.h>
#include <QtQuick/qquickwindow.h>
#include <QtTest/qtest.h>

#include <memory>
#include <vector>

using namespace Qt::StringLiterals;
using namespace SocketIo;

// The panel with its simulated devices, and one of the test's own.
class tst_IotPanel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void showsItsDevices();
    void canBeDark();
    void aCommandIsConfirmed();
    void aDeviceThatDoesNotAnswerIsNamed();
    void aDeviceThatLeavesIsOffline();
    void aDeviceHasOneConnection();
    void strangersAreRefused();
    void nonsenseIsNotShown();
    void devicesThatAreAwayMakeRoom();
    void aPortThatIsTakenIsNamed();

private:
    QQuickItem *item(const QString &name) const { return find(window->contentItem(), name); }
    // Delegates are children of the view's items, not of its objects.
    static QQuickItem *find(QQuickItem *root, const QString &name)
    {
        if (root->objectName() == name)
            return root;
        const QList<QQuickItem *> children = root->childItems();
        for (QQuickItem *child : children) {
            if (QQuickItem *found = find(child, name))
                return found;
        }
        return nullptr;
    }
    QString stateOf(const QString &name) const
    {
        const QQuickItem *label = item(u"state of "_s + name);
        return label ? label->property("text").toString() : QString();
    }
    void click(const QString &name) const
    {
        const QQuickItem *part = item(name);
        const QPointF place = part->mapToScene({part->width() / 2, part->height() / 2});
        QTest::mouseClick(window, Qt::LeftButton, {}, place.toPoint());
    }
    void takePicture(const QString &name) const
    {
        QVERIFY(QDir().mkpath(QStringLiteral(SCREENSHOTS)));
        QVERIFY(window->grabWindow().save(QStringLiteral(SCREENSHOTS "/%1.png").arg(name)));
    }
    std::unique_ptr<ClientSocket> connectDevice(const QVariantMap &auth) const
    {
        const QObject *server = window->property("server").value<QObject *>();
        ClientOptions options;
        options.auth = auth;
        return std::unique_ptr<ClientSocket>(
            Manager::connectTo(server->property("url").toUrl(), options));
    }

    std::unique_ptr<QQmlApplicationEngine> engine;
    QQuickWindow *window = nullptr;
};

namespace {
constexpr int Patience = 30'000;
}

void tst_IotPanel::init()
{
    QTest::failOnWarning(QRegularExpression(u"^qrc:"_s));
    engine = std::make_unique<QQmlApplicationEngine>();
    engine->addImportPath(QStringLiteral(QML_IMPORTS));
    engine->setInitialProperties({{u"simulated"_s, 4}});
    engine->load(QUrl(u"qrc:/qt/qml/IotPanel/Main.qml"_s));
    QVERIFY(!engine->rootObjects().isEmpty());
    window = qobject_cast<QQuickWindow *>(engine->rootObjects().constFirst());
    QVERIFY(window && QTest::qWaitForWindowExposed(window));
    for (const auto &name : {u"Kitchen"_s, u"Garden"_s, u"Cellar"_s, u"Garage"_s})
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(name), u"Off"_s, Patience);
}

void tst_IotPanel::cleanup()
{
    engine.reset();
}

void tst_IotPanel::showsItsDevices()
{
    for (const auto &name : {u"Kitchen"_s, u"Garage"_s}) {
        // The image came as binary data and can be decoded.
        const QQuickItem *image = item(u"image of "_s + name);
        constexpr int Ready = 1;
        QTRY_COMPARE_WITH_TIMEOUT(image->property("status").toInt(), Ready, Patience);
        QCOMPARE(image->property("sourceSize").toSize(), QSize(16, 16));
        QTRY_VERIFY_WITH_TIMEOUT(
            item(u"temperature of "_s + name)->property("text").toString().endsWith(u"°C"),
            Patience);
    }
    const auto pictureOf = [this](const QString &name) {
        return item(u"image of "_s + name)->property("source").toString();
    };
    QVERIFY(pictureOf(u"Garden"_s) != pictureOf(u"Garage"_s));
    QVERIFY(item(u"summary"_s)->property("text").toString().startsWith(u"4 devices online"));
    takePicture(u"iotpanel"_s);
    window->resize(360, 520);
    QTRY_COMPARE_WITH_TIMEOUT(item(u"grid"_s)->property("columns").toInt(), 1, Patience);
    takePicture(u"iotpanel-narrow"_s);
}

void tst_IotPanel::canBeDark()
{
    QVERIFY(window->setProperty("theme", u"dark"_s));
    QTRY_VERIFY_WITH_TIMEOUT(window->grabWindow().pixelColor(2, 2).lightness() < 60, Patience);
    takePicture(u"iotpanel-dark"_s);
}

void tst_IotPanel::aCommandIsConfirmed()
{
    click(u"switch of Kitchen"_s);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(u"Kitchen"_s), u"On"_s, Patience);
    QCOMPARE(stateOf(u"Garden"_s), u"Off"_s);
    click(u"all off"_s);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(u"Kitchen"_s), u"Off"_s, Patience);
}

void tst_IotPanel::aDeviceThatDoesNotAnswerIsNamed()
{
    click(u"switch of Cellar"_s);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(u"Cellar"_s), u"No answer within 2 s"_s, Patience);
    QVERIFY(!item(u"switch of Cellar"_s)->property("checked").toBool());
    takePicture(u"iotpanel-silent"_s);
}

void tst_IotPanel::aDeviceThatLeavesIsOffline()
{
    auto device = connectDevice({{u"device"_s, u"Boiler"_s}});
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(u"Boiler"_s), u"Off"_s, Patience);
    device->close();
    QTRY_VERIFY_WITH_TIMEOUT(stateOf(u"Boiler"_s).startsWith(u"Offline since"_s), Patience);
    takePicture(u"iotpanel-offline"_s);
    device->open();
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(u"Boiler"_s), u"Off"_s, Patience);
}

void tst_IotPanel::strangersAreRefused()
{
    const auto stranger = connectDevice({});
    QTRY_COMPARE_WITH_TIMEOUT(stranger->lastError().message(),
                              u"auth.device has to be a name of at most 40 characters"_s, Patience);
}

void tst_IotPanel::aDeviceHasOneConnection()
{
    const auto device = connectDevice({{u"device"_s, u"Boiler"_s}});
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(u"Boiler"_s), u"Off"_s, Patience);
    const auto second = connectDevice({{u"device"_s, u"Boiler"_s}});
    QTRY_VERIFY_WITH_TIMEOUT(second->isConnected() && !device->isConnected(), Patience);
    QVERIFY(!device->isActive()); // or the two would take turns
    second->emitEvent(u"state"_s, true);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(u"Boiler"_s), u"On"_s, Patience);
}

void tst_IotPanel::nonsenseIsNotShown()
{
    const auto device = connectDevice({{u"device"_s, u"Boiler"_s}});
    device->emitEvent(u"temperature"_s, u"hot"_s);
    device->emitEvent(u"image"_s, QByteArray(100'001, 'x'));
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(u"Boiler"_s), u"Its image is larger than 100 kB"_s, Patience);
    QCOMPARE(item(u"temperature of Boiler"_s)->property("text").toString(), QString());
    QCOMPARE(item(u"image of Boiler"_s)->property("source").toString(), QString());
}

void tst_IotPanel::devicesThatAreAwayMakeRoom()
{
    const auto *model = window->property("devices").value<QAbstractItemModel *>();
    std::vector<std::unique_ptr<ClientSocket>> devices;
    for (int i = 0; i < 96; ++i)
        devices.push_back(connectDevice({{u"device"_s, u"device %1"_s.arg(i)}}));
    QTRY_COMPARE_WITH_TIMEOUT(model->rowCount(), 100, Patience);
    const auto refused = connectDevice({{u"device"_s, u"one too many"_s}});
    QTRY_COMPARE_WITH_TIMEOUT(refused->lastError().message(), u"100 devices are online already"_s,
                              Patience);
    const QString summary = item(u"summary"_s)->property("text").toString();
    QVERIFY2(summary.contains(u"\"one too many\" was not let in"_s), qPrintable(summary));
    takePicture(u"iotpanel-full"_s);
    devices.front()->close();
    QTRY_VERIFY_WITH_TIMEOUT(item(u"summary"_s)->property("text").toString().startsWith(u"99 "_s),
                             Patience);
    const auto next = connectDevice({{u"device"_s, u"the next one"_s}});
    QTRY_VERIFY_WITH_TIMEOUT(next->isConnected(), Patience);
    QCOMPARE(model->rowCount(), 100);
    QTRY_VERIFY_WITH_TIMEOUT(
        item(u"summary"_s)
            ->property("text")
            .toString()
            .endsWith(u"port %1."_s.arg(
                window->property("server").value<QObject *>()->property("port").toInt())),
        Patience);
}

void tst_IotPanel::aPortThatIsTakenIsNamed()
{
    const int port = window->property("server").value<QObject *>()->property("port").toInt();
    QQmlApplicationEngine second;
    second.addImportPath(QStringLiteral(QML_IMPORTS));
    second.setInitialProperties({{u"port"_s, port}});
    second.load(QUrl(u"qrc:/qt/qml/IotPanel/Main.qml"_s));
    QVERIFY(!second.rootObjects().isEmpty());
    const auto *other = qobject_cast<QQuickWindow *>(second.rootObjects().constFirst());
    QVERIFY(other);
    const QString summary = find(other->contentItem(), u"summary"_s)->property("text").toString();
    QVERIFY2(summary.contains(QString::number(port)), qPrintable(summary));
    QVERIFY2(summary.endsWith(u"Choose another --port."_s), qPrintable(summary));
    QVERIFY(!find(other->contentItem(), u"no devices"_s)->isVisible());
}

int main(int argc, char *argv[])
{
    qputenv("QT_QUICK_BACKEND", "software");
    qputenv("QT_QUICK_CONTROLS_STYLE", "Fusion");
    QGuiApplication app(argc, argv);
    tst_IotPanel test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_iotpanel.moc"
