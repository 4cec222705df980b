// SPDX-License-Identifier: MIT
#include "cluster/workeradapter_p.h"

#include "base/callout_p.h"
#include "base/timelimits_p.h"

#include <SocketIo/namespace.h>
#include <SocketIo/server.h>
#include <SocketIo/socket.h>

#include <QtCore/qtimer.h>

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::detail::CallOut;
using EngineIo::detail::LongestTime;
using Type = ClusterMessage::Type;

namespace {

constexpr auto RestoreTimeout = 5s;

ClusterOptions clusterOptions()
{
    ClusterOptions options;
    options.recovery = ClusterOptions::Recovery::Derived;
    return options;
}

} // namespace

WorkerAdapter::WorkerAdapter(Namespace *nsp, std::shared_ptr<WorkerLink> link)
    : ClusterAdapter(nsp, clusterOptions())
    , m_link(std::move(link))
    , m_name(nsp->name())
{
    const ServerOptions options = nsp->server()->options();
    if (options.connectionStateRecovery)
        m_lifetime =
            std::min(options.connectionStateRecovery->maxDisconnectionDuration, LongestTime);
    m_noticeTime = options.pingInterval + options.pingTimeout;
}

WorkerAdapter::~WorkerAdapter()
{
    m_link->removeObserver(m_name, this);
}

void WorkerAdapter::init()
{
    m_link->addObserver(m_name, this);
    ClusterAdapter::init();
}

void WorkerAdapter::close()
{
    ClusterAdapter::close();
    m_link->removeObserver(m_name, this);
}

Delivery WorkerAdapter::deliveryOf(const ClusterMessage &message) const
{
    if (!recovers())
        return Delivery::Once;
    switch (message.type) {
    case Type::Broadcast: {
        if (message.data.contains(u"requestId"_s))
            return Delivery::Once;
        const QVariantMap flags = message.data.value(u"opts"_s).toMap().value(u"flags"_s).toMap();
        return flags.value(u"volatile"_s).toBool() ? Delivery::Ordered : Delivery::Recoverable;
    }
    case Type::SocketsJoin:
    case Type::SocketsLeave:
    case Type::DisconnectSockets:
        return Delivery::Ordered;
    default:
        return Delivery::Once;
    }
}

void WorkerAdapter::publishMessage(const ClusterMessage &message)
{
    if (message.type == Type::AdapterClose) {
        m_link->send(Frame::Leave, message.nsp, message.uid);
        return;
    }
    const Delivery delivery = deliveryOf(message);
    const quint64 sequence = delivery == Delivery::Once ? 0 : ++m_lastSequence;
    const qint64 keep = (m_lifetime + m_noticeTime).count();
    const QByteArray bytes = messageToBytes(message);
    const bool sent = !bytes.isEmpty()
        && m_link->send(Frame::Publish, quint8(delivery), message.nsp, message.uid, QString(),
                        sequence, keep, bytes);
    if (delivery == Delivery::Once)
        return;
    if (sent) {
        m_own.push_back({message, sequence});
        return;
    }
    // Carried out here at least, but not within the application's call.
    QMetaObject::invokeMethod(
        this, [this, message] { handleOwnMessage(message, {}); }, Qt::QueuedConnection);
}

void WorkerAdapter::publishResponse(const QString &requesterUid, const ClusterMessage &response)
{
    const QByteArray bytes = messageToBytes(response);
    if (!bytes.isEmpty())
        m_link->send(Frame::Publish, quint8(Delivery::Once), response.nsp, response.uid,
                     requesterUid, quint64(0), qint64(0), bytes);
}

void WorkerAdapter::messageReceived(const ClusterMessage &message, quint64 number)
{
    handleMessage(message, number > 0 && recovers() ? m_link->offsetOf(number) : QString());
}

// The primary drops what it has for a worker that does not read. So a number may be missing: that
// message is carried out with the next one. A number for a former adapter of the namespace is not
// for this one.
void WorkerAdapter::ownMessageOrdered(const QString &uid, quint64 sequence, quint64 number)
{
    if (uid != this->uid())
        return;
    CallOut out(this);
    while (out && !m_own.empty() && m_own.front().sequence <= sequence) {
        const ClusterMessage message = std::move(m_own.front().message);
        m_own.pop_front();
        out.call([&] { handleOwnMessage(message, m_link->offsetOf(number)); });
    }
}

// Sessions

void WorkerAdapter::addAll(Socket *socket, const QStringList &rooms)
{
    if (recovers()) {
        Joined &joined = m_joined[socket->id()];
        if (joined.pid.isEmpty()) {
            joined.pid = sessionOf(socket).pid;
            if (!joined.begin)
                joined.begin = m_link->position();
            connect(socket, &Socket::dataChanged, this, [this, socket] { sessionChanged(socket); });
        }
        sessionChanged(socket);
    }
    ClusterAdapter::addAll(socket, rooms);
}

void WorkerAdapter::del(Socket *socket, const QString &room)
{
    sessionChanged(socket);
    ClusterAdapter::del(socket, room);
}

void WorkerAdapter::delAll(Socket *socket)
{
    const QString id = socket->id();
    m_changed.remove(id);
    const Joined joined = m_joined.take(id);
    if (!joined.pid.isEmpty())
        m_link->send(Frame::DropSession, m_name, joined.pid);
    disconnect(socket, &Socket::dataChanged, this, nullptr);
    ClusterAdapter::delAll(socket);
}

// Several changes in one turn of the event loop are sent together.
void WorkerAdapter::sessionChanged(Socket *socket)
{
    if (!m_joined.contains(socket->id()))
        return;
    if (m_changed.isEmpty())
        QMetaObject::invokeMethod(
            this, [this] { sendChanged(); }, Qt::QueuedConnection);
    m_changed.insert(socket->id(), socket);
}

void WorkerAdapter::sendChanged()
{
    const auto sockets = std::exchange(m_changed, {});
    for (const QPointer<Socket> &socket : sockets) {
        if (!socket)
            continue;
        KeptSession kept;
        kept.session = sessionOf(socket);
        kept.begin = m_joined.value(kept.session.sid).begin.value_or(0);
        kept.lifetime = m_lifetime.count();
        if (!kept.session.pid.isEmpty())
            m_link->send(Frame::KeepSession, m_name, kept);
    }
}

void WorkerAdapter::persistSession(const RecoverableSession &session)
{
    m_changed.remove(session.sid);
    KeptSession kept;
    kept.session = session;
    kept.begin = m_joined.take(session.sid).begin.value_or(0); // taken: delAll() must not drop it
    kept.isConnected = false;
    kept.lifetime = m_lifetime.count();
    m_link->send(Frame::KeepSession, m_name, kept);
}

void WorkerAdapter::restoreSession(const QString &pid, const QString &offset,
                                   const RestoreReply &reply)
{
    const quint64 request = ++m_lastRequest;
    if (!recovers() || !m_link->send(Frame::RestoreSession, m_name, request, pid, offset)) {
        reply(std::nullopt);
        return;
    }
    m_restores.emplace(request, reply);
    QTimer::singleShot(RestoreTimeout, this, [this, request] {
        if (const auto late = m_restores.extract(request))
            late.mapped()(std::nullopt);
    });
}

void WorkerAdapter::sessionRestored(quint64 request, bool found, const KeptSession &kept,
                                    const QList<std::pair<quint64, QByteArray>> &messages)
{
    const auto waiting = m_restores.extract(request);
    if (!waiting) {
        if (found) { // too late: given back for the client's next attempt
            KeptSession again = kept;
            again.isConnected = false;
            m_link->send(Frame::KeepSession, m_name, again);
        }
        return;
    }
    if (!found) {
        waiting.mapped()(std::nullopt);
        return;
    }
    RestoredSession session;
    static_cast<RecoverableSession &>(session) = kept.session;
    for (const auto &[number, bytes] : messages) {
        const std::optional<ClusterMessage> message = messageFromBytes(bytes);
        QVariantList event = message
            ? message->data.value(u"packet"_s).toMap().value(u"data"_s).toList()
            : QVariantList();
        if (event.isEmpty())
            continue;
        event.append(m_link->offsetOf(number));
        session.missedEvents.append(event);
    }
    m_joined.insert(session.sid, {{}, kept.begin});
    waiting.mapped()(session);
}

// The client is connected to another worker: its connection here has broken unnoticed.
void WorkerAdapter::sessionStale(const QString &sid)
{
    if (const Joined joined = m_joined.take(sid); joined.pid.isEmpty())
        return;
    BroadcastOptions stale;
    stale.rooms = QStringList{sid};
    stale.flags = BroadcastFlag::Local;
    disconnectSockets(stale, CloseConnection::Yes);
}

} // namespace SocketIo::detail

#include "moc_workeradapter_p.cpp"
