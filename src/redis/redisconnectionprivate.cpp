// SPDX-License-Identifier: MIT
#include "redis/redisconnection_p.h"

#include "base/callout_p.h"
#include "redis/redislogging_p.h"

#include <QtCore/qpointer.h>
#include <QtCore/qrandom.h>
#include <QtCore/qurlquery.h>
#include <QtNetwork/qlocalsocket.h>
#include <QtNetwork/qsslsocket.h>

#include <algorithm>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using detail::lcRedis;
using EngineIo::detail::CallOut;

namespace {

constexpr quint16 DefaultPort = 6379;
constexpr quint16 DefaultSentinelPort = 26379;

bool isLocal(const QUrl &url)
{
    return url.scheme() == "unix"_L1;
}

// The number behind the slash, or of the query of a unix socket; an empty text means 0.
QByteArray database(const QUrl &url)
{
    const QString text = isLocal(url) ? QUrlQuery(url).queryItemValue(u"db"_s) : url.path().mid(1);
    return text == "0"_L1 ? QByteArray() : text.toUtf8();
}

} // namespace

RedisConnectionPrivate::RedisConnectionPrivate(RedisConnection *connection)
    : q(connection)
{
    m_timer.setSingleShot(true);
    QObject::connect(&m_timer, &QTimer::timeout, q, [this] {
        if (state == State::Waiting)
            connectToServer();
        else if (state == State::Connecting)
            fail(u"no answer in time"_s);
    });
    QObject::connect(&m_watch, &QTimer::timeout, q, [this] { checkAlive(); });
}

QString RedisConnectionPrivate::address() const
{
    const QUrl &url = m_url.isEmpty() ? options.url : m_url;
    if (isLocal(url))
        return url.path();
    return url.host() + u':' + QString::number(url.port(DefaultPort));
}

void RedisConnectionPrivate::setState(State newState)
{
    if (std::exchange(state, newState) != newState)
        Q_EMIT q->stateChanged(newState);
}

void RedisConnectionPrivate::open()
{
    if (state != State::Closed)
        return;
    m_attempts = 0;
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
    tearDown();
    m_queued.clear();
    m_queuedBytes = 0;
    setState(State::Closed);
}

void RedisConnectionPrivate::connectToServer()
{
    tearDown();
    m_reader = std::make_shared<detail::RespReader>(options.maxReplySize);
    m_timer.start(options.connectTimeout);
    CallOut out(q);
    out.call([this] { setState(State::Connecting); });
    if (!out || state != State::Connecting)
        return;
    m_url = options.url;
    if (!options.sentinels.isEmpty()) {
        askSentinel(0);
        return;
    }
    openServer();
}

void RedisConnectionPrivate::openServer()
{
    const QString scheme = m_url.scheme();
    qCDebug(lcRedis).noquote() << "connecting to" << address();
    if (isLocal(m_url))
        openLocal();
    else if (scheme == "redis"_L1 || scheme == "rediss"_L1)
        openTcp();
    else
        fail(u"the scheme \"%1\" is not redis, rediss or unix"_s.arg(scheme));
}

// Asks the sentinels one after the other where the server is.
void RedisConnectionPrivate::askSentinel(qsizetype index)
{
    if (index >= options.sentinels.size()) {
        fail(u"no sentinel knows \"%1\": %2"_s.arg(options.sentinelMaster, m_sentinelError));
        return;
    }
    RedisOptions of = options;
    of.sentinels.clear();
    of.url = options.sentinels[index];
    if (of.url.port() < 0)
        of.url.setPort(DefaultSentinelPort);
    of.connectTimeout = options.connectTimeout / (options.sentinels.size() + 1);
    m_sentinel = std::make_unique<RedisConnection>(of);
    m_sentinelError.clear();
    // Queued, as the answer may end with the connection to the sentinel deleted.
    QObject::connect(
        m_sentinel.get(), &RedisConnection::errorOccurred, q,
        [this, index, asked = m_sentinel.get()](const Error &error) {
            if (m_sentinel.get() != asked)
                return;
            m_sentinelError = error.message();
            askSentinel(index + 1);
        },
        Qt::QueuedConnection);
    m_sentinel->d->isQuiet = true;
    m_sentinel->open();
    m_sentinel->command({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", options.sentinelMaster.toUtf8()},
                        [this, index, asked = QPointer<RedisConnection>(m_sentinel.get())](
                            const RedisReply &reply) {
                            QMetaObject::invokeMethod(
                                q,
                                [this, index, asked, reply] {
                                    if (asked && m_sentinel.get() == asked)
                                        sentinelAnswered(index, reply);
                                },
                                Qt::QueuedConnection);
                        });
}

void RedisConnectionPrivate::sentinelAnswered(qsizetype index, const RedisReply &reply)
{
    if (reply.elements.size() != 2) {
        // A lost connection is told by its own signal.
        if (!reply.isError()) {
            m_sentinelError = u"it is unknown there"_s;
            askSentinel(index + 1);
        }
        return;
    }
    m_sentinel.reset();
    m_url.setHost(QString::fromUtf8(reply.elements[0].text));
    m_url.setPort(reply.elements[1].text.toInt());
    openServer();
}

void RedisConnectionPrivate::openTcp()
{
    auto *socket = new QSslSocket;
    m_socket.reset(socket);
    const auto failed = [this, socket] { fail(socket->errorString()); };
    QObject::connect(socket, &QAbstractSocket::errorOccurred, q, failed, Qt::QueuedConnection);
    QObject::connect(
        socket, &QIODevice::readyRead, q, [this] { readAll(); }, Qt::QueuedConnection);
    const quint16 port = quint16(m_url.port(DefaultPort));
    if (m_url.scheme() == "rediss"_L1) {
        if (options.sslConfiguration)
            socket->setSslConfiguration(*options.sslConfiguration);
        QObject::connect(
            socket, &QSslSocket::encrypted, q, [this] { connected(); }, Qt::QueuedConnection);
        socket->connectToHostEncrypted(m_url.host(), port);
    } else {
        QObject::connect(
            socket, &QAbstractSocket::connected, q, [this] { connected(); }, Qt::QueuedConnection);
        socket->connectToHost(m_url.host(), port);
    }
}

void RedisConnectionPrivate::openLocal()
{
    auto *socket = new QLocalSocket;
    m_socket.reset(socket);
    QObject::connect(
        socket, &QLocalSocket::errorOccurred, q, [this, socket] { fail(socket->errorString()); },
        Qt::QueuedConnection);
    QObject::connect(
        socket, &QIODevice::readyRead, q, [this] { readAll(); }, Qt::QueuedConnection);
    QObject::connect(
        socket, &QLocalSocket::connected, q, [this] { connected(); }, Qt::QueuedConnection);
    socket->connectToServer(m_url.path());
}

void RedisConnectionPrivate::connected()
{
    if (state != State::Connecting)
        return;
    const QByteArray user = m_url.userName(QUrl::FullyDecoded).toUtf8();
    const QByteArray password = m_url.password(QUrl::FullyDecoded).toUtf8();
    if (!password.isEmpty() && !user.isEmpty())
        greet({"AUTH", user, password});
    else if (!password.isEmpty())
        greet({"AUTH", password});
    if (const QByteArray number = database(m_url); !number.isEmpty())
        greet({"SELECT", number});
    // A sentinel may not know yet that the server has become a replica, which takes no commands.
    if (!options.sentinels.isEmpty())
        greet({"ROLE"});
    greet({"PING"}); // nothing is ready before the server has answered
}

void RedisConnectionPrivate::greet(const QList<QByteArray> &words)
{
    ++m_greetings;
    m_pending.push_back({{}, true});
    m_socket->write(detail::respCommand(words));
}

void RedisConnectionPrivate::subscribeAgain()
{
    if (state == State::Ready)
        subscribeToAll();
}

void RedisConnectionPrivate::becomeReady()
{
    m_timer.stop();
    m_attempts = 0;
    m_warned = false;
    qCDebug(lcRedis).noquote() << "ready:" << address();
    subscribeToAll();
    m_queuedBytes = 0;
    m_silence.start();
    if (options.responseTimeout.count() > 0)
        m_watch.start(std::max(options.responseTimeout / 4, 10ms));
    for (Queued &command : std::exchange(m_queued, {})) {
        m_pending.push_back({std::move(command.reply), false, command.blocksFor});
        m_socket->write(command.bytes);
    }
    CallOut out(q);
    out.call([this] { setState(State::Ready); });
    out.emitSignal(&RedisConnection::ready);
}

void RedisConnectionPrivate::subscribeToAll()
{
    // One by one for shards, which may be on different slots.
    const auto subscribe = [this](const QByteArray &command, const QSet<QByteArray> &names) {
        for (const QByteArray &name : names)
            m_socket->write(detail::respCommand({command, name}));
    };
    subscribe("SUBSCRIBE", channels);
    subscribe("PSUBSCRIBE", patterns);
    subscribe("SSUBSCRIBE", sharded);
}

// A server that hangs, or a network that swallows everything, is only noticed by its silence.
void RedisConnectionPrivate::checkAlive()
{
    if (state != State::Ready)
        return;
    const std::chrono::milliseconds silence(m_silence.elapsed());
    const auto blocksFor = m_pending.empty() ? 0ms : m_pending.front().blocksFor;
    if (silence > options.responseTimeout + blocksFor) {
        fail(u"no answer within RedisOptions::responseTimeout"_s);
    } else if (silence > options.responseTimeout / 2) {
        // The answer to a subscriber is a message that is none of ours.
        if (isSubscriber()) {
            m_socket->write(detail::respCommand({"PING"}));
        } else if (m_pending.empty()) {
            m_pending.push_back({[](const RedisReply &) {}});
            m_socket->write(detail::respCommand({"PING"}));
        }
    }
}

bool RedisConnectionPrivate::send(const QList<QByteArray> &words,
                                  std::chrono::milliseconds blocksFor, const Reply &reply)
{
    const auto refuse = [this](const char *why) {
        if (!std::exchange(m_warned, true))
            qCWarning(lcRedis).noquote() << "commands for" << address() << "are dropped:" << why;
        return false;
    };
    if (state == State::Closed)
        return refuse("the connection is closed");
    if (isSubscriber())
        return refuse("the connection has subscriptions");
    if (m_cluster) {
        const char *why = nullptr;
        return m_cluster->send(words, blocksFor, reply, &why) || refuse(why);
    }
    const QByteArray bytes = detail::respCommand(words);
    if (state != State::Ready) {
        if (m_queuedBytes + bytes.size() > options.maxQueuedBytes)
            return refuse("more than RedisOptions::maxQueuedBytes wait for the connection");
        m_queuedBytes += bytes.size();
        m_queued.push_back({bytes, reply, blocksFor});
        return true;
    }
    if (m_socket->bytesToWrite() > options.maxQueuedBytes)
        return refuse("the server does not read");
    if (m_pending.empty())
        m_silence.start();
    m_pending.push_back({reply, false, blocksFor});
    m_socket->write(bytes);
    return true;
}

void RedisConnectionPrivate::changeSubscriptions(const QByteArray &command, QSet<QByteArray> *names,
                                                 const QList<QByteArray> &changed, bool add)
{
    for (const QByteArray &name : changed) {
        const qsizetype before = names->size();
        if (add)
            names->insert(name);
        else
            names->remove(name);
        if (names->size() == before)
            continue;
        if (m_cluster)
            m_cluster->changeSubscription(command, name, add);
        else if (state == State::Ready)
            m_socket->write(detail::respCommand({command, name}));
    }
}

void RedisConnectionPrivate::readAll()
{
    if (!m_socket || !m_reader)
        return;
    m_silence.start();
    const std::shared_ptr<detail::RespReader> reader = m_reader;
    reader->feed(m_socket->readAll());
    CallOut out(q, [this, &reader] { return m_reader == reader; });
    while (out) {
        const std::optional<RedisReply> reply = reader->next();
        if (!reply)
            break;
        out.call([&] { handle(*reply); });
    }
    if (out && !reader->errorString().isEmpty())
        fail(QString::fromUtf8(reader->errorString()));
}

void RedisConnectionPrivate::handle(const RedisReply &reply)
{
    if (m_pending.empty()) {
        handlePush(reply);
        return;
    }
    const Pending pending = std::move(m_pending.front());
    m_pending.pop_front();
    if (!pending.isGreeting) {
        if (pending.reply)
            pending.reply(reply);
        else if (reply.isError())
            Q_EMIT q->errorOccurred(
                Error(Error::Type::Protocol,
                      u"Redis at %1: %2"_s.arg(address(), QString::fromUtf8(reply.text))));
        return;
    }
    const bool isRole = !reply.elements.isEmpty();
    if (reply.isError())
        fail(QString::fromUtf8(reply.text));
    else if (isRole && reply.elements[0].text != "master")
        fail(u"it is not the master, as the sentinel says"_s);
    else if (--m_greetings == 0)
        becomeReady();
}

void RedisConnectionPrivate::handlePush(const RedisReply &push)
{
    if (push.isError() && subscriptionRefused) {
        subscriptionRefused(push.text);
        return;
    }
    if (push.isError()) {
        Q_EMIT q->errorOccurred(
            Error(Error::Type::Protocol,
                  u"Redis at %1: %2"_s.arg(address(), QString::fromUtf8(push.text))));
        return;
    }
    const QList<RedisReply> &parts = push.elements;
    if (parts.size() < 3)
        return;
    const QByteArray &kind = parts[0].text;
    if (kind == "message" || kind == "smessage")
        Q_EMIT q->messageReceived(parts[1].text, parts[2].text);
    else if (kind == "pmessage" && parts.size() > 3)
        Q_EMIT q->messageReceived(parts[2].text, parts[3].text);
    // A server that moves a shard's slot ends the subscription.
    else if (kind == "sunsubscribe" && sharded.contains(parts[1].text) && !shardLost)
        m_socket->write(detail::respCommand({"SSUBSCRIBE", parts[1].text}));
    else if (kind == "sunsubscribe" && sharded.remove(parts[1].text))
        shardLost();
}

void RedisConnectionPrivate::fail(const QString &reason)
{
    if (state == State::Closed || state == State::Waiting)
        return;
    const Error error(Error::Type::Transport,
                      u"cannot use Redis at %1: %2"_s.arg(address(), reason));
    if (m_attempts == 0 && !isQuiet)
        qCWarning(lcRedis).noquote() << error.message();
    std::deque<Pending> lost = std::exchange(m_pending, {});
    tearDown();
    RedisReply failure;
    failure.type = RedisReply::Type::Error;
    failure.text = error.message().toUtf8();
    CallOut told(q);
    told.call([this] { retryLater(); });
    for (const Pending &pending : lost) {
        if (pending.reply)
            told.call([&] { pending.reply(failure); });
    }
    told.emitSignal(&RedisConnection::errorOccurred, error);
}

// What has been written leaves even if the event loop does not run again.
void RedisConnectionPrivate::flush()
{
    if (m_cluster)
        m_cluster->flush();
    if (state != State::Ready)
        return;
    if (auto *tcp = qobject_cast<QSslSocket *>(m_socket.get()))
        tcp->flush();
    else if (auto *local = qobject_cast<QLocalSocket *>(m_socket.get()))
        local->flush();
}

void RedisConnectionPrivate::tearDown()
{
    m_pending.clear();
    m_greetings = 0;
    m_watch.stop();
    m_sentinel.reset();
    m_reader.reset();
    if (m_socket)
        m_socket->disconnect(q);
    m_socket.reset();
}

void RedisConnectionPrivate::retryLater()
{
    // Doubled each time, and spread so that servers do not come back all at once.
    const qint64 full =
        std::min<qint64>(options.reconnectionDelayMax.count(),
                         options.reconnectionDelay.count() << std::min(m_attempts++, 16));
    const qint64 half = full / 2;
    m_timer.start(std::chrono::milliseconds(
        half + QRandomGenerator::global()->bounded(int(std::max<qint64>(half, 1)))));
    setState(State::Waiting);
}

} // namespace SocketIo
