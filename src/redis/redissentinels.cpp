// SPDX-License-Identifier: MIT
#include "redis/redissentinels_p.h"

#include "redis/redisconnection_p.h"

#include <QtCore/qmetaobject.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

constexpr int DefaultPort = 26379;

} // namespace

RedisSentinels::RedisSentinels(const RedisOptions &options)
    : m_options(options)
{
}

void RedisSentinels::ask(qsizetype index)
{
    if (index >= m_options.sentinels.size()) {
        Q_EMIT failed(u"no sentinel knows \"%1\": %2"_s.arg(m_options.sentinelMaster, m_error));
        return;
    }
    RedisOptions options = m_options;
    options.sentinels.clear();
    options.url = m_options.sentinels[index];
    if (options.url.port() < 0)
        options.url.setPort(DefaultPort);
    options.connectTimeout = m_options.connectTimeout / (m_options.sentinels.size() + 1);
    options.responseTimeout = options.connectTimeout;
    m_connection = std::make_unique<RedisConnection>(options);
    m_error.clear();
    // Queued, as asking the next sentinel deletes the connection.
    connect(
        m_connection.get(), &RedisConnection::errorOccurred, this,
        [this, index, asked = m_connection.get()](const Error &error) {
            if (m_connection.get() != asked)
                return;
            m_error = error.message();
            ask(index + 1);
        },
        Qt::QueuedConnection);
    RedisConnectionPrivate::of(m_connection.get())->isQuiet = true;
    m_connection->open();
    m_connection->command(
        {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", m_options.sentinelMaster.toUtf8()},
        [this, index, asked = m_connection.get()](const RedisReply &reply) {
            if (RedisConnectionPrivate::isLoss(reply))
                return; // which has a signal of its own
            QMetaObject::invokeMethod(
                this,
                [this, index, asked, reply] {
                    if (m_connection.get() == asked)
                        answered(index, reply);
                },
                Qt::QueuedConnection);
        });
}

void RedisSentinels::answered(qsizetype index, const RedisReply &reply)
{
    if (reply.elements.size() == 2) {
        m_connection.reset();
        Q_EMIT found(QString::fromUtf8(reply.elements[0].text), reply.elements[1].text.toInt());
        return;
    }
    m_error = reply.isError()
        ? u"%1 says: %2"_s.arg(RedisConnectionPrivate::of(m_connection.get())->address(),
                               QString::fromUtf8(reply.text))
        : u"it is unknown there"_s;
    ask(index + 1);
}

} // namespace SocketIo::detail
