// SPDX-License-Identifier: MIT
#include <EngineIo/epolldispatcher.h>

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>

#if defined(Q_OS_LINUX) && !defined(Q_OS_ANDROID) && !defined(QTSOCKETIO_PORTABLE)
#include "eventloop/epolleventdispatcher_p.h"
#define ENGINEIO_HAS_EPOLL
#endif

namespace EngineIo {

/*!
    \headerfile <EngineIo/EpollDispatcher>
    \inmodule QtSocketIo
    \title Event dispatchers for many connections
    \since QtSocketIo 0.1
    \brief An event dispatcher whose cost does not grow with the number of open connections.

    In each iteration of the event loop, Qt's event dispatchers for Linux query the system for the
    state of each descriptor that has a QSocketNotifier, so that the cost of a message grows with
    the number of open connections. This dispatcher registers each descriptor once with epoll and is
    notified only of descriptors with activity. Timers are stored in a heap, so that the cost of
    starting, stopping and firing a timer hardly depends on the number of other timers.

    In all other respects, it behaves like Qt's own dispatchers and works with all Qt classes. Any
    program with many QTcpSocket or QWebSocket objects in a thread benefits from it, even if they do
    not belong to this module.

    It is installed at the start of a program:

    \snippet threads.cpp dispatcher
*/

/*!
    \fn bool EngineIo::installEpollDispatcher()
    \since QtSocketIo 0.1

    Installs the event dispatcher for many connections in the calling thread, which must be the main
    thread. Call this function at the beginning of \c main(), before the QCoreApplication is
    created:

    \code
    int main(int argc, char *argv[])
    {
        EngineIo::installEpollDispatcher();
        QCoreApplication app(argc, argv);
        ...
    }
    \endcode

    Returns \c true if the dispatcher is installed. Returns \c false, without changing anything, on
    platforms other than Linux, if the thread already has another dispatcher because a
    QCoreApplication has been created, or if the system has no descriptors left.

    \warning Do not call this function in a program with a GUI. QGuiApplication and QApplication
    require the dispatcher of their platform plugin, which also delivers the events of the window
    system. In such programs, use createEventDispatcher() for the threads that own the sockets.
*/
bool installEpollDispatcher()
{
#ifdef ENGINEIO_HAS_EPOLL
    if (QAbstractEventDispatcher *present = QAbstractEventDispatcher::instance())
        return qobject_cast<detail::EpollEventDispatcher *>(present) != nullptr;
    if (QCoreApplication::instance())
        return false;
    QAbstractEventDispatcher *dispatcher = createEventDispatcher();
    if (!dispatcher)
        return false;
    QCoreApplication::setEventDispatcher(dispatcher);
    return true;
#else
    return false;
#endif
}

/*!
    \fn QAbstractEventDispatcher *EngineIo::createEventDispatcher()
    \since QtSocketIo 0.1

    Returns a new event dispatcher for a thread that owns many sockets, or \c nullptr on platforms
    other than Linux, where the platform's own dispatcher should be used, or if the system has no
    descriptors left. The caller owns the dispatcher until it is passed to a thread that has not
    been started:

    \code
    auto *thread = new QThread(this);
    if (QAbstractEventDispatcher *dispatcher = EngineIo::createEventDispatcher())
        thread->setEventDispatcher(dispatcher);
    thread->start();
    \endcode

    This function is thread-safe.
*/
QAbstractEventDispatcher *createEventDispatcher()
{
#ifdef ENGINEIO_HAS_EPOLL
    return detail::EpollEventDispatcher::create();
#else
    return nullptr;
#endif
}

} // namespace EngineIo
