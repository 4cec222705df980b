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
    \brief Lets several processes of a program serve one port together (Socket.IO: \c setupPrimary
    of
    \@socket.io/sticky and \@socket.io/cluster-adapter).

    In one process, the application's code runs in a single thread. A ClusterPrimary starts the
    program several more times, as workers, and gives each connection to one of them:

    \snippet workers.cpp main

    The primary accepts a connection and reads until it knows which worker it is for: the one that
    has the session named in the request or, for a new client, the one chosen by
    ClusterPrimaryOptions::balancing. The connection itself is handed over, so that what a client
    sends and receives does not pass through the primary. Requests on one connection may be for
    sessions of several workers, for example those of a proxy: workers pass such a connection on.

    A worker that ends is started again; its clients connect to other workers. restartWorkers()
    replaces all workers, one by one, for a new version of the program.

    Primary and workers are processes of one user on one machine and trust each other. When the
    primary ends, so do the workers.

    It is in the library \c{QtSocketIo::Cluster}, for Linux and other Unix systems.

    \sa ClusterWorker, {Several servers}
*/
/*!
    \enum SocketIo::ClusterPrimary::WorkerState
    \value Starting the process is being started
    \value Serving it serves clients
    \value Draining it is about to end, and gets no new clients
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
    \brief the index of the worker among those that are kept running, from 0. A worker has the index
    of the one that it replaces.
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
    \brief how many clients are connected to the worker.
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
    \a processId, has ended. If it was not asked to end, errorOccurred() gives the reason, and
    another worker is started in its place.
*/
/*!
    \fn void SocketIo::ClusterPrimary::workersRestarted()
    This signal is emitted when all workers have been replaced, after restartWorkers().
*/
/*!
    \fn void SocketIo::ClusterPrimary::errorOccurred(const SocketIo::Error &error)
    This signal is emitted when a worker has ended, could not be started, or could not be replaced,
    as \a error says.
*/
/*!
    \fn void SocketIo::ClusterPrimary::closed()
    This signal is emitted when all workers have ended, after close().
*/

/*!
    Constructs a primary with \a options and the given \a parent. It starts no workers before
    listen() is called.
*/
ClusterPrimary::ClusterPrimary(const ClusterPrimaryOptions &options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<ClusterPrimaryPrivate>(this, options))
{
}

/*! Destroys the primary. Workers that are still running are killed; see close(). */
ClusterPrimary::~ClusterPrimary() = default;

/*!
    Listens on \a port of \a address and starts the workers. Returns \c false if it cannot listen,
    as errorString() says. Clients wait until a worker is ready. If \a port is 0, the system chooses
    one.
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

/*! Returns the port that the primary listens on, or 0. */
quint16 ClusterPrimary::serverPort() const
{
    return d->port;
}

/*! Returns why the last call of listen() failed. */
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
    Replaces all workers, one by one: starts a new one and, when that is ready, lets the former one
    drain; see ClusterPrimaryOptions::drainTimeout. workersRestarted() is emitted at the end. If a
    new worker does not become ready, errorOccurred() is emitted, and the workers that have not been
    replaced keep running. That is also so if the program has come with a version of this library
    that the primary, which goes on running, cannot work with.
*/
void ClusterPrimary::restartWorkers()
{
    d->restartWorkers();
}

/*!
    Stops listening and lets all workers drain; closed() is emitted at the end.
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
    , m_router(options, workers)
    , m_incoming(options.requestTimeout, options.maxIncomingConnections,
                 [this](RoutedConnection connection) { m_router.route(std::move(connection)); })
{
    std::chrono::milliseconds interval = options.requestTimeout;
    if (options.responseTimeout > 0ms)
        interval = std::min(interval, options.responseTimeout);
    m_sweeper.setInterval(std::clamp<std::chrono::milliseconds>(interval / 8, 10ms, 1s));
    QObject::connect(&m_sweeper, &QTimer::timeout, q, [this] {
        m_router.sweep();
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
        [this](qintptr descriptor) { m_incoming.add(Descriptor(int(descriptor))); });
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
