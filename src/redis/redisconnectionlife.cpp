// SPDX-License-Identifier: MIT
// How a connection to Redis opens, is lost and opens again.
#include "redis/redisconnection_p.h"

#include "base/addresstext_p.h"
#include "base/callapplication_p.h"
#include "base/callout_p.h"
#include "base/timelimits_p.h"
#include "redis/redislogging_p.h"

#include <optional>
#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::lcRedis;
using detail::RedisPeer;
using detail::RedisSentinels;
using detail::RedisSocket;
using detail::RedisSubscriptions;
using EngineIo::detail::callApplication;
using EngineIo::detail::CallOut;
using EngineIo::detail::timerTime;

namespace {

constexpr auto Unusable = "cannot use Redis at "_L1;

} // namespace

RedisConnectionPrivate::RedisConnectionPrivate(RedisConnection *connection)
    : q(connection)
{
    m_timer.setSingleShot(true);
    QObject::connect(&m_timer, &QTimer::timeout, q, [this] {
        if (state == State::Waiting)
            connectToServer();
        else if (state == State::Connecting)
            fail(timeoutReason());
    });
}

QString RedisConnectionPrivate::timeoutReason() const
{
    const QString reason = u"no answer in time"_s;
    return m_peer ? m_peer->explained(reason) : reason;
}

// For a cluster, the addresses of its root nodes, as there is no single server.
QString RedisConnectionPrivate::address() const
{
    const auto textOf = [](const QUrl &url) {
        if (RedisSocket::isLocal(url))
            return url.path();
        return EngineIo::detail::addressText(url.host(), url.port(RedisSocket::DefaultPort));
    };
    if (options.rootNodes.isEmpty())
        return textOf(m_url.isEmpty() ? options.url : m_url);
    QStringList nodes;
    for (const QUrl &url : options.rootNodes)
        nodes.append(textOf(url));
    return nodes.join(u", "_s);
}

// Replaces %1 by the address, and %2 by what the connection is for.
QString RedisConnectionPrivate::named(const QString &text) const
{
    return text.arg(address(), purpose.isEmpty() ? QString() : u' ' + purpose);
}

void RedisConnectionPrivate::setState(State newState)
{
    if (std::exchange(state, newState) != newState)
        callApplication([&] { Q_EMIT q->stateChanged(newState); });
}

// The errors of servers begin with a code.
bool RedisConnectionPrivate::isLoss(const RedisReply &reply)
{
    return reply.isError() && reply.text.startsWith(Unusable.data());
}

void RedisConnectionPrivate::open()
{
    if (state != State::Closed)
        return;
    m_reconnection.reset();
    if (options.rootNodes.isEmpty()) {
        connectToServer();
        return;
    }
    m_cluster = std::make_unique<detail::RedisCluster>(this);
    m_cluster->open();
    setState(State::Connecting);
}

void RedisConnectionPrivate::close()
{
    m_timer.stop();
    flush();
    m_cluster.reset();
    abortConnection();
    m_queued.clear();
    m_queuedBytes = 0;
    setState(State::Closed);
}

void RedisConnectionPrivate::connectToServer()
{
    abortConnection();
    m_timer.start(timerTime(options.connectTimeout));
    CallOut out(q);
    out.call([this] { setState(State::Connecting); });
    if (!out || state != State::Connecting)
        return;
    m_url = options.url;
    if (options.sentinels.isEmpty())
        openPeer();
    else
        findMaster();
}

void RedisConnectionPrivate::findMaster()
{
    m_sentinels = std::make_unique<RedisSentinels>(options);
    QObject::connect(m_sentinels.get(), &RedisSentinels::found, q,
                     [this](const QString &host, int port) {
                         m_url.setHost(host);
                         m_url.setPort(port);
                         openPeer();
                     });
    QObject::connect(m_sentinels.get(), &RedisSentinels::failed, q,
                     [this](const QString &reason) { fail(reason); });
    m_sentinels->start();
}

void RedisConnectionPrivate::openPeer()
{
    qCDebug(lcRedis).noquote() << "Connecting to" << address();
    m_peer = std::make_unique<RedisPeer>(m_url, options, subscriptions);
    RedisPeer *const peer = m_peer.get();
    QObject::connect(peer, &RedisPeer::ready, q, [this] { peerReady(); });
    QObject::connect(peer, &RedisPeer::failed, q, [this](const QString &reason) { fail(reason); });
    QObject::connect(peer, &RedisPeer::pushed, q,
                     [this](const RedisReply &push) { handlePush(push); });
    QObject::connect(peer, &RedisPeer::refused, q,
                     [this](const QByteArray &error) { reportRefusal(error); });
    peer->open();
}

void RedisConnectionPrivate::peerReady()
{
    m_timer.stop();
    qCDebug(lcRedis).noquote() << "Ready:" << address() << purpose;
    tellOfReturn();
    subscribeToAll();
    if (m_audience)
        m_audience->connected(m_peer.get());
    if (!isHeld())
        sendQueued();
    setState(State::Ready);
}

// The counterpart of fail()'s warning, but not each time for a connection that keeps coming and
// going.
void RedisConnectionPrivate::tellOfReturn()
{
    const std::optional<double> seconds = m_reconnection.succeeded();
    if (seconds && !isQuiet) {
        qCInfo(lcRedis).noquote()
            << named(u"Redis at %1 is available again%2 after %3 s"_s).arg(*seconds, 0, 'f', 1);
    }
}

void RedisConnectionPrivate::sendQueued()
{
    m_warned = false;
    m_queuedBytes = 0;
    for (const Queued &command : std::exchange(m_queued, {}))
        m_peer->send(command.words, command.blocksFor, command.reply);
}

// In a Redis Cluster, subscribers follow its nodes one by one, so they are not waited for.
void RedisConnectionPrivate::publishTo(const QByteArray &countCommand, const QByteArray &channel)
{
    if (m_audience || !options.rootNodes.isEmpty())
        return;
    m_audience =
        std::make_unique<detail::RedisAudience>(countCommand, channel, options.subscribersTimeout);
    QObject::connect(m_audience.get(), &detail::RedisAudience::arrived, q,
                     [this] { sendQueued(); });
    if (state == State::Ready)
        m_audience->connected(m_peer.get());
}

void RedisConnectionPrivate::subscribersCounted(const QByteArray &channel, int count)
{
    if (m_audience && m_audience->channel() == channel)
        m_audience->counted(count);
}

void RedisConnectionPrivate::subscribeAgain()
{
    if (state == State::Ready)
        subscribeToAll();
}

void RedisConnectionPrivate::subscribeToAll()
{
    std::optional<Kind> last;
    // One command per name: sharded channels may be in different slots.
    for (const Kind kind : RedisSubscriptions::Kinds) {
        for (const QByteArray &name : subscriptions.names(kind)) {
            if (name == lastSubscription)
                last = kind;
            else
                m_peer->write({RedisSubscriptions::subscribing(kind), name});
        }
    }
    if (last)
        m_peer->write({RedisSubscriptions::subscribing(*last), lastSubscription});
}

bool RedisConnectionPrivate::send(const QList<QByteArray> &words,
                                  std::chrono::milliseconds blocksFor, const Reply &reply)
{
    const auto refuse = [this](const char *why) {
        if (!std::exchange(m_warned, true)) {
            EngineIo::detail::warnIfDue(
                lcRedis(), m_dropWarnings.take(),
                u"Commands for %1 are dropped: %2"_s.arg(address(), QString::fromUtf8(why)));
        }
        return false;
    };
    if (state == State::Closed)
        return refuse("the connection is closed");
    if (!subscriptions.isEmpty())
        return refuse("the connection has subscriptions");
    if (m_cluster) {
        const char *why = nullptr;
        return m_cluster->send(words, blocksFor, reply, &why) || refuse(why);
    }
    if (state != State::Ready || isHeld()) {
        const qsizetype size = detail::respCommand(words).size();
        if (m_queuedBytes + size > options.maxQueuedBytes)
            return refuse(isHeld()
                              ? "more than RedisOptions::maxQueuedBytes wait for the subscribers"
                              : "more than RedisOptions::maxQueuedBytes wait for the "
                                "connection");
        m_queuedBytes += size;
        m_queued.push_back({words, reply, blocksFor});
        return true;
    }
    if (m_peer->bytesToWrite() > options.maxQueuedBytes)
        return refuse("the server does not read");
    m_peer->send(words, blocksFor, reply);
    return true;
}

void RedisConnectionPrivate::subscribe(Kind kind, const QList<QByteArray> &names)
{
    for (const QByteArray &name : names) {
        if (!subscriptions.add(kind, name))
            continue;
        if (m_cluster)
            m_cluster->subscribe(kind, name);
        else if (state == State::Ready)
            m_peer->write({RedisSubscriptions::subscribing(kind), name});
    }
}

void RedisConnectionPrivate::unsubscribe(Kind kind, const QList<QByteArray> &names)
{
    for (const QByteArray &name : names) {
        if (!subscriptions.remove(kind, name))
            continue;
        if (m_cluster)
            m_cluster->unsubscribe(kind, name);
        else if (state == State::Ready)
            m_peer->write({RedisSubscriptions::unsubscribing(kind), name});
    }
}

void RedisConnectionPrivate::handlePush(const RedisReply &push)
{
    if (push.isError() && subscriptionRefused) {
        subscriptionRefused(push.text);
        return;
    }
    if (push.isError()) {
        reportRefusal(push.text);
        return;
    }
    const QList<RedisReply> &parts = push.elements;
    if (parts.size() < 3)
        return;
    const QByteArray &kind = parts[0].text;
    if (kind == "message" || kind == "smessage")
        callApplication([&] { Q_EMIT q->messageReceived(parts[1].text, parts[2].text); });
    else if (kind == "pmessage" && parts.size() > 3)
        callApplication([&] { tellOfMatch(parts[1].text, parts[2].text, parts[3].text); });
    // A server that moves a shard's slot ends the subscription.
    else if (kind == "sunsubscribe" && subscriptions.names(Kind::Sharded).contains(parts[1].text)
             && !shardLost)
        m_peer->write({"SSUBSCRIBE", parts[1].text});
    else if (kind == "sunsubscribe" && subscriptions.remove(Kind::Sharded, parts[1].text))
        shardLost();
}

void RedisConnectionPrivate::tellOfMatch(const QByteArray &pattern, const QByteArray &channel,
                                         const QByteArray &message)
{
    if (const auto tell = patternMatched) // a copy: it may delete this
        tell(pattern, channel, message);
    else
        Q_EMIT q->messageReceived(channel, message);
}

void RedisConnectionPrivate::reportRefusal(const QByteArray &error)
{
    callApplication([&] {
        Q_EMIT q->errorOccurred(Error(
            Error::Type::Protocol, u"Redis at %1: %2"_s.arg(address(), QString::fromUtf8(error))));
    });
}

void RedisConnectionPrivate::fail(const QString &reason)
{
    if (state == State::Closed || state == State::Waiting)
        return;
    const Error error(Error::Type::Transport, named(Unusable + u"%1%2: %3"_s).arg(reason));
    if (m_reconnection.failed() && !isQuiet)
        qCWarning(lcRedis).noquote() << error.message();
    const std::deque<Reply> lost = m_peer ? m_peer->takePending() : std::deque<Reply>();
    abortConnection();
    RedisReply failure;
    failure.type = RedisReply::Type::Error;
    failure.text = error.message().toUtf8();
    CallOut told(q);
    told.call([this] { retryLater(); });
    for (const Reply &reply : lost)
        told.call([&] { reply(failure); });
    told.emitSignal(&RedisConnection::errorOccurred, error);
}

void RedisConnectionPrivate::flush()
{
    if (m_cluster) {
        m_cluster->flush();
    } else if (state == State::Ready) {
        sendQueued(); // also those that wait for subscribers
        m_peer->flush();
    }
}

void RedisConnectionPrivate::abortConnection()
{
    m_sentinels.reset();
    if (m_audience)
        m_audience->disconnected();
    m_peer.reset();
}

void RedisConnectionPrivate::retryLater()
{
    m_timer.start(m_reconnection.delay(options.reconnectionDelay, options.reconnectionDelayMax));
    setState(State::Waiting);
}

} // namespace SocketIo
