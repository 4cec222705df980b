// SPDX-License-Identifier: MIT
#include "cluster/clusterprimary_p.h"

#include "base/callapplication_p.h"
#include "base/callout_p.h"
#include "socketio/cluster/clusterlogging_p.h"

#include <algorithm>
#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using EngineIo::detail::callApplication;
using namespace std::chrono_literals;
using detail::Descriptor;
using detail::Frame;
using detail::lcCluster;
using detail::RoutedConnection;
using detail::WorkerProcess;
using EngineIo::detail::Acceptor;
using EngineIo::detail::CallOut;

/*!
    \class SocketIo::ClusterPrimary
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClusterPrimary
    \since QtSocketIo 0.1
    \brief Distributes the connections of one port to several processes of a program (Socket.IO:
    \c setupPrimary of \@socket.io/sticky and \@socket.io/cluster-adapter).

    In one process, the application's code runs in a single thread. A ClusterPrimary starts
    additional processes of the program, called workers, and passes each connection to one of them:

    \snippet workers.cpp main

    The primary accepts a connection and reads from it until it can determine the worker: the one
    that has the session of the request or, for a new client, the one selected by
    ClusterPrimaryOptions::balancing. The connection itself is then passed to the worker, so that
    data does not pass through the primary. A connection can carry requests for sessions of several
    workers, for example if it comes from a proxy; the workers then pass it on to each other.

    A worker that ends is started again; meanwhile, its clients connect to other workers.
    restartWorkers() replaces all workers, one by one, for example with a new version of the
    program.

    The primary and the workers are processes of the same user on the same machine and trust each
    other. When the primary ends, the workers end as well.

    It is in the library \c{QtSocketIo::Cluster}, for Linux and other Unix systems.

    \sa ClusterWorker, {Several servers}
*/
/*!
    \enum SocketIo::ClusterPrimary::WorkerState
    \value Starting the worker's process is being started
    \value Serving the worker is serving clients
    \value Draining the worker is about to end and receives no new clients
*/
/*!
    \class SocketIo::ClusterPrimary::Worker
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClusterPrimary
    \since QtSocketIo 0.1
    \brief Describes a worker.

    Declared in \c{<SocketIo/ClusterPrimary>}.

    To show the workers:

    \snippet workers.cpp workers
*/
/*!
    \variable SocketIo::ClusterPrimary::Worker::slot
    \brief the index of the worker, starting at 0. A worker has the same index as the worker that it
    replaces.
*/
/*!
    \variable SocketIo::ClusterPrimary::Worker::processId
    \brief the id of the worker's process.
*/
/*!
    \variable SocketIo::ClusterPrimary::Worker::state
    \brief the state of the worker.
*/
/*!
    \variable SocketIo::ClusterPrimary::Worker::sessions
    \brief the number of clients that are connected to the worker.
*/

/*!
    \property SocketIo::ClusterPrimary::listening
    \brief whether the primary accepts connections.
*/
/*!
    \fn void SocketIo::ClusterPrimary::workerReady(int slot, qint64 processId)
    This signal is emitted when the worker with the index \a slot, a process with the id
    \a processId, is ready to serve clients.
*/
/*!
    \fn void SocketIo::ClusterPrimary::workerEnded(int slot, qint64 processId)
    This signal is emitted when the worker with the index \a slot, a process with the id
    \a processId, has ended. If it ended unexpectedly, errorOccurred() reports the reason, and
    another worker is started in its place.
*/
/*!
    \fn void SocketIo::ClusterPrimary::workersRestarted()
    This signal is emitted when all workers have been replaced, after restartWorkers().
*/
/*!
    \fn void SocketIo::ClusterPrimary::errorOccurred(const SocketIo::Error &error)
    This signal is emitted with an \a error when a worker has ended unexpectedly, could not be
    started, or could not be replaced.
*/
/*!
    \fn void SocketIo::ClusterPrimary::closed()
    This signal is emitted when all workers have ended, after close().
*/

/*!
    Constructs a primary with \a options and the given \a parent. Workers are started by listen().
*/
ClusterPrimary::ClusterPrimary(const ClusterPrimaryOptions &options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<ClusterPrimaryPrivate>(this, options))
{
}

/*! Destroys the primary. Workers that are still running are killed; see close(). */
ClusterPrimary::~ClusterPrimary() = default;

/*!
    Listens for connections on \a address and \a port and starts the workers. If \a port is 0, the
    system chooses a port. Returns \c true on success; otherwise returns \c false, and errorString()
    describes the error. Connections wait until a worker is ready.
*/
bool ClusterPrimary::listen(const QHostAddress &address, quint16 port)
{
    return d->listen(address, port);
}

bool ClusterPrimary::isListening() const
{
    return d->acceptor != nullptr;
}

/*! Returns the address that the primary listens on. */
QHostAddress ClusterPrimary::serverAddress() const
{
    return d->address;
}

/*! Returns the port that the primary listens on, or 0 if it is not listening. */
quint16 ClusterPrimary::serverPort() const
{
    return d->port;
}

/*! Returns a description of the error that the last call of listen() failed with. */
QString ClusterPrimary::errorString() const
{
    return d->error;
}

/*! Returns all workers, including those that are starting or draining. */
QList<ClusterPrimary::Worker> ClusterPrimary::workers() const
{
    QList<Worker> result;
    for (const std::unique_ptr<WorkerProcess> &worker : d->workers.workers())
        result.append({worker->slot(), worker->processId(), worker->state(), worker->sessions()});
    return result;
}

/*!
    Replaces all workers, one by one: starts a new worker and, when it is ready, drains the previous
    one; see ClusterPrimaryOptions::drainTimeout. workersRestarted() is emitted at the end. If a new
    worker does not become ready, errorOccurred() is emitted and the workers that have not been
    replaced keep running. This also happens if the new version of the program uses a version of
    this library that is incompatible with the running primary.
*/
void ClusterPrimary::restartWorkers()
{
    d->restartWorkers();
}

/*!
    Stops listening and drains all workers. closed() is emitted when all of them have ended.
*/
void ClusterPrimary::close()
{
    d->close();
}

ClusterPrimaryPrivate::ClusterPrimaryPrivate(ClusterPrimary *primary,
                                             const ClusterPrimaryOptions &options)
    : q(primary)
    , workers(options, this)
    , m_messages(options, workers)
    , m_timers(primary)
    , m_router(options, workers, m_timers)
    , m_incoming(options.requestTimeout, options.maxIncomingConnections, m_timers,
                 [this](RoutedConnection connection) { m_router.route(std::move(connection)); })
{
    const auto interval = options.responseTimeout > 0ms ? options.responseTimeout / 8 : 1s;
    m_sweeper.setInterval(std::clamp<std::chrono::milliseconds>(interval, 10ms, 1s));
    QObject::connect(&m_sweeper, &QTimer::timeout, q, [this] {
        m_messages.sweep();
        workers.check();
    });
}

bool ClusterPrimaryPrivate::listen(const QHostAddress &wantedAddress, quint16 wantedPort)
{
    if (acceptor || workers.isEnding()) {
        error = u"The primary listens already, or is closing"_s;
        return false;
    }
    auto made = std::make_unique<Acceptor>(
        [this](Descriptor descriptor) { m_incoming.add(std::move(descriptor)); });
    if (!made->start({wantedAddress, wantedPort}, &error))
        return false;
    acceptor = std::move(made);
    address = acceptor->serverAddress();
    port = acceptor->serverPort();
    m_sweeper.start();
    workers.start(m_messages.run());
    callApplication([&] { Q_EMIT q->listeningChanged(true); });
    return true;
}

void ClusterPrimaryPrivate::restartWorkers()
{
    if (acceptor)
        workers.replaceAll();
}

void ClusterPrimaryPrivate::close()
{
    if (workers.isEnding())
        return;
    const bool wasListening = acceptor != nullptr;
    acceptor.reset();
    port = 0;
    workers.endAll();
    CallOut out(q);
    if (wasListening)
        out.emitSignal(&ClusterPrimary::listeningChanged, false);
    out.call([this] { workers.endIfEmpty(); });
}

void ClusterPrimaryPrivate::frameReceived(WorkerProcess *worker, Frame frame,
                                          const QByteArray &bytes, Descriptor descriptor)
{
    if (frame == Frame::PassOn) {
        // Read again, so that it is handled like a new connection.
        if (descriptor.isValid())
            m_incoming.add(std::move(descriptor), bytes);
    } else if (!m_messages.frameReceived(worker, frame, bytes)) {
        EngineIo::detail::warnIfDue(
            lcCluster(), m_unknownWarnings.take(),
            QStringLiteral("A worker has sent a message of an unknown type: %1").arg(int(frame)));
    }
}

void ClusterPrimaryPrivate::workerReady(WorkerProcess *worker)
{
    m_router.routeWaiting();
    callApplication([&] { Q_EMIT q->workerReady(worker->slot(), worker->processId()); });
}

void ClusterPrimaryPrivate::workerLeft(const WorkerProcess &worker)
{
    m_messages.workerLeft(worker);
}

void ClusterPrimaryPrivate::workerEnded(const WorkerProcess &worker, const QString &text)
{
    CallOut out(q);
    if (!text.isEmpty()) {
        Error reason(Error::Type::Disconnected, text);
        reason.setHint(u"Check the output of the worker. It is started again."_s);
        out.emitSignal(&ClusterPrimary::errorOccurred, reason);
    }
    out.emitSignal(&ClusterPrimary::workerEnded, worker.slot(), worker.processId());
}

void ClusterPrimaryPrivate::workersReplaced()
{
    callApplication([&] { Q_EMIT q->workersRestarted(); });
}

void ClusterPrimaryPrivate::allWorkersEnded()
{
    callApplication([&] { Q_EMIT q->closed(); });
}

} // namespace SocketIo

#include "moc_clusterprimary.cpp"
