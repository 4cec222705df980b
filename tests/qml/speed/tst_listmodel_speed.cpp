// SPDX-License-Identifier: MIT
#include <SocketIo/Server>

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtQml/qqmlengine.h>
#include <QtQuick/qquickitem.h>
#include <QtQuick/qquickview.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <ctime>
#include <memory>

using namespace Qt::StringLiterals;

namespace {

constexpr int Rows = 1000;
constexpr int UpdatesPerSecond = 10000;
constexpr int Updates = 3 * UpdatesPerSecond;
constexpr int CalmUpdatesPerSecond = 50;
constexpr int CalmUpdates = 5 * CalmUpdatesPerSecond;
constexpr double Frame = 1000.0 / 60; // ms

// Neighbours in time are far from each other in the list.
int rowOf(int update)
{
    return int(update * 7LL % Rows);
}

QVariantMap price(int row, int value)
{
    return {{u"symbol"_s, u"S%1"_s.arg(row)}, {u"value"_s, value}, {u"change"_s, value / 8.0}};
}

// A server that sends many updates a second, each as one event. It lives in a thread of its own.
class Feed : public QObject
{
public:
    quint16 listen()
    {
        m_io = new SocketIo::Server(this);
        connect(m_io, &SocketIo::Server::connected, this, [this] {
            QVariantList all;
            for (int row = 0; row < Rows; ++row)
                all.append(price(row, -1));
            m_io->emitEvent(u"all"_s, all);
        });
        return m_io->listen(QHostAddress::LocalHost) ? m_io->serverPort() : 0;
    }
    void start(int perSecond, int count)
    {
        m_perSecond = perSecond;
        m_count = count;
        m_sent = 0;
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.callOnTimeout(this, &Feed::send);
        m_timer.start(5);
        m_clock.start();
    }

private:
    void send()
    {
        const qint64 due = std::min<qint64>(m_clock.elapsed() * m_perSecond / 1000, m_count);
        for (; m_sent < due; ++m_sent)
            m_io->emitEvent(u"price"_s, price(rowOf(m_sent), m_sent));
        if (m_sent < m_count)
            return;
        m_timer.stop();
        m_timer.disconnect();
        m_io->emitEvent(u"end"_s);
    }

    SocketIo::Server *m_io = nullptr;
    QTimer m_timer{this};
    QElapsedTimer m_clock;
    int m_perSecond = 0;
    int m_count = 0;
    int m_sent = 0;
};

#ifdef Q_OS_UNIX
// What the calling thread has used of a processor, in milliseconds.
double threadTime()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}
#endif

// How long a thread lets a timer wait that wants to run each millisecond.
class Pauses : public QObject
{
public:
    Pauses()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.callOnTimeout(this, [this] {
            m_pauses.append(double(m_clock.nsecsElapsed()) / 1e6);
            m_clock.start();
        });
        m_timer.start(1);
        m_clock.start();
    }
    // In milliseconds: this share of the pauses is not longer.
    double quantile(double share) const
    {
        QList<double> sorted = m_pauses;
        std::sort(sorted.begin(), sorted.end());
        return sorted.value(qsizetype(double(sorted.size()) * share));
    }

private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    QList<double> m_pauses;
};

} // namespace

class tst_ListModel_Speed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void aViewFollowsTenThousandUpdatesASecond();
    void fiftyChangesASecondAreCheap();
    void aFrameIsAppliedInAQuarterOfItsTime();
    void aFrameOfUpdates();

private:
    void changeForAFrame();

    QThread m_thread;
    std::unique_ptr<Feed> m_feed;
    std::unique_ptr<QQuickView> m_view;
    QAbstractItemModel *m_model = nullptr;
    int m_update = 0;
};

void tst_ListModel_Speed::initTestCase()
{
    m_feed = std::make_unique<Feed>();
    m_feed->moveToThread(&m_thread);
    m_thread.start();
    quint16 port = 0;
    QMetaObject::invokeMethod(
        m_feed.get(), [this] { return m_feed->listen(); }, Qt::BlockingQueuedConnection, &port);
    QVERIFY(port != 0);

    m_view = std::make_unique<QQuickView>();
    m_view->engine()->addImportPath(QStringLiteral(QML_IMPORTS));
    m_view->setInitialProperties({{u"url"_s, u"http://127.0.0.1:%1"_s.arg(port)}});
    m_view->setResizeMode(QQuickView::SizeRootObjectToView);
    m_view->setSource(QUrl::fromLocalFile(QStringLiteral(SOURCE_FOLDER "/prices.qml")));
    QCOMPARE(m_view->status(), QQuickView::Ready);
    m_view->resize(400, 600);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    m_model = m_view->rootObject()->property("model").value<QAbstractItemModel *>();
    QVERIFY(m_model);
    QTRY_COMPARE(m_model->rowCount(), Rows);
}

void tst_ListModel_Speed::cleanupTestCase()
{
    m_view.reset();
    QMetaObject::invokeMethod(
        m_feed.get(), [this] { m_feed.reset(); }, Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

void tst_ListModel_Speed::aViewFollowsTenThousandUpdatesASecond()
{
    int frames = 0;
    const QObject counting; // ends before what is counted, also after a failure
    connect(m_view.get(), &QQuickView::frameSwapped, &counting, [&frames] { ++frames; });
    const Pauses pauses;
    QMetaObject::invokeMethod(m_feed.get(), [this] { m_feed->start(UpdatesPerSecond, Updates); });
    QTRY_VERIFY_WITH_TIMEOUT(m_view->rootObject()->property("ended").toBool(), 30000);
    qInfo("%d frames; 90 %% of the pauses within %.1f ms, 99 %% within %.1f ms", frames,
          pauses.quantile(0.9), pauses.quantile(0.99));
    QVERIFY(QMetaObject::invokeMethod(m_model, "flush"));
    // Each row has its last value.
    const int valueRole = m_model->roleNames().key("value");
    for (int update = Updates - Rows; update < Updates; ++update)
        QCOMPARE(m_model->index(rowOf(update), 0).data(valueRole).toInt(), update);
    QVERIFY2(frames > 60, qPrintable(QString::number(frames)));
    // Twice a frame's time: the machine may do something else, too.
    QVERIFY2(pauses.quantile(0.9) < 2 * Frame, qPrintable(QString::number(pauses.quantile(0.9))));
}

// 1,000 rows of which 50 a second change, in a view that is shown: below 5 % of a core for all that
// the window's thread does, from the connection to the pixels.
void tst_ListModel_Speed::fiftyChangesASecondAreCheap()
{
#ifdef Q_OS_UNIX
    QVERIFY(m_view->rootObject()->setProperty("ended", false));
    QCOMPARE(m_model->rowCount(), Rows);
    QElapsedTimer clock;
    clock.start();
    const double before = threadTime();
    QMetaObject::invokeMethod(m_feed.get(),
                              [this] { m_feed->start(CalmUpdatesPerSecond, CalmUpdates); });
    // Not QTRY_VERIFY, which would look every few milliseconds.
    const QMetaProperty ended = m_view->rootObject()->metaObject()->property(
        m_view->rootObject()->metaObject()->indexOfProperty("ended"));
    QSignalSpy spy(m_view->rootObject(), ended.notifySignal());
    QVERIFY(spy.wait(60000));
    const double share = (threadTime() - before) / double(clock.elapsed()) * 100;
    qInfo("%.2f %% of a core", share);
    QVERIFY2(share < 5, qPrintable(QString::number(share)));
    QVERIFY(QMetaObject::invokeMethod(m_model, "flush"));
    const int valueRole = m_model->roleNames().key("value");
    for (int update = 0; update < CalmUpdates; ++update)
        QCOMPARE(m_model->index(rowOf(update), 0).data(valueRole).toInt(), update);
#else
    QSKIP("The time of a thread is not known here.");
#endif
}

// Hands the model the updates that come in a frame, which it does not apply yet.
void tst_ListModel_Speed::changeForAFrame()
{
    for (int i = 0; i < int(UpdatesPerSecond * Frame / 1000); ++i, ++m_update) {
        QMetaObject::invokeMethod(m_view->rootObject(), "change",
                                  Q_ARG(QVariant, price(rowOf(m_update), m_update)));
    }
}

void tst_ListModel_Speed::aFrameIsAppliedInAQuarterOfItsTime()
{
    QList<double> times;
    while (times.size() < 51) {
        changeForAFrame();
        QElapsedTimer timer;
        timer.start();
        QMetaObject::invokeMethod(m_model, "flush");
        times.append(double(timer.nsecsElapsed()) / 1e6);
    }
    std::sort(times.begin(), times.end());
    const double median = times.at(times.size() / 2);
    qInfo("%.2f ms of the %.1f of a frame", median, Frame);
    QVERIFY2(median < Frame / 4, qPrintable(QString::number(median)));
}

void tst_ListModel_Speed::aFrameOfUpdates()
{
    QBENCHMARK
    {
        changeForAFrame();
        QMetaObject::invokeMethod(m_model, "flush");
    }
}

QTEST_MAIN(tst_ListModel_Speed)
#include "tst_listmodel_speed.moc"
