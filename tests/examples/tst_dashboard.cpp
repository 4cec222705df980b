// SPDX-License-Identifier: MIT
#include <QtCore/qdir.h>
#include <QtCore/qprocess.h>
#include <QtCore/qregularexpression.h>
#include <QtGui/qaccessible.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkreply.h>
#include <QtQml/qqmlapplicationengine.h>
#include <QtQuick/qquickitem.h>
#include <QtQuick/qquickwindow.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <cmath>
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
    void fitsNarrowWindows();
    void saysWhyItIsOffline();
    void isDark();
    void textsCanBeRead_data();
    void textsCanBeRead();
    void hasNamesForScreenReaders();
    void servesAPageForBrowsers_data();
    void servesAPageForBrowsers();

private:
    bool openWindow(const QString &theme = u"light"_s);
    void takePicture(const QString &name) const;
    QQuickItem *item(const QString &name) const { return window->findChild<QQuickItem *>(name); }
    QString text(const QString &name) const { return item(name)->property("text").toString(); }
    QImage picture(const QString &name) const
    {
        const QQuickItem *part = item(name);
        const QRectF place = part->mapRectToScene(part->boundingRect());
        return window->grabWindow().copy(place.toRect());
    }
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

bool tst_Dashboard::openWindow(const QString &theme)
{
    engine = std::make_unique<QQmlApplicationEngine>();
    engine->addImportPath(QStringLiteral(QML_IMPORTS));
    engine->setInitialProperties({{u"url"_s, server.url()}, {u"theme"_s, theme}});
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

void tst_Dashboard::takePicture(const QString &name) const
{
    QVERIFY(QDir().mkpath(QStringLiteral(SCREENSHOTS)));
    QVERIFY(window->grabWindow().save(QStringLiteral(SCREENSHOTS "/%1.png").arg(name)));
}

void tst_Dashboard::fitsNarrowWindows()
{
    QTRY_VERIFY_WITH_TIMEOUT(item(u"processes"_s)->property("count").toInt() > 0, Patience);
    QCOMPARE(item(u"cards"_s)->property("columns").toInt(), 3);
    window->resize(360, 640);
    QTRY_COMPARE_WITH_TIMEOUT(item(u"cards"_s)->property("columns").toInt(), 1, Patience);
    const auto cards = item(u"cards"_s)->childItems();
    QTRY_VERIFY_WITH_TIMEOUT(std::all_of(cards.cbegin(), cards.cend(),
                                         [](const QQuickItem *card) {
                                             const QRectF place =
                                                 card->mapRectToScene(card->boundingRect());
                                             return place.left() >= 0 && place.right() <= 360;
                                         }),
                             Patience);
    takePicture(u"dashboard-narrow"_s);
}

void tst_Dashboard::saysWhyItIsOffline()
{
    QTRY_VERIFY_WITH_TIMEOUT(!item(u"banner"_s)->isVisible(), Patience);
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
    takePicture(u"dashboard-dark"_s);
}

namespace {

// By WCAG 2.
double luminance(const QColor &color)
{
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
        + 0.0722 * linear(color.blueF());
}

// How many visible texts there are, and those whose contrast to what is behind them is below 4.5.
int checkTexts(const QQuickItem *item, QColor behind, QStringList *faint)
{
    if (!item->isVisible() || qFuzzyIsNull(item->opacity()))
        return 0;
    const QColor color = item->property("color").value<QColor>();
    const QString text = item->property("text").toString();
    int count = 0;
    if (!text.isEmpty()) {
        ++count;
        const double a = luminance(color);
        const double b = luminance(behind);
        const double contrast = (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
        if (contrast < 4.5 || !qFuzzyCompare(item->opacity(), 1))
            faint->append(u"%1: %2"_s.arg(text).arg(contrast));
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
