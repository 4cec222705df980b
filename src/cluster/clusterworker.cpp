// SPDX-License-Identifier: MIT
#include <SocketIo/clusterworker.h>

#include "base/callapplication_p.h"
#include "base/callout_p.h"
#include "base/timelimits_p.h"
#include "cluster/workeradapter_p.h"
#include "cluster/workersessionrouter_p.h"
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

class ClusterWorkerPrivate final : public detail::WorkerLinkObserver
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
    std::shared_ptr<detail::WorkerSessionRouter> router;
    quint64 connections = 0; // that this worker has been given
    bool isDraining = false;
    QTimer drainTimer;
    QDeadlineTimer spread; // all sessions have been closed by then
    QDeadlineTimer deadline;
};

/*!
    \class SocketIo::ClusterWorker
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClusterWorker
    \since QtSocketIo 0.1
    \brief Connects the server of a worker process to its ClusterPrimary (Socket.IO: \c setupWorker
    of \@socket.io/sticky and the adapter of \@socket.io/cluster-adapter).

    A ClusterPrimary starts the program several times. In these processes, isWorker() returns
    \c true. The program then creates its server with adapterFactory() as its adapter, and creates a
    ClusterWorker for the server instead of calling Server::listen():

    \snippet workers.cpp main

    The server receives the connections that the primary accepts. Broadcasts, rooms and other
    operations apply to the clients of all workers.

    With ServerOptions::connectionStateRecovery, the primary stores sessions and the events that
    clients may miss. A client whose worker has crashed or was replaced resumes its session on
    another worker and receives the events that it has missed. All clients receive events in the
    same order, including the clients of the worker that emits them, because events are sent to the
    primary and back.

    When a worker is replaced, it \e drains: it receives no new clients and closes the connections
    of its clients, a few at a time, so that they connect to other workers. The worker then closes
    its server and calls QCoreApplication::quit(). If the primary has ended, the worker closes its
    server and quits as well.

    It is in the library \c{QtSocketIo::Cluster}, for Linux and other Unix systems.
*/

/*!
    \property SocketIo::ClusterWorker::draining
    \brief whether the worker has been asked to end.
*/
/*!
    \fn void SocketIo::ClusterWorker::drained()
    This signal is emitted when all clients have disconnected or ClusterPrimaryOptions::drainTimeout
    has elapsed, and the server has been closed. QCoreApplication::quit() is called next.
*/
/*!
    \fn void SocketIo::ClusterWorker::primaryLost()
    This signal is emitted when the primary has ended. The worker's server is closed next, and
    QCoreApplication::quit() is called.
*/

/*!
    Returns whether this process was started by a ClusterPrimary.
*/
bool ClusterWorker::isWorker()
{
    return detail::WorkerLink::isWorker();
}

/*!
    Returns a function for ServerOptions::adapter that joins the workers. In a process that is not a
    worker, it returns an empty function, so that the server uses the default adapter.
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
    Constructs the worker of this process with the given \a parent. \a server receives the
    connections; it must not have listened or received a connection before. In a process that is not
    a worker, the object does nothing, and a warning is logged. If the primary uses an incompatible
    version of this library, the worker logs an error and calls QCoreApplication::exit(1).
*/
ClusterWorker::ClusterWorker(Server *server, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<ClusterWorkerPrivate>(this))
{
    d->server = server;
    d->link = detail::WorkerLink::instance();
    if (isWorker() && !detail::WorkerLink::isUnderstood()) {
        qCCritical(lcCluster,
                   "This worker has another version of QtSocketIo than its primary, and ends: "
                   "restart the primary as well");
        QMetaObject::invokeMethod(
            this, [] { QCoreApplication::exit(1); }, Qt::QueuedConnection);
        return;
    }
    if (!d->link) {
        qCWarning(lcCluster,
                  "A ClusterWorker has nothing to do in a process that no ClusterPrimary "
                  "has started: see ClusterWorker::isWorker()");
        return;
    }
    d->router = std::make_shared<detail::WorkerSessionRouter>(d->link);
    EngineIo::detail::ServerAccess::setSessionRouter(server->engine(), d->router);
    connect(server->engine(), &EngineIo::Server::clientsCountChanged, this,
            [this] { d->tellLoad(); });
    d->drainTimer.setInterval(DrainTick);
    connect(&d->drainTimer, &QTimer::timeout, this, [this] { d->drain(); });
    d->link->setObserver(d.get());
    // Sent when the application has finished the rest of its start.
    QMetaObject::invokeMethod(
        this, [this] { d->link->send(Frame::Ready); }, Qt::QueuedConnection);
}

/*! Destroys the worker. Its server receives no further connections. */
ClusterWorker::~ClusterWorker()
{
    if (d->link) {
        d->link->setObserver(nullptr);
        d->link->flush();
    }
}

/*!
    Returns the index of this worker, starting at 0. A worker has the same index as the worker that
    it replaces.
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
    if (server && server->engine()->handleSocketDescriptor(descriptor.handle(), bytes))
        (void)descriptor.release();
    else
        link->refuse(std::move(descriptor), bytes);
}

void ClusterWorkerPrivate::drainRequested(std::chrono::milliseconds timeout)
{
    const std::chrono::milliseconds bounded = EngineIo::detail::timerTime(timeout);
    deadline.setRemainingTime(bounded);
    spread.setRemainingTime(bounded / 2); // the rest is for clients that take longer
    drainTimer.start();
    if (!std::exchange(isDraining, true))
        EngineIo::detail::callApplication([&] { Q_EMIT q->drainingChanged(true); });
}

// Closes some of the sessions, so that not all clients reconnect at the same moment.
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
