// SPDX-License-Identifier: MIT
#include "redisclusterservers.h"

#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int Patience = 30000; // ms, for a loaded machine
constexpr int Slots = 16384;

} // namespace

bool RedisClusterServers::startNode(Replica replica)
{
    Node node;
    // Long enough that a busy machine does not look like a broken one, where that matters.
    const QString timeout = replica == Replica::Yes ? u"3000"_s : u"15000"_s;
    QStringList arguments{u"--cluster-enabled"_s,
                          u"yes"_s,
                          u"--cluster-port"_s,
                          u"BUS"_s,
                          u"--cluster-node-timeout"_s,
                          timeout,
                          u"--repl-diskless-sync-delay"_s,
                          u"0"_s};
    if (m_certificates) {
        arguments += {u"--port"_s,
                      u"0"_s,
                      u"--tls-port"_s,
                      u"PORT"_s,
                      u"--tls-cluster"_s,
                      u"yes"_s,
                      u"--tls-cert-file"_s,
                      m_certificates->path(u"server"_s, u"pem"_s),
                      u"--tls-key-file"_s,
                      m_certificates->path(u"server"_s, u"key"_s),
                      u"--tls-ca-cert-file"_s,
                      m_certificates->path(u"authority"_s, u"pem"_s),
                      u"--cluster-announce-hostname"_s,
                      u"localhost"_s,
                      u"--cluster-preferred-endpoint-type"_s,
                      u"hostname"_s};
    }
    node.server = std::make_unique<RedisServer>(arguments);
    if (!node.server->start())
        return false;
    RedisOptions options;
    options.url = urlOf(*node.server);
    if (m_certificates)
        options.sslConfiguration = m_certificates->forClient(u"client"_s);
    options.reconnectionDelay = 20ms;
    options.reconnectionDelayMax = 100ms;
    node.admin = std::make_unique<RedisConnection>(options);
    node.admin->open();
    m_nodes.push_back(std::move(node));
    m_nodes.back().id = ask(m_nodes.size() - 1, {"CLUSTER", "MYID"});
    return m_nodes.back().id.size() == 40;
}

bool RedisClusterServers::isServing(size_t node, qsizetype nodes)
{
    const QByteArray info = ask(node, {"CLUSTER", "INFO"});
    return info.contains("cluster_state:ok")
        && info.contains("cluster_known_nodes:" + QByteArray::number(nodes) + "\r\n")
        && info.contains("cluster_slots_ok:16384");
}

bool RedisClusterServers::start(Replica replica)
{
    const size_t count = Masters + (replica == Replica::Yes ? 1 : 0);
    for (size_t i = 0; i < count; ++i) {
        if (!startNode(replica))
            return false;
        ask(i, {"CLUSTER", "SET-CONFIG-EPOCH", QByteArray::number(int(i) + 1)});
        if (i < Masters) {
            const int first = int(i) * Slots / int(Masters);
            const int last = int(i + 1) * Slots / int(Masters) - 1;
            ask(i,
                {"CLUSTER", "ADDSLOTSRANGE", QByteArray::number(first), QByteArray::number(last)});
        }
        if (i > 0) {
            ask(0,
                {"CLUSTER", "MEET", "127.0.0.1", QByteArray::number(node(i).port()),
                 QByteArray::number(node(i).busPort())});
        }
    }
    const auto allServe = [&] {
        for (size_t i = 0; i < count; ++i) {
            if (!isServing(i, qsizetype(count)))
                return false;
        }
        return true;
    };
    if (!QTest::qWaitFor(allServe, Patience))
        return false;
    if (replica == Replica::No)
        return true;
    const auto follows = [&] {
        ask(Masters, {"CLUSTER", "REPLICATE", m_nodes[0].id});
        return ask(Masters, {"INFO", "replication"}).contains("master_link_status:up")
            && ask(0, {"CLUSTER", "NODES"}).contains(" slave " + m_nodes[0].id);
    };
    return QTest::qWaitFor(follows, Patience) && QTest::qWaitFor(allServe, Patience);
}

QList<QUrl> RedisClusterServers::urls() const
{
    QList<QUrl> result;
    for (const Node &node : m_nodes)
        result.append(urlOf(*node.server));
    return result;
}

QUrl RedisClusterServers::urlOf(const RedisServer &server) const
{
    return m_certificates ? QUrl(u"rediss://localhost:%1"_s.arg(server.port())) : server.url();
}

QStringList RedisClusterServers::urlTexts() const
{
    QStringList result;
    for (const QUrl &url : urls())
        result.append(url.toString());
    return result;
}

QByteArray RedisClusterServers::ask(size_t node, const QList<QByteArray> &words)
{
    const auto answer = std::make_shared<std::optional<QByteArray>>();
    m_nodes[node].admin->command(words, [answer](const RedisReply &reply) {
        *answer = reply.type == RedisReply::Type::Integer ? QByteArray::number(reply.integer)
                                                          : reply.text;
    });
    const bool isThere = QTest::qWaitFor([&] { return answer->has_value(); }, Patience);
    return isThere ? answer->value() : "no answer";
}

size_t RedisClusterServers::ownerOf(const QByteArray &key)
{
    const int slot = ask(0, {"CLUSTER", "KEYSLOT", key}).toInt();
    size_t owner = 0;
    while (slot >= int(owner + 1) * Slots / int(Masters))
        ++owner;
    return owner;
}

bool RedisClusterServers::beginMove(const QByteArray &key, size_t from, size_t to)
{
    const QByteArray slot = ask(from, {"CLUSTER", "KEYSLOT", key});
    const QByteArray port = QByteArray::number(node(to).port());
    if (ask(to, {"CLUSTER", "SETSLOT", slot, "IMPORTING", m_nodes[from].id}) != "OK"
        || ask(from, {"CLUSTER", "SETSLOT", slot, "MIGRATING", m_nodes[to].id}) != "OK")
        return false;
    const QByteArray moved = ask(from, {"MIGRATE", "127.0.0.1", port, key, "0", "5000"});
    return moved == "OK" || moved == "NOKEY";
}

bool RedisClusterServers::endMove(const QByteArray &key, size_t from, size_t to)
{
    const QByteArray slot = ask(from, {"CLUSTER", "KEYSLOT", key});
    // The new owner first, so that the slot always has one.
    return ask(to, {"CLUSTER", "SETSLOT", slot, "NODE", m_nodes[to].id}) == "OK"
        && ask(from, {"CLUSTER", "SETSLOT", slot, "NODE", m_nodes[to].id}) == "OK";
}
