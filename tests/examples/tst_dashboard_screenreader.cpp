// SPDX-License-Identifier: MIT
// What a screen reader gets from the dashboard's window: asked for over AT-SPI, as Orca does.
#include <QtCore/qprocess.h>
#include <QtDBus/qdbusargument.h>
#include <QtDBus/qdbusconnection.h>
#include <QtDBus/qdbusmessage.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

class tst_Dashboard_ScreenReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void cleanup();
    void readsTheFigures();
    void tellsWhyThereIsNoConnection();

private:
    struct Place // of an object on the bus
    {
        QString service;
        QString path;
    };

    std::optional<quint16> serve(quint16 port = 0);
    void openWindow(quint16 port);
    static QDBusMessage call(const Place &place, const QString &interface, const QString &method,
                             const QVariantList &arguments = {});
    static QList<Place> childrenOf(const Place &place);
    static void read(const Place &place, QStringList *texts);
    // All that is in the window, as "role: name".
    static QStringList readWindow();
    static QString textOf(const QStringList &texts, const QString &beginning);

    QProcess m_server;
    QProcess m_window;
};

namespace {

constexpr int Patience = 60'000;
const QString BusName = u"accessibility"_s;
const QString Accessible = u"org.a11y.atspi.Accessible"_s;

void stop(QProcess *process)
{
    process->kill();
    process->waitForFinished();
}

} // namespace

void tst_Dashboard_ScreenReader::initTestCase()
{
    const QDBusMessage answer = QDBusConnection::sessionBus().call(QDBusMessage::createMethodCall(
        u"org.a11y.Bus"_s, u"/org/a11y/bus"_s, u"org.a11y.Bus"_s, u"GetAddress"_s));
    const QString address = answer.arguments().value(0).toString();
    if (answer.type() != QDBusMessage::ReplyMessage || address.isEmpty())
        QSKIP("This test needs a display, a session bus and AT-SPI: the packages xvfb, dbus and "
              "at-spi2-core.");
    QVERIFY(QDBusConnection::connectToBus(address, BusName).isConnected());
}

void tst_Dashboard_ScreenReader::cleanupTestCase()
{
    QDBusConnection::disconnectFromBus(BusName);
}

void tst_Dashboard_ScreenReader::cleanup()
{
    stop(&m_window);
    stop(&m_server);
}

std::optional<quint16> tst_Dashboard_ScreenReader::serve(quint16 port)
{
    m_server.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_server.start(QStringLiteral(DASHBOARD), {u"--serve"_s, u"--port"_s, QString::number(port)});
    while (m_server.canReadLine() || m_server.waitForReadyRead(Patience)) {
        const QByteArray line = m_server.readLine();
        if (line.startsWith("listening "))
            return line.mid(10).trimmed().toUShort();
    }
    return std::nullopt;
}

void tst_Dashboard_ScreenReader::openWindow(quint16 port)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    // As if a screen reader were running.
    environment.insert(u"QT_LINUX_ACCESSIBILITY_ALWAYS_ON"_s, u"1"_s);
    environment.insert(u"QT_QUICK_BACKEND"_s, u"software"_s);
    m_window.setProcessEnvironment(environment);
    m_window.setProcessChannelMode(QProcess::ForwardedChannels);
    m_window.start(QStringLiteral(DASHBOARD), {u"--connect"_s, u"http://127.0.0.1:%1"_s.arg(port)});
    QVERIFY(m_window.waitForStarted());
}

QDBusMessage tst_Dashboard_ScreenReader::call(const Place &place, const QString &interface,
                                              const QString &method, const QVariantList &arguments)
{
    QDBusMessage message =
        QDBusMessage::createMethodCall(place.service, place.path, interface, method);
    message.setArguments(arguments);
    return QDBusConnection(BusName).call(message);
}

QList<tst_Dashboard_ScreenReader::Place> tst_Dashboard_ScreenReader::childrenOf(const Place &place)
{
    QList<Place> children;
    const QVariant value = call(place, Accessible, u"GetChildren"_s).arguments().value(0);
    if (!value.canConvert<QDBusArgument>())
        return children; // it is gone
    const auto argument = value.value<QDBusArgument>();
    argument.beginArray();
    while (!argument.atEnd()) {
        QString service;
        QDBusObjectPath path;
        argument.beginStructure();
        argument >> service >> path;
        argument.endStructure();
        children.append({service, path.path()});
    }
    argument.endArray();
    return children;
}

void tst_Dashboard_ScreenReader::read(const Place &place, QStringList *texts)
{
    const QString role = call(place, Accessible, u"GetRoleName"_s).arguments().value(0).toString();
    const QVariant name =
        call(place, u"org.freedesktop.DBus.Properties"_s, u"Get"_s, {Accessible, u"Name"_s})
            .arguments()
            .value(0);
    texts->append(u"%1: %2"_s.arg(role, name.value<QDBusVariant>().variant().toString()));
    const QList<Place> children = childrenOf(place);
    for (const Place &child : children)
        read(child, texts);
}

QStringList tst_Dashboard_ScreenReader::readWindow()
{
    QStringList texts;
    read({u"org.a11y.atspi.Registry"_s, u"/org/a11y/atspi/accessible/root"_s}, &texts);
    return texts;
}

QString tst_Dashboard_ScreenReader::textOf(const QStringList &texts, const QString &beginning)
{
    const auto text = std::find_if(texts.cbegin(), texts.cend(),
                                   [&](const QString &each) { return each.startsWith(beginning); });
    return text == texts.cend() ? QString() : *text;
}

void tst_Dashboard_ScreenReader::readsTheFigures()
{
    const auto port = serve();
    QVERIFY(port);
    openWindow(*port);
    QStringList texts;
    QTRY_VERIFY_WITH_TIMEOUT(
        (texts = readWindow(), textOf(texts, u"panel: Processor, "_s).endsWith(u" %")), Patience);
    QTRY_VERIFY_WITH_TIMEOUT(
        (texts = readWindow(),
         !textOf(texts, u"row: "_s).isEmpty() && !textOf(texts, u"progress bar: "_s).isEmpty()),
        Patience);
    const QByteArray all = texts.join(u'\n').toUtf8();
    QVERIFY2(texts.contains(u"frame: QtSocketIo dashboard"_s), all.constData());
    QVERIFY2(texts.contains(u"heading: Dashboard"_s), all.constData());
    QVERIFY2(textOf(texts, u"label: Connection: "_s) != u"label: Connection: offline"_s,
             all.constData());
    QVERIFY2(textOf(texts, u"panel: Memory, "_s).endsWith(u" %"), all.constData());
    QVERIFY2(textOf(texts, u"panel: Network, "_s).contains(u"B/s"), all.constData());
    QVERIFY2(textOf(texts, u"chart: Processor in the last minute"_s) != QString(), all.constData());
    QVERIFY2(textOf(texts, u"progress bar: "_s).endsWith(u" percent"), all.constData());
    QVERIFY2(textOf(texts, u"row: "_s).contains(u" percent of a core, "_s), all.constData());
    // Nobody is told of a banner that is not there.
    QVERIFY2(textOf(texts, u"alert"_s).isEmpty(), all.constData());
    // And nothing that can be read has no name.
    for (const QString &text : std::as_const(texts))
        QVERIFY2(!text.endsWith(u": "), all.constData());
}

void tst_Dashboard_ScreenReader::tellsWhyThereIsNoConnection()
{
    const auto port = serve();
    QVERIFY(port);
    openWindow(*port);
    QTRY_VERIFY_WITH_TIMEOUT(!textOf(readWindow(), u"row: "_s).isEmpty(), Patience);
    stop(&m_server);
    QStringList texts;
    QTRY_VERIFY_WITH_TIMEOUT(
        (texts = readWindow(), textOf(texts, u"alert message: "_s).contains(u"Next attempt in")),
        Patience);
    const QByteArray all = texts.join(u'\n').toUtf8();
    QVERIFY2(textOf(texts, u"alert message: "_s).contains(u"127.0.0.1:%1"_s.arg(*port)),
             all.constData());
    QVERIFY2(textOf(texts, u"label: Latency"_s).isEmpty(), all.constData());
    QVERIFY2(texts.contains(u"label: Connection: offline"_s), all.constData());
    QVERIFY(serve(*port));
    QTRY_VERIFY_WITH_TIMEOUT(textOf(readWindow(), u"alert"_s).isEmpty(), Patience);
}

QTEST_GUILESS_MAIN(tst_Dashboard_ScreenReader)
#include "tst_dashboard_screenreader.moc"
