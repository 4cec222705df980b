// SPDX-License-Identifier: MIT
#include "base/callout_p.h"
#include "cluster/clusterprimary_p.h"
#include "socketio/cluster/clusterlogging_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcryptographichash.h>
#include <QtCore/qrandom.h>
#include <QtCore/qthread.h>

#include <algorithm>
#include <utility>

#include <sys/socket.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using detail::Delivery;
using detail::Descriptor;
using detail::Frame;
using detail::IncomingConnections;
using detail::KeptSession;
using detail::lcCluster;
using detail::RoutedConnection;
using detail::SessionStore;
using EngineIo::detail::Acceptor;
using EngineIo::detail::CallOut;

namespace {

// A worker that has served for so long did not fail because it cannot start.
constexpr std::chrono::milliseconds StableAge = 10s;
constexpr std::chrono::milliseconds SweepInterval = 1s;
constexpr int MaxDoublings = 16;

} // namespace

ClusterPrimaryPrivate::ClusterPrimaryPrivate(ClusterPrimary *primary,
                                             const ClusterPrimaryOptions &primaryOptions)
    : q(primary)
    , options(primaryOptions)
    // Now, as its file may be replaced while it runs.
    , program(options.program.isEmpty() ? QCoreApplication::applicationFilePath() : options.program)
    , arguments(options.program.isEmpty() ? QCoreApplication::arguments().mid(1)
                                          : options.arguments)
    , incoming(options.requestTimeout, options.maxIncomingConnections,
               [this](RoutedConnection connection) { route(std::move(connection)); })
    , store(options.maxSessions, options.maxLogSize)
{
    clock.start();
    std::chrono::milliseconds interval = options.requestTimeout;
    if (options.responseTimeout > 0ms)
        interval = std::min(interval, options.responseTimeout);
    sweeper.setInterval(std::clamp<std::chrono::milliseconds>(interval / 8, 10ms, SweepInterval));
    QObject::connect(&sweeper, &QTimer::timeout, q, [this] { sweep(); });
}

ClusterPrimaryPrivate::~ClusterPrimaryPrivate() = default;

bool ClusterPrimaryPrivate::listen(const QHostAddress &wantedAddress, quint16 wantedPort)
{
    if (acceptor || isClosing) {
        error = u"The primary listens already, or is closing"_s;
        return false;
    }
    auto made = std::make_unique<Acceptor>(
        [this](qintptr descriptor) { incoming.add(Descriptor(int(descriptor))); });
    if (!made->start({wantedAddress, wantedPort}, &error))
        return false;
    acceptor = std::move(made);
    address = acceptor->serverAddress();
    port = acceptor->serverPort();
    sweeper.start();
    const int count = options.workerCount > 0 ? options.workerCount : QThread::idealThreadCount();
    for (int i = 0; i < count; ++i) {
        places.push_back(std::make_unique<Slot>());
        places.back()->restart.setSingleShot(true);
        QObject::connect(&places.back()->restart, &QTimer::timeout, q,
                         [this, i] { startWorker(i); });
        startWorker(i);
    }
    Q_EMIT q->listeningChanged(true);
    return true;
}

void ClusterPrimaryPrivate::close()
{
    if (std::exchange(isClosing, true))
        return;
    const bool wasListening = acceptor != nullptr;
    acceptor.reset();
    port = 0;
    toRestart.clear();
    isRestarting = false;
    for (const std::unique_ptr<Slot> &place : places)
        place->restart.stop();
    for (const std::unique_ptr<Worker> &worker : workers)
        worker->drain(options.drainTimeout);
    const bool isEmpty = workers.empty();
    CallOut out(q);
    if (wasListening)
        out.emitSignal(&ClusterPrimary::listeningChanged, false);
    if (isEmpty) {
        out.call([this] { isClosing = false; });
        out.emitSignal(&ClusterPrimary::closed);
    }
}

// Workers

void ClusterPrimaryPrivate::startWorker(int slot)
{
    Slot &place = *places[size_t(slot)];
    auto worker = std::make_unique<Worker>(++lastNumber, slot, this);
    (place.current ? place.next : place.current) = worker.get();
    Worker *const started = worker.get();
    workers.push_back(std::move(worker));
    started->start(options, program, arguments, store.run());
}

void ClusterPrimaryPrivate::workerReady(Worker *worker)
{
    Slot &place = *places[size_t(worker->slot())];
    if (isClosing) {
        worker->drain(options.drainTimeout);
        return;
    }
    tellWorkers();
    giveWaiting();
    CallOut out(q);
    if (place.next == worker)
        drainFormer(&place);
    out.emitSignal(&ClusterPrimary::workerReady, worker->slot(), worker->processId());
}

void ClusterPrimaryPrivate::drainFormer(Slot *slot)
{
    Worker *const former = std::exchange(slot->current, std::exchange(slot->next, nullptr));
    former->drain(options.drainTimeout);
}

void ClusterPrimaryPrivate::tellWorkers()
{
    QList<quint32> numbers;
    for (const std::unique_ptr<Worker> &worker : workers)
        numbers.append(worker->number());
    for (const std::unique_ptr<Worker> &worker : workers)
        worker->send(Frame::Workers, numbers);
}

void ClusterPrimaryPrivate::workerEnded(Worker *ended, const QString &reason)
{
    const auto found = std::find_if(
        workers.begin(), workers.end(),
        [ended](const std::unique_ptr<Worker> &worker) { return worker.get() == ended; });
    if (found == workers.end())
        return;
    const std::unique_ptr<Worker> gone = std::move(*found);
    workers.erase(found);
    const int slot = gone->slot();
    const bool wasAsked = gone->state() == State::Draining;
    store.workerEnded(gone->number(), now());
    forgetAdapters(gone.get());
    tellWorkers();

    Slot &place = *places[size_t(slot)];
    const bool wasNext = place.next == gone.get();
    if (wasNext) {
        place.next = nullptr;
        failRestart(reason);
    } else if (place.current == gone.get()) {
        place.current = std::exchange(place.next, nullptr); // it starts, and goes on
        if (!isClosing && !place.current) {
            place.failures = gone->age() < StableAge ? place.failures + 1 : 1;
            const auto delay = std::min<std::chrono::milliseconds>(
                options.restartDelay * (1LL << std::min(place.failures - 1, MaxDoublings)),
                options.restartDelayMax);
            place.restart.start(delay);
        }
    }
    const bool isLast = isClosing && workers.empty();
    if (isLast)
        isClosing = false;
    const QString text =
        u"the worker in the place %1 has ended: %2"_s.arg(QString::number(slot), reason);
    CallOut out(q);
    if (!wasAsked) {
        qCWarning(lcCluster).noquote() << text;
        out.emitSignal(&ClusterPrimary::errorOccurred, Error(Error::Type::Disconnected, text));
    }
    out.emitSignal(&ClusterPrimary::workerEnded, slot, gone->processId());
    if (isLast)
        out.emitSignal(&ClusterPrimary::closed);
    else if (wasAsked)
        out.call([this] { restartNext(); });
}

void ClusterPrimaryPrivate::forgetAdapters(Worker *worker)
{
    for (auto it = worker->adapters.cbegin(); it != worker->adapters.cend(); ++it) {
        const QByteArray leaves = detail::toFrame(
            it.value(), quint64(0),
            detail::messageToBytes({it.key(), it.value(), ClusterMessage::Type::AdapterClose, {}}));
        for (const std::unique_ptr<Worker> &other : workers)
            other->sendBytes(Frame::Message, leaves);
    }
}

void ClusterPrimaryPrivate::restartWorkers()
{
    if (!acceptor || isRestarting)
        return;
    isRestarting = true;
    for (int i = 0; i < int(places.size()); ++i)
        toRestart.push_back(i);
    restartNext();
}

void ClusterPrimaryPrivate::restartNext()
{
    if (!isRestarting)
        return;
    for (const std::unique_ptr<Worker> &worker : workers) {
        if (worker->state() == State::Draining)
            return; // one after the other
    }
    if (toRestart.empty()) {
        isRestarting = false;
        Q_EMIT q->workersRestarted();
        return;
    }
    const int slot = toRestart.front();
    toRestart.pop_front();
    startWorker(slot);
}

void ClusterPrimaryPrivate::failRestart(const QString &reason)
{
    if (!std::exchange(isRestarting, false))
        return;
    toRestart.clear();
    qCWarning(lcCluster).noquote()
        << "not all workers are replaced: the new one does not become ready," << reason;
}

// Connections

void ClusterPrimaryPrivate::route(RoutedConnection connection)
{
    Worker *worker = nullptr;
    auto client = Worker::Client::Known;
    if (const auto number = detail::fromPrefix(connection.sessionId))
        worker = find(*number);
    if (!worker) {
        worker = pick(connection);
        client = Worker::Client::New;
    }
    if (worker) {
        worker->give(std::move(connection.descriptor), connection.bytes, client);
        return;
    }
    if (options.maxIncomingConnections > 0
        && waiting.size() >= size_t(options.maxIncomingConnections)) {
        IncomingConnections::refuse(std::move(waiting.front().connection.descriptor),
                                    "503 Service Unavailable");
        waiting.pop_front();
    }
    waiting.push_back({std::move(connection), now()});
}

ClusterPrimaryPrivate::Worker *ClusterPrimaryPrivate::find(quint32 number) const
{
    for (const std::unique_ptr<Worker> &worker : workers) {
        if (worker->number() == number && worker->state() != State::Starting)
            return worker.get();
    }
    return nullptr;
}

ClusterPrimaryPrivate::Worker *ClusterPrimaryPrivate::pick(const RoutedConnection &connection)
{
    if (connection.isEncrypted)
        return pickByAddress(connection.descriptor.number());
    std::vector<Worker *> serving;
    for (const std::unique_ptr<Worker> &worker : workers) {
        if (worker->state() == State::Serving)
            serving.push_back(worker.get());
    }
    if (serving.empty())
        return nullptr;
    using Balancing = ClusterPrimaryOptions::Balancing;
    switch (options.balancing) {
    case Balancing::RoundRobin:
        return serving[turn++ % serving.size()];
    case Balancing::Random:
        return serving[QRandomGenerator::global()->bounded(quint32(serving.size()))];
    case Balancing::LeastConnections:
        break;
    }
    return *std::min_element(serving.begin(), serving.end(), [](const Worker *a, const Worker *b) {
        return a->load() < b->load();
    });
}

// All connections of a client go to the same place, as long as that is served, and when a place is
// not, only its own clients go elsewhere.
ClusterPrimaryPrivate::Worker *ClusterPrimaryPrivate::pickByAddress(int descriptor) const
{
    sockaddr_storage peer = {};
    socklen_t size = sizeof peer;
    QByteArray client;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr *>(&peer), &size) == 0)
        client = QHostAddress(reinterpret_cast<const sockaddr *>(&peer)).toString().toUtf8();
    Worker *best = nullptr;
    QByteArray bestValue;
    for (const std::unique_ptr<Worker> &worker : workers) {
        if (worker->state() != State::Serving)
            continue;
        const QByteArray value = QCryptographicHash::hash(
            client + ' ' + QByteArray::number(worker->slot()), QCryptographicHash::Sha1);
        if (!best || value > bestValue) {
            best = worker.get();
            bestValue = value;
        }
    }
    return best;
}

void ClusterPrimaryPrivate::giveWaiting()
{
    for (Waiting &entry : std::exchange(waiting, {}))
        route(std::move(entry.connection));
}

void ClusterPrimaryPrivate::sweep()
{
    const qint64 oldest = now() - options.requestTimeout.count();
    while (!waiting.empty() && waiting.front().time <= oldest) {
        IncomingConnections::refuse(std::move(waiting.front().connection.descriptor),
                                    "503 Service Unavailable");
        waiting.pop_front();
    }
    store.sweep(now());
    for (const std::unique_ptr<Worker> &worker : workers)
        worker->check(options.responseTimeout);
}

// What workers tell

void ClusterPrimaryPrivate::frameReceived(Worker *worker, Frame frame, const QByteArray &bytes,
                                          Descriptor descriptor)
{
    QString nsp;
    switch (frame) {
    case Frame::Load: {
        qint32 sessions = 0;
        quint64 connections = 0;
        if (detail::fromFrame(bytes, sessions, connections))
            worker->setLoad(sessions, connections);
        break;
    }
    case Frame::PassOn:
        // It is read again, so that it goes the way of a new connection.
        if (descriptor.isValid())
            incoming.add(std::move(descriptor), bytes);
        break;
    case Frame::Publish:
        publish(worker, bytes);
        break;
    case Frame::KeepSession: {
        KeptSession kept;
        if (detail::fromFrame(bytes, nsp, kept))
            store.keep(worker->number(), nsp, kept, now());
        break;
    }
    case Frame::DropSession: {
        QString pid;
        if (detail::fromFrame(bytes, nsp, pid))
            store.drop(worker->number(), nsp, pid);
        break;
    }
    case Frame::RestoreSession:
        restore(worker, bytes);
        break;
    case Frame::Pong:
        worker->responded();
        break;
    case Frame::Ready: // while it is asked to end already
        break;
    default:
        qCWarning(lcCluster) << "a worker has sent what is not understood:" << int(frame);
    }
}

void ClusterPrimaryPrivate::publish(Worker *worker, const QByteArray &bytes)
{
    quint8 kind = 0;
    QString nsp;
    QString uid;
    QString target;
    qint64 keep = 0;
    QByteArray message;
    if (!detail::fromFrame(bytes, kind, nsp, uid, target, keep, message))
        return;
    worker->adapters.insert(uid, nsp);
    const auto delivery = Delivery(kind);
    const quint64 number =
        delivery == Delivery::Once ? 0 : store.append(nsp, message, delivery, keep, now());
    const QByteArray frame = detail::toFrame(nsp, number, message);
    for (const std::unique_ptr<Worker> &other : workers) {
        if (other.get() != worker && (target.isEmpty() || other->adapters.contains(target)))
            other->sendBytes(Frame::Message, frame);
    }
    if (number > 0)
        worker->send(Frame::Own, nsp, number);
}

void ClusterPrimaryPrivate::restore(Worker *worker, const QByteArray &bytes)
{
    QString nsp;
    quint64 request = 0;
    QString pid;
    QString offset;
    if (!detail::fromFrame(bytes, nsp, request, pid, offset))
        return;
    const std::optional<SessionStore::Restored> restored =
        store.restore(worker->number(), nsp, pid, offset, now());
    if (!restored) {
        worker->send(Frame::Restored, nsp, request, false, KeptSession(),
                     QList<std::pair<quint64, QByteArray>>());
        return;
    }
    Worker *const former = find(restored->owner);
    if (former && former != worker)
        former->send(Frame::Stale, nsp, restored->kept.session.sid);
    worker->send(Frame::Restored, nsp, request, true, restored->kept, restored->messages);
}

} // namespace SocketIo
