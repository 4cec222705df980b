// SPDX-License-Identifier: MIT
#include "redis/rediscluster_p.h"

#include "base/callout_p.h"
#include "redis/redisconnection_p.h"
#include "redis/respreader_p.h"

#include <QtCore/qpointer.h>
#include <QtCore/qrandom.h>

#include <algorithm>
#include <iterator>

namespace SocketIo::detail {

using namespace std::chrono_literals;
using EngineIo::detail::CallOut;
using State = BrokerState;

namespace {

constexpr int MaxAttempts = 16;      // to send a command, as with clients for Node.js
constexpr auto AttemptDelay = 100ms; // when the cluster says that it will accept the command later

// The slot of the command's key, or -1 if it has none.
int slotOf(const QList<QByteArray> &words)
{
    const QByteArray key = redisKey(words);
    return key.isEmpty() ? -1 : redisSlot(key);
}

bool countsSubscribers(const QList<QByteArray> &words)
{
    return words.size() > 2 && words[0].toUpper() == "PUBSUB" && words[1].toUpper() == "NUMSUB";
}

} // namespace

struct RedisCluster::Count
{
    QList<QByteArray> channels;
    QList<qint64> sums;
    qsizetype left = 0;
    Reply reply;
};

RedisCluster::RedisCluster(RedisConnectionPrivate *connection)
    : d(connection)
    , m_options(connection->options)
{
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, [this] { drain(); });
    m_refresh.setSingleShot(true);
    connect(&m_refresh, &QTimer::timeout, this, [this] { refresh(); });
}

void RedisCluster::open()
{
    refreshSoon();
}

void RedisCluster::flush()
{
    for (const auto &[address, node] : m_nodes)
        RedisConnectionPrivate::of(node->connection.get())->flush();
}

RedisCluster::NodePtr RedisCluster::open(const QByteArray &address)
{
    NodePtr &entry = m_nodes[address];
    if (entry)
        return entry;
    entry = std::make_shared<Node>();
    NodePtr node = entry;
    node->address = address;
    node->connection = std::make_unique<RedisConnection>(optionsFor(address));
    RedisConnection *const connection = node->connection.get();
    RedisConnectionPrivate *const inner = RedisConnectionPrivate::of(connection);
    const std::weak_ptr<Node> weak = node; // it owns the connection
    inner->purpose = d->purpose;
    inner->shardLost = [this] { refreshSoon(); };
    inner->patternMatched = [outer = d](const QByteArray &pattern, const QByteArray &channel,
                                        const QByteArray &message) {
        outer->tellOfMatch(pattern, channel, message);
    };
    inner->subscriptionRefused = [this, weak](const QByteArray &error) {
        if (const NodePtr refusing = weak.lock())
            subscriptionRefused(refusing, error);
    };
    connect(connection, &RedisConnection::stateChanged, this, [this, weak](State state) {
        if (const NodePtr changed = weak.lock())
            nodeChanged(changed, state);
    });
    connect(connection, &RedisConnection::errorOccurred, d->q, &RedisConnection::errorOccurred);
    connect(connection, &RedisConnection::messageReceived, d->q, &RedisConnection::messageReceived);
    connection->open();
    return node;
}

// All publishing goes through one node, the home, which keeps it in order. The home is replaced
// only when it cannot be reached, even if it has become a replica: with two homes at a time, every
// message would arrive twice.
void RedisCluster::chooseHome()
{
    if (m_home && !m_home->isAway && m_nodes.count(m_home->address))
        return;
    const QByteArrayList &masters = m_topology.masters();
    QByteArrayList there;
    for (const QByteArray &address : masters) {
        const auto known = m_nodes.find(address);
        if (known == m_nodes.end() || !known->second->isAway)
            there.append(address);
    }
    const QByteArrayList &from = there.isEmpty() ? masters : there;
    if (!from.isEmpty())
        m_home = open(from[QRandomGenerator::global()->bounded(from.size())]);
}

void RedisCluster::nodeChanged(const NodePtr &node, State state)
{
    if (state != State::Ready && state != State::Waiting)
        return;
    node->isAway = state == State::Waiting;
    CallOut out(this);
    for (const std::function<void()> &settled : std::exchange(node->settled, {}))
        out.call(settled);
    if (!out)
        return;
    if (node->isAway) {
        refreshSoon();
        if (node == m_home) {
            chooseHome();
            placeSubscriptions();
        }
    }
    out.call([this] { drain(); });
    out.call([this] { evaluate(); });
}

RedisCluster::NodePtr RedisCluster::ownerOf(const QByteArray &key)
{
    const QByteArray address = m_topology.master(redisSlot(key));
    return address.isEmpty() ? NodePtr() : open(address);
}

RedisCluster::NodePtr RedisCluster::nodeFor(const Command &command)
{
    if (!command.askAt.isEmpty())
        return open(command.askAt);
    const QByteArray key = redisKey(command.words);
    return key.isEmpty() ? m_home : ownerOf(key);
}

// Whether commands have to wait because one that was sent before may have to be sent again.
bool RedisCluster::isHeld() const
{
    return m_pause.isActive()
        || std::any_of(m_nodes.cbegin(), m_nodes.cend(), [](const auto &entry) {
               return entry.second->isRedirecting && entry.second->unanswered > 0;
           });
}

bool RedisCluster::send(const QList<QByteArray> &words, std::chrono::milliseconds blocksFor,
                        const Reply &reply, const char **why)
{
    Command command{words, blocksFor, reply, ++m_lastNumber, 0, 0, {}};
    const auto parked = m_parked.empty() ? m_parked.end() : m_parked.find(slotOf(words));
    if (parked == m_parked.end() && m_waiting.empty() && !m_topology.isEmpty() && !isHeld()) {
        const NodePtr node = nodeFor(command);
        if (node && node->connection->state() == State::Ready) {
            *why = "a node does not read";
            return transmit(node, std::move(command));
        }
        if (!node)
            refreshSoon(); // no node has the slot
    }
    for (const QByteArray &word : words)
        command.size += word.size();
    if (m_waitingSize + command.size > m_options.maxQueuedBytes) {
        *why = "more than RedisOptions::maxQueuedBytes wait for the cluster";
        return false;
    }
    m_waitingSize += command.size;
    std::deque<Command> &queue = parked == m_parked.end() ? m_waiting : parked->second.commands;
    queue.push_back(std::move(command));
    return true;
}

bool RedisCluster::transmit(const NodePtr &node, Command command)
{
    if (countsSubscribers(command.words)) {
        countSubscribers(command.words, command.reply);
        return true;
    }
    if (!std::exchange(command.askAt, {}).isEmpty())
        node->connection->command({"ASKING"}, [](const RedisReply &) {});
    int &pending = command.blocksFor > 0ms ? node->blocked : node->unanswered;
    const QList<QByteArray> words = command.words;
    const std::chrono::milliseconds blocksFor = command.blocksFor;
    ++pending;
    const bool sent =
        node->connection->command(words, blocksFor,
                                  [this, weak = std::weak_ptr<Node>(node),
                                   command = std::move(command)](const RedisReply &reply) {
                                      if (const NodePtr from = weak.lock())
                                          answered(from, command, reply);
                                  });
    if (!sent)
        --pending;
    return sent;
}

void RedisCluster::answered(const NodePtr &node, Command command, const RedisReply &reply)
{
    --(command.blocksFor > 0ms ? node->blocked : node->unanswered);
    // After a lost connection it is unknown whether the node has carried out the command.
    const bool isLost = node->connection->state() != State::Ready;
    CallOut out(this);
    if (!reply.isError() || isLost || !repeats(node, &command, reply.text)) {
        RedisReply final = reply;
        if (const auto to = RedisRedirection::fromError(reply.text, hostOf(node->address));
            reply.isError() && to) {
            // No node has carried it out, as with this code of a node.
            final.text = to->kind == RedisRedirection::Kind::Ask
                ? "TRYAGAIN the slot of the key is being moved to the node at " + to->address
                    + ", which cannot be reached"
                : "TRYAGAIN the nodes do not agree on which of them has the slot of the key, and "
                  "name the one at "
                    + to->address;
        }
        if (command.reply) {
            out.call([&] { command.reply(final); });
        } else if (reply.isError() && !isLost) {
            const Error error(
                Error::Type::Protocol,
                QStringLiteral("Redis at %1: %2")
                    .arg(QString::fromUtf8(node->address), QString::fromUtf8(final.text)));
            out.call([&] { Q_EMIT d->q->errorOccurred(error); });
        }
    }
    if (!out)
        return;
    if (node->unanswered == 0)
        node->isRedirecting = false;
    drain();
}

// Returns whether the command will be sent again.
bool RedisCluster::repeats(const NodePtr &node, Command *command, const QByteArray &error)
{
    if (++command->attempts > MaxAttempts)
        return false;
    if (const auto redirection = RedisRedirection::fromError(error, hostOf(node->address))) {
        if (redirection->kind == RedisRedirection::Kind::Ask) {
            command->askAt = redirection->address;
        } else if (m_topology.master(redirection->slot) != redirection->address) {
            m_topology.setMaster(redirection->slot, redirection->address);
            refreshSoon(redirection->address);
        }
    } else if (isPassing(error)) {
        m_pause.start(AttemptDelay);
        if (error.startsWith("CLUSTERDOWN"))
            refreshSoon();
    } else {
        return false;
    }
    node->isRedirecting = true;
    putBack(std::move(*command));
    return true;
}

// Puts a command back into the queue, at its original place.
void RedisCluster::putBack(Command command)
{
    if (command.size == 0) {
        for (const QByteArray &word : command.words)
            command.size += word.size();
    }
    m_waitingSize += command.size;
    insert(std::move(command));
}

void RedisCluster::insert(Command command)
{
    const auto before =
        std::lower_bound(m_waiting.begin(), m_waiting.end(), command.number,
                         [](const Command &one, quint64 number) { return one.number < number; });
    m_waiting.insert(before, std::move(command));
}

void RedisCluster::drain()
{
    CallOut out(this);
    while (out && !m_waiting.empty() && !m_topology.isEmpty() && !isHeld()) {
        const Command &next = m_waiting.front();
        const NodePtr node = nodeFor(next);
        if (!node)
            refreshSoon();
        const bool isMissing = !next.askAt.isEmpty() && node->connection->state() != State::Ready;
        if (isMissing || (!m_parked.empty() && m_parked.count(slotOf(next.words)))) {
            park(node);
            continue;
        }
        if (!node || node->connection->state() != State::Ready)
            return;
        const Command command = std::move(m_waiting.front());
        m_waiting.pop_front();
        m_waitingSize -= command.size;
        if (!transmit(node, command) && command.reply) {
            RedisReply failure;
            failure.type = RedisReply::Type::Error;
            failure.text = "TRYAGAIN the node at " + node->address + " does not read";
            out.call([&] { command.reply(failure); });
        }
    }
}

// The owner of the slot is asked again when the node is there or cannot be reached, and then in
// intervals: the move may be over.
void RedisCluster::park(const NodePtr &node)
{
    Command command = std::move(m_waiting.front());
    m_waiting.pop_front();
    command.askAt.clear();
    const int slot = slotOf(command.words);
    Parked &parked = m_parked[slot];
    parked.commands.push_back(std::move(command));
    if (!parked.address.isEmpty())
        return;
    parked.address = node->address;
    if (node->isAway) {
        QTimer::singleShot(AttemptDelay, this, [this, slot] {
            unpark(slot);
            drain();
        });
    } else {
        node->settled.push_back([this, slot] { unpark(slot); });
    }
}

void RedisCluster::unpark(int slot)
{
    const auto it = m_parked.find(slot);
    if (it == m_parked.end())
        return;
    const Parked parked = std::move(it->second);
    m_parked.erase(it);
    std::deque<Command> all;
    std::merge(m_waiting.begin(), m_waiting.end(), parked.commands.begin(), parked.commands.end(),
               std::back_inserter(all),
               [](const Command &one, const Command &other) { return one.number < other.number; });
    m_waiting = std::move(all);
}

bool RedisCluster::isAskedAt(const QByteArray &address) const
{
    return std::any_of(m_parked.cbegin(), m_parked.cend(),
                       [&address](const auto &entry) { return entry.second.address == address; });
}

// The subscribers of a channel may be on any node, and each node counts only its own.
void RedisCluster::countSubscribers(const QList<QByteArray> &words, const Reply &reply)
{
    QByteArrayList addresses = m_topology.masters();
    for (const QByteArray &replica : m_topology.replicas()) {
        if (!addresses.contains(replica))
            addresses.append(replica);
    }
    const auto count = std::make_shared<Count>();
    count->channels = words.mid(2);
    count->sums.resize(count->channels.size());
    count->left = addresses.size() + 1;
    count->reply = reply;
    const auto add = [count](const RedisReply &answer) {
        const QList<RedisReply> &parts = answer.elements;
        for (qsizetype i = 0; i < count->sums.size() && 2 * i + 1 < parts.size(); ++i)
            count->sums[i] += parts[2 * i + 1].integer;
        if (--count->left > 0 || !count->reply)
            return;
        RedisReply sum;
        sum.type = RedisReply::Type::Array;
        for (qsizetype i = 0; i < count->sums.size(); ++i) {
            sum.elements.append({RedisReply::Type::Text, 0, count->channels[i], {}});
            sum.elements.append({RedisReply::Type::Integer, count->sums[i], {}, {}});
        }
        count->reply(sum);
    };
    CallOut out(this);
    for (const QByteArray &address : std::as_const(addresses)) {
        if (!out)
            return;
        const NodePtr node = open(address);
        const auto settled = [weak = std::weak_ptr<Node>(node), words, add] {
            const NodePtr asked = weak.lock();
            const auto answer = [weak, add](const RedisReply &counted) {
                if (const NodePtr from = weak.lock())
                    --from->unanswered;
                add(counted);
            };
            if (!asked || asked->isAway || !asked->connection->command(words, answer))
                add({}); // it counts nobody
            else
                ++asked->unanswered;
        };
        if (node->isAway || node->connection->state() == State::Ready)
            out.call(settled);
        else
            node->settled.push_back(settled);
    }
    QTimer::singleShot(0, this, [add] { add({}); }); // never within the caller's call
}

bool RedisCluster::isMasterAway() const
{
    const QByteArrayList &masters = m_topology.masters();
    return std::any_of(m_nodes.cbegin(), m_nodes.cend(), [&masters](const auto &entry) {
        return entry.second->isAway && masters.contains(entry.first);
    });
}

// The cluster is ready when the nodes in use are. Nodes that were never tried do not count.
void RedisCluster::evaluate()
{
    const bool isReady = m_home && m_home->connection->state() == State::Ready && !isMasterAway();
    if (isReady && d->state != State::Ready) {
        m_isReported = false;
        d->setState(State::Ready);
    } else if (!isReady && d->state == State::Ready) {
        d->setState(State::Waiting);
    }
}

} // namespace SocketIo::detail
