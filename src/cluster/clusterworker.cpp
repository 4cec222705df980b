// SPDX-License-Identifier: MIT
#include <SocketIo/clusterworker.h>

#include "base/callout_p.h"
#include "cluster/clusterrouter_p.h"
#include "cluster/workeradapter_p.h"
#include "engineio/server/serveraccess_p.h"
#include "socketio/cluster/clusterlogging_p.h"

#include <SocketIo/server.h>

#include <EngineIo/Session>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <algorithm>

namespace SocketIo {

using namespace std::chrono_literals;
using detail::Descriptor;
using detail::Frame;
using detail::lcCluster;
using EngineIo::detail::CallOut;

namespace {

constexpr std::chrono::milliseconds DrainTick = 20ms;

} // namespace

class ClusterWorkerPrivate final : public detail::WorkerObserver
{
public:
    explicit ClusterWorkerPrivate(ClusterWorker *worker)
        : q(worker)
    {
    }

    void connectionReceived(Descriptor descriptor, const QByteArray &bytes) override;
    void workersChanged(const QList<quint32> &numbers) override { router->setWorkers(numbers); }
    void drainRequested(std::chrono::milliseconds timeout) override;
    void primaryLost() override;

    void tellLoad();
    void drain();
    void end();

    ClusterWorker *const q;
    QPointer<Server> server;
    std::shared_ptr<detail::WorkerLink> link;
    std::shared_ptr<detail::ClusterRouter> router;
    quint64 connections = 0; // that this worker has been given
    bool isDraining = false;
    QTimer drainTimer;
    QDeadlineTimer spread; // until then all sessions have been closed
    QDeadlineTimer deadline;
};

/*!
    \class SocketIo::ClusterWorker
    \inmodule QtSocketIo
    \since 0.1
    \brief One of several processes that serve the same port together (Socket.IO: \c setupWorker of
    \@socket.io/sticky and the adapter of \@socket.io/cluster-adapter).

    A ClusterPrimary starts the program several times. In such a process isWorker() returns \c true.
    There the program makes its server, with adapterFactory() as its adapter, and a ClusterWorker
    for it, in place of calling Server::listen():

    \snippet workers.cpp main

    The server gets the connections that the primary accepts. Broadcasts, rooms and the other
    operations mean the clients of all workers.

    With ServerOptions::connectionStateRecovery, the primary keeps sessions and the events that
    clients may miss. A client whose worker has ended, whether it crashed or was replaced, comes
    back to another worker as the same session, and gets what it has missed. All clients then get
    events in the same order, also those of the worker that emits: an event takes the way to the
    primary and back.

    When a worker is replaced, it \e drains: it gets no new clients and closes the connections of
    those it has, little by little, so that they connect to other workers. Then the worker closes
    its server and calls QCoreApplication::quit(). It does the same when its primary is gone.

    It is in the library \c{QtSocketIo::Cluster}, for Linux and other Unix systems.
*/

/*!
    \property SocketIo::ClusterWorker::draining
    \brief whether the worker is being replaced.
*/
/*!
    \fn void SocketIo::ClusterWorker::drained()
    The worker has no clients any more, or the time for that is over, and its server is closed.
    QCoreApplication::quit() is called next.
*/
/*!
    \fn void SocketIo::ClusterWorker::primaryLost()
    The primary is gone. The worker's server is closed next, and QCoreApplication::quit() called.
*/

/*!
    Returns whether a ClusterPrimary has started this process.
*/
bool ClusterWorker::isWorker()
{
    return detail::WorkerLink::isWorker();
}

/*!
    Returns a function for ServerOptions::adapter that joins the workers. In a process that is no
    worker it makes adapters for one server alone, as a server without this option has them.
*/
AdapterFactory ClusterWorker::adapterFactory()
{
    const std::shared_ptr<detail::WorkerLink> link = detail::WorkerLink::instance();
    if (!link)
        return {};
    return [link](Namespace *nsp) -> std::unique_ptr<Adapter> {
        return std::make_unique<detail::WorkerAdapter>(nsp, link);
    };
}

/*!
    Constructs the worker of this process, as child of \a parent, whose \a server gets the
    connections. The server must not have been started: neither has it listened, nor been given a
    connection. In a process that is no worker it does nothing, with a warning.
*/
ClusterWorker::ClusterWorker(Server *server, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<ClusterWorkerPrivate>(this))
{
    d->server = server;
    d->link = detail::WorkerLink::instance();
    if (!d->link) {
        qCWarning(lcCluster,
                  "A ClusterWorker has nothing to do in a process that no ClusterPrimary "
                  "has started: see ClusterWorker::isWorker()");
        return;
    }
    d->router = std::make_shared<detail::ClusterRouter>(d->link);
    EngineIo::detail::ServerAccess::setSessionRouter(server->engine(), d->router);
    connect(server->engine(), &EngineIo::Server::clientsCountChanged, this,
            [this] { d->tellLoad(); });
    d->drainTimer.setInterval(DrainTick);
    connect(&d->drainTimer, &QTimer::timeout, this, [this] { d->drain(); });
    d->link->setObserver(d.get());
    // When the application has done the rest of what it does at its start.
    QMetaObject::invokeMethod(
        this, [this] { d->link->send(Frame::Ready); }, Qt::QueuedConnection);
}

/*! Destroys the worker, which gets no connections any more. */
ClusterWorker::~ClusterWorker()
{
    if (d->link) {
        d->link->setObserver(nullptr);
        d->link->flush();
    }
}

/*!
    Returns the place of this worker among those that the primary keeps running, from 0. A worker
    that replaces another has the same.
*/
int ClusterWorker::slot() const
{
    return d->link ? d->link->slot() : 0;
}

bool ClusterWorker::isDraining() const
{
    return d->isDraining;
}

void ClusterWorkerPrivate::tellLoad()
{
    link->send(Frame::Load, qint32(server ? server->engine()->clientsCount() : 0), connections);
}

void ClusterWorkerPrivate::connectionReceived(Descriptor descriptor, const QByteArray &bytes)
{
    ++connections;
    if (server)
        server->engine()->handleSocketDescriptor(descriptor.release(), bytes);
}

void ClusterWorkerPrivate::drainRequested(std::chrono::milliseconds timeout)
{
    deadline.setRemainingTime(timeout);
    spread.setRemainingTime(timeout / 2); // the rest is for those that take their time
    drainTimer.start();
    if (!std::exchange(isDraining, true))
        Q_EMIT q->drainingChanged(true);
}

// Closes some of the sessions, so that not all clients connect anew at the same moment.
void ClusterWorkerPrivate::drain()
{
    const QList<EngineIo::Session *> sessions =
        server ? server->engine()->sessions() : QList<EngineIo::Session *>();
    if (sessions.isEmpty() || deadline.hasExpired()) {
        end();
        return;
    }
    const qint64 ticks = std::max<qint64>(1, spread.remainingTime() / DrainTick.count());
    const qint64 count = (sessions.size() + ticks - 1) / ticks;
    QList<QPointer<EngineIo::Session>> closing;
    for (EngineIo::Session *session :
         sessions.first(qsizetype(std::min(count, qint64(sessions.size())))))
        closing.append(session);
    CallOut out(q);
    for (const QPointer<EngineIo::Session> &session : std::as_const(closing)) {
        out.call([&] {
            if (session)
                session->close();
        });
    }
}

void ClusterWorkerPrivate::end()
{
    drainTimer.stop();
    CallOut out(q);
    out.call([this] {
        if (server)
            server->close();
    });
    out.call([this] { link->flush(); });
    out.emitSignal(&ClusterWorker::drained);
    QCoreApplication::quit();
}

void ClusterWorkerPrivate::primaryLost()
{
    qCWarning(lcCluster, "The primary of this worker is gone: the worker ends");
    CallOut out(q);
    out.emitSignal(&ClusterWorker::primaryLost);
    out.call([this] { end(); });
}

} // namespace SocketIo

#include "moc_clusterworker.cpp"
