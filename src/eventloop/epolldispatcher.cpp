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

    At each turn of the event loop, Qt's own dispatchers for Linux ask the system about every
    descriptor that has a QSocketNotifier, so what one message costs grows with the number of
    connections that happen to be open. The dispatcher made here registers each descriptor once,
    with epoll, and hears only of those on which something has happened. Its timers are kept in
    a heap: starting, stopping and firing one costs about the same beside ten thousand others as
    it does alone.

    It behaves as Qt's own does in every other respect, and all of Qt's classes work on it
    unchanged. A program with many QTcpSocket or QWebSocket objects in a thread gains from it,
    whether or not they belong to this module.

    A server installs it at its start:

    \snippet threads.cpp dispatcher
*/

/*!
    \fn bool EngineIo::installEpollDispatcher()
    \since QtSocketIo 0.1

    Gives the calling thread, which must be the main thread, the dispatcher for many connections.
    Call it at the start of \c main(), before the QCoreApplication is created:

    \code
    int main(int argc, char *argv[])
    {
        EngineIo::installEpollDispatcher();
        QCoreApplication app(argc, argv);
        ...
    }
    \endcode

    Returns \c true when the thread has that dispatcher now. Returns \c false, and changes
    nothing, on platforms other than Linux, when the thread has another dispatcher already (a
    QCoreApplication has been created), and when the system has no descriptor left for it.

    \warning Not for a program with a GUI. QGuiApplication and QApplication need the dispatcher of
    their platform plugin, which also brings the events of the window system, and would get none
    of these. There, give the threads that own the sockets a dispatcher of their own, see
    createEventDispatcher().
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

    Returns a new event dispatcher for a thread that owns many sockets, or \c nullptr where the
    platform's own is the best there is (every platform but Linux) and when the system has no
    descriptor left for it. The caller owns the dispatcher until it is given to a thread that has
    not been started:

    \code
    auto *thread = new QThread(this);
    if (QAbstractEventDispatcher *dispatcher = EngineIo::createEventDispatcher())
        thread->setEventDispatcher(dispatcher);
    thread->start();
    \endcode

    May be called in any thread.
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
