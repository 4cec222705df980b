// SPDX-License-Identifier: MIT
#include "contrast.h"

#include <QtCore/qdir.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qprocess.h>
#include <QtCore/qregularexpression.h>
#include <QtGui/qaccessible.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkreply.h>
#include <QtQml/qqmlapplicationengine.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQuick/qquickitem.h>
#include <QtQuick/qquickwindow.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;

// The dashboard's server in a process of its own; it comes back on the port it had.
class DashboardServer
{
public:
    ~DashboardServer() { stop(); }
    bool start()
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral(DASHBOARD),
                        {u"--serve"_s, u"--port"_s, QString::number(m_port)});
        while (m_process.waitForReadyRead(20000)) {
            while (m_process.canReadLine()) {
                const QByteArray line = m_process.readLine();
                if (line.startsWith("listening ")) {
                    m_port = line.mid(10).trimmed().toUShort();
                    return m_port != 0;
                }
            }
        }
        return false;
    }
    void stop()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(m_port)); }

private:
    QProcess m_process;
    quint16 m_port = 0;
};

class tst_Dashboard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void showsLiveValues();
    void chartsMove();
    void comesBackWithTheServer();
    void aLateWindowHasTheHistory();
    void fitsWindowsOfAllSizes_data();
    void fitsWindowsOfAllSizes();
    void saysWhyItIsOffline();
    void isDark();
    void textsCanBeRead_data();
    void textsCanBeRead();
    void graphicsCanBeSeen_data();
    void graphicsCanBeSeen();
    void saysThatItCannotServe();
    void hasNamesForScreenReaders();
    void servesAPageForBrowsers_data();
    void servesAPageForBrowsers();

private:
    bool openWindow(const QString &theme = u"light"_s, const QString &problem = {});
    // A line that one sees, for pictures.
    bool hasCharts() const
    {
        const auto line = item(u"cpu chart"_s)->property("lineColor").value<QColor>();
        return countPixels(picture(u"cpu chart"_s), line) > 60;
    }
    void takePicture(const QString &name) const;
    QQuickItem *item(const QString &name) const { return window->findChild<QQuickItem *>(name); }
    QString text(const QString &name) const { return item(name)->property("text").toString(); }
    QImage picture(const QString &name) const
    {
        const QQuickItem *part = item(name);
        const QRectF place = part->mapRectToScene(part->boundingRect());
        return window->grabWindow().copy(place.toRect());
    }
    static QList<QQuickItem *> textsOf(const QQuickItem *item);
    static int countPixels(const QImage &image, const QColor &color);

    DashboardServer server;
    std::unique_ptr<QQmlApplicationEngine> engine;
    QQuickWindow *window = nullptr;
};

namespace {

const QColor LineColor(0x17, 0x93, 0x5f);
constexpr int Patience = 20000;

} // namespace

int tst_Dashboard::countPixels(const QImage &image, const QColor &color)
{
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            count += image.pixelColor(x, y) == color;
    }
    return count;
}

bool tst_Dashboard::openWindow(const QString &theme, const QString &problem)
{
    engine = std::make_unique<QQmlApplicationEngine>();
    engine->addImportPath(QStringLiteral(QML_IMPORTS));
    engine->setInitialProperties(
        {{u"url"_s, server.url()}, {u"theme"_s, theme}, {u"problem"_s, problem}});
    engine->load(QUrl(u"qrc:/qt/qml/Dashboard/Main.qml"_s));
    window = engine->rootObjects().isEmpty()
        ? nullptr
        : qobject_cast<QQuickWindow *>(engine->rootObjects().constFirst());
    return window && QTest::qWaitForWindowExposed(window);
}

void tst_Dashboard::init()
{
    // An error in the QML fails the test.
    QTest::failOnWarning(QRegularExpression(u"^qrc:"_s));
    QVERIFY(server.start());
    QVERIFY(openWindow());
}

void tst_Dashboard::cleanup()
{
    engine.reset();
    server.stop();
}

void tst_Dashboard::showsLiveValues()
{
    QTRY_VERIFY_WITH_TIMEOUT(!item(u"banner"_s)->isVisible(), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(text(u"connection"_s), u"websocket"_s, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(text(u"latency"_s).endsWith(u" ms"), Patience);
    QTRY_VERIFY_WITH_TIMEOUT(text(u"Processor"_s).endsWith(u" %"), Patience);
    QVERIFY(text(u"Memory"_s).endsWith(u" %"));
    QVERIFY(text(u"Network"_s).contains(u"kB/s") || text(u"Network"_s).contains(u"MB/s"));
    QVERIFY(text(u"Network, note"_s).endsWith(u"B/s"));
    QTRY_VERIFY_WITH_TIMEOUT(item(u"cores"_s)->property("count").toInt() > 0, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(item(u"processes"_s)->property("count").toInt(), 8, Patience);
}

void tst_Dashboard::chartsMove()
{
    QTRY_VERIFY_WITH_TIMEOUT(countPixels(picture(u"cpu chart"_s), LineColor) > 10, Patience);
    const QImage before = picture(u"cpu chart"_s);
    QTRY_VERIFY_WITH_TIMEOUT(picture(u"cpu chart"_s) != before, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(countPixels(picture(u"cpu chart"_s), LineColor)
                                 > countPixels(before, LineColor) + 10,
                             Patience);
}

void tst_Dashboard::comesBackWithTheServer()
{
    QTRY_VERIFY_WITH_TIMEOUT(!item(u"banner"_s)->isVisible(), Patience);
    server.stop();
    QTRY_VERIFY_WITH_TIMEOUT(item(u"banner"_s)->isVisible(), Patience);
    QTRY_COMPARE(text(u"connection"_s), u"offline"_s);
    // The banner is really on the screen.
    QTRY_VERIFY_WITH_TIMEOUT(countPixels(picture(u"banner"_s), QColor(0xfd, 0xf0, 0xed)) > 1000,
                             Patience);
    QVERIFY(server.start());
    QTRY_VERIFY_WITH_TIMEOUT(!item(u"banner"_s)->isVisible(), Patience);
    const QImage before = picture(u"cpu chart"_s);
    QTRY_VERIFY_WITH_TIMEOUT(picture(u"cpu chart"_s) != before, Patience);
}

void tst_Dashboard::aLateWindowHasTheHistory()
{
    // A processor without work draws its line at the edge, where fewer of its pixels are seen.
    QTRY_VERIFY_WITH_TIMEOUT(countPixels(picture(u"cpu chart"_s), LineColor) > 60, 60000);
    engine.reset();
    QVERIFY(openWindow());
    // Much more than the one or two samples that can have come since.
    QTRY_VERIFY_WITH_TIMEOUT(countPixels(picture(u"cpu chart"_s), LineColor) > 60, 3000);
    QVERIFY(QDir().mkpath(QStringLiteral(SCREENSHOTS)));
    QVERIFY(window->grabWindow().save(QStringLiteral(SCREENSHOTS "/dashboard.png")));
}

// The visible ones.
QList<QQuickItem *> tst_Dashboard::textsOf(const QQuickItem *item)
{
    QList<QQuickItem *> result;
    const QList<QQuickItem *> children = item->childItems();
    for (QQuickItem *child : children) {
        if (!child->isVisible())
            continue;
        if (!child->property("text").toString().isEmpty())
            result.append(child);
        result += textsOf(child);
    }
    return result;
}

void tst_Dashboard::takePicture(const QString &name) const
{
    QVERIFY(QDir().mkpath(QStringLiteral(SCREENSHOTS)));
    QVERIFY(window->grabWindow().save(QStringLiteral(SCREENSHOTS "/%1.png").arg(name)));
}

void tst_Dashboard::fitsWindowsOfAllSizes_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<int>("columns");
    QTest::newRow("narrow") << QSize(360, 640) << 1;
    QTest::newRow("as it opens") << QSize(960, 640) << 3;
    QTest::newRow("full screen") << QSize(1920, 1080) << 3;
}

void tst_Dashboard::fitsWindowsOfAllSizes()
{
    QFETCH(QSize, size);
    QFETCH(int, columns);
    QTRY_VERIFY_WITH_TIMEOUT(item(u"processes"_s)->property("count").toInt() > 0, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(hasCharts(), 60000);
    window->resize(size);
    QTRY_COMPARE_WITH_TIMEOUT(item(u"cards"_s)->property("columns").toInt(), columns, Patience);
    const auto placeOf = [](const QQuickItem *part) {
        return part->mapRectToScene(part->boundingRect());
    };
    const QList<QQuickItem *> cards = item(u"cards"_s)->childItems();
    QCOMPARE(cards.size(), 5);
    // They use the width and do not overlap. What does not fit into a low window is scrolled to.
    QTRY_COMPARE_WITH_TIMEOUT(qRound(item(u"cards"_s)->width()),
                              size.width() - 2 * (columns == 1 ? 12 : 20), Patience);
    for (const QQuickItem *card : cards) {
        const QRectF place = placeOf(card);
        QVERIFY(place.left() >= 0 && place.right() <= size.width());
        QVERIFY(columns == 1 || place.bottom() <= qMax(size.height(), 640));
        for (const QQuickItem *other : cards)
            QVERIFY(card == other || !place.intersects(placeOf(other)));
    }
    // A chart grows with its window, and no text of the cards is wider than its card.
    QVERIFY(placeOf(item(u"cpu chart"_s)).width() > size.width() / columns - 100);
    for (const QQuickItem *card : cards) {
        const QList<QQuickItem *> texts = textsOf(card);
        for (const QQuickItem *each : texts) {
            const QString shown = each->property("text").toString();
            QVERIFY2(placeOf(card).contains(placeOf(each).center()), qPrintable(shown));
            QVERIFY2(placeOf(each).right() <= placeOf(card).right(), qPrintable(shown));
            QVERIFY2(each->property("contentWidth").toReal() <= each->width() + 1,
                     qPrintable(shown));
        }
    }
    takePicture(u"dashboard-%1"_s.arg(size.width()));
}

void tst_Dashboard::saysWhyItIsOffline()
{
    QTRY_VERIFY_WITH_TIMEOUT(!item(u"banner"_s)->isVisible(), Patience);
    QTRY_VERIFY_WITH_TIMEOUT(hasCharts(), 60000);
    server.stop();
    const QString address = u"127.0.0.1:%1"_s.arg(server.url().port());
    QTRY_VERIFY_WITH_TIMEOUT(text(u"banner text"_s).contains(address), Patience);
    QTRY_VERIFY_WITH_TIMEOUT(text(u"banner text"_s).contains(u"Next attempt in"_s), Patience);
    takePicture(u"dashboard-offline"_s);
}

void tst_Dashboard::isDark()
{
    engine.reset();
    QVERIFY(openWindow(u"dark"_s));
    QTRY_VERIFY_WITH_TIMEOUT(item(u"processes"_s)->property("count").toInt() > 0, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(window->grabWindow().pixelColor(2, 2).lightness() < 60, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(hasCharts(), 60000);
    takePicture(u"dashboard-dark"_s);
}

namespace {

// How many visible texts there are, and those whose contrast to what is behind them is too low.
int checkTexts(const QQuickItem *item, QColor behind, QStringList *faint)
{
    if (!item->isVisible() || qFuzzyIsNull(item->opacity()))
        return 0;
    const QColor color = item->property("color").value<QColor>();
    const QString text = item->property("text").toString();
    int count = 0;
    if (!text.isEmpty()) {
        ++count;
        const double ratio = contrast(color, behind);
        if (ratio < TextContrast || !qFuzzyCompare(item->opacity(), 1))
            faint->append(u"%1: %2"_s.arg(text).arg(ratio));
    } else if (item->inherits("QQuickRectangle")) {
        behind = color;
    }
    const QList<QQuickItem *> children = item->childItems();
    for (const QQuickItem *child : children)
        count += checkTexts(child, behind, faint);
    return count;
}

} // namespace

void tst_Dashboard::textsCanBeRead_data()
{
    QTest::addColumn<QString>("theme");
    QTest::newRow("light") << u"light"_s;
    QTest::newRow("dark") << u"dark"_s;
}

void tst_Dashboard::textsCanBeRead()
{
    QFETCH(QString, theme);
    engine.reset();
    QVERIFY(openWindow(theme));
    QTRY_VERIFY_WITH_TIMEOUT(item(u"processes"_s)->property("count").toInt() > 0, Patience);
    QStringList faint;
    QVERIFY(checkTexts(window->contentItem(), window->color(), &faint) > 20);
    QVERIFY2(faint.isEmpty(), qPrintable(faint.join(u'\n')));
    server.stop(); // the banner
    QTRY_VERIFY_WITH_TIMEOUT(text(u"banner text"_s).contains(u"Next attempt in"_s), Patience);
    QVERIFY(checkTexts(window->contentItem(), window->color(), &faint) > 20);
    QVERIFY2(faint.isEmpty(), qPrintable(faint.join(u'\n')));
}

void tst_Dashboard::graphicsCanBeSeen_data()
{
    textsCanBeRead_data();
}

// All colours of the theme but those of surfaces and texts are of graphics, new ones as well.
void tst_Dashboard::graphicsCanBeSeen()
{
    QFETCH(QString, theme);
    engine.reset();
    QVERIFY(openWindow(theme));
    QQmlComponent component(engine.get());
    component.setData("import QtQml\nQtObject { property QtObject theme: Theme }",
                      QUrl(u"qrc:/qt/qml/Dashboard/Colors.qml"_s));
    const std::unique_ptr<QObject> holder(component.create());
    QVERIFY2(holder, qPrintable(component.errorString()));
    const auto *colors = holder->property("theme").value<QObject *>();
    QVERIFY(colors);
    const auto color = [colors](const QString &name) {
        return colors->property(name.toLatin1().constData()).value<QColor>();
    };
    const QStringList surfaces = {u"window"_s, u"card"_s, u"grid"_s};
    const QStringList others =
        surfaces + QStringList{u"border"_s,  u"text"_s,          u"faintText"_s,
                               u"warning"_s, u"warningBorder"_s, u"warningText"_s};
    int count = 0;
    for (int i = 0; i < colors->metaObject()->propertyCount(); ++i) {
        const QMetaProperty property = colors->metaObject()->property(i);
        const QString name = QString::fromLatin1(property.name());
        if (property.metaType() != QMetaType::fromType<QColor>() || others.contains(name))
            continue;
        ++count;
        for (const QString &surface : surfaces) {
            const double ratio = contrast(color(name), color(surface));
            QVERIFY2(ratio >= GraphicContrast,
                     qPrintable(u"%1 on %2: %3"_s.arg(name, surface).arg(ratio)));
        }
    }
    QVERIFY(count >= 6);
}

void tst_Dashboard::saysThatItCannotServe()
{
    engine.reset();
    const QString problem = u"Port 3002 is taken."_s;
    QVERIFY(openWindow(u"light"_s, problem));
    QTRY_COMPARE_WITH_TIMEOUT(text(u"connection"_s), u"websocket"_s, Patience);
    QVERIFY(item(u"banner"_s)->isVisible());
    QCOMPARE(text(u"banner text"_s), problem);
    server.stop();
    QTRY_VERIFY_WITH_TIMEOUT(text(u"banner text"_s).contains(u"Next attempt in"_s), Patience);
    QVERIFY(text(u"banner text"_s).startsWith(problem));

    // The program itself: a second one shows what the first one sends.
    QVERIFY(server.start());
    QProcess second;
    second.start(QStringLiteral(DASHBOARD),
                 {u"--serve"_s, u"--port"_s, QString::number(server.url().port())});
    QVERIFY(second.waitForFinished(Patience));
    QCOMPARE(second.exitCode(), 1);
    const QByteArray said = second.readAllStandardError();
    QVERIFY2(said.contains(QByteArray::number(server.url().port())) && said.contains("--port"),
             said.constData());
}

void tst_Dashboard::hasNamesForScreenReaders()
{
    QTRY_VERIFY_WITH_TIMEOUT(text(u"Processor"_s).endsWith(u" %"), Patience);
    const auto nameOf = [](QObject *object) {
        QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(object);
        return interface ? interface->text(QAccessible::Name) : QString();
    };
    QTRY_VERIFY_WITH_TIMEOUT(
        nameOf(item(u"Processor"_s)->parentItem()).startsWith(u"Processor, "_s), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(nameOf(item(u"connection"_s)), u"Connection: websocket"_s, Patience);
    server.stop();
    QTRY_VERIFY_WITH_TIMEOUT(nameOf(item(u"banner"_s)).contains(u"Next attempt"_s), Patience);
}

void tst_Dashboard::servesAPageForBrowsers_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("part");
    QTest::newRow("page") << u"/"_s << "dashboard.js"_ba;
    QTest::newRow("style") << u"/dashboard.css"_s << "canvas"_ba;
    QTest::newRow("script") << u"/dashboard.js"_s << "history"_ba;
    QTest::newRow("client") << u"/socket.io/socket.io.min.js"_s << "Socket.IO"_ba;
}

void tst_Dashboard::servesAPageForBrowsers()
{
    QFETCH(QString, path);
    QFETCH(QByteArray, part);
    QNetworkAccessManager network;
    QUrl url = server.url();
    url.setPath(path);
    const std::unique_ptr<QNetworkReply> reply(network.get(QNetworkRequest(url)));
    QTRY_VERIFY_WITH_TIMEOUT(reply->isFinished(), Patience);
    QCOMPARE(reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), 200);
    QVERIFY(reply->readAll().contains(part));
}

int main(int argc, char *argv[])
{
    // Windows are grabbed: there need be no graphics card.
    qputenv("QT_QUICK_BACKEND", "software");
    QGuiApplication app(argc, argv);
    tst_Dashboard test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_dashboard.moc"
