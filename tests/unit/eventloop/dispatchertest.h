// SPDX-License-Identifier: MIT
#ifndef DISPATCHERTEST_H
#define DISPATCHERTEST_H

#include "support/testmain.h"

#include <EngineIo/EpollDispatcher>

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <ctime>

// Which dispatcher the cases run on: QTSOCKETIO_TEST_DISPATCHER is epoll (default), unix or glib.
namespace DispatcherTest {

inline QByteArray wanted()
{
    return qEnvironmentVariableIsSet("QTSOCKETIO_TEST_DISPATCHER")
        ? qgetenv("QTSOCKETIO_TEST_DISPATCHER")
        : QByteArray("epoll");
}

inline bool isEpoll()
{
    return QByteArray(QAbstractEventDispatcher::instance()->metaObject()->className())
        .contains("Epoll");
}

inline bool isGlib()
{
    return QByteArray(QAbstractEventDispatcher::instance()->metaObject()->className())
        .contains("Glib");
}

// For threads: the same kind as in the main thread.
inline void setDispatcher(QThread *thread)
{
    if (isEpoll())
        thread->setEventDispatcher(EngineIo::createEventDispatcher());
}

// Keeps the thread busy, without events.
inline void burn(int milliseconds)
{
    QElapsedTimer timer;
    timer.start();
    while (!timer.hasExpired(milliseconds)) { }
}

// Whether the loop, with nothing to do, turns without end or keeps the processor busy.
inline bool spins(QEventLoop::ProcessEventsFlags flags = QEventLoop::AllEvents)
{
    int turns = 0;
    QEventLoop loop;
    QObject::connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &loop,
                     [&] { ++turns; });
    QTimer::singleShot(100, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    const std::clock_t start = std::clock();
    loop.exec(flags);
    return turns > 20 || std::clock() - start > CLOCKS_PER_SEC / 100;
}

template<typename Test>
int run(int argc, char *argv[])
{
    if (wanted() == "epoll") {
#if defined(Q_OS_LINUX) && !defined(QTSOCKETIO_PORTABLE)
        if (!EngineIo::installEpollDispatcher())
            qFatal("The epoll dispatcher cannot be installed");
#else
        if (EngineIo::installEpollDispatcher())
            qFatal("The epoll dispatcher is for Linux alone");
#endif
    } else if (wanted() == "unix") {
        qputenv("QT_NO_GLIB", "1");
    }
    QCoreApplication app(argc, argv);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace DispatcherTest

#define DISPATCHER_TEST(Test) QTSOCKETIO_TEST_RUN(DispatcherTest::run<Test>)

#endif
