// SPDX-License-Identifier: MIT
#include "redis/redissessions_p.h"

#include "redis/redislogging_p.h"

#include <SocketIo/MsgPack>

#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::warnIfDue;
using EngineIo::detail::WarningLimit;

namespace {

// A server that was suspended must not overwrite what another one has written meanwhile. So a
// server changes a session only if it was the last one to write it, or if the session is gone
// because Redis was restarted.
constexpr char ChangeScript[] = "local now = redis.call('GET', KEYS[1]) "
                                "if now and now ~= ARGV[1] then return 0 end "
                                "if ARGV[2] == '' then redis.call('DEL', KEYS[1]) "
                                "else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end "
                                "return 1";
// GETDEL for Redis before 6.2.
constexpr char TakeScript[] = "local now = redis.call('GET', KEYS[1]) "
                              "if now then redis.call('DEL', KEYS[1]) end "
                              "return now";

} // namespace

RedisSessions::RedisSessions(RedisConnection *redis, QString keyPrefix, QString owner, Lost lost)
    : m_redis(redis)
    , m_keyPrefix(std::move(keyPrefix))
    , m_owner(std::move(owner))
    , m_lost(std::move(lost))
{
}

QByteArray RedisSessions::encode(const Kept &kept) const
{
    const RecoverableSession &session = kept.session;
    const auto bytes = MsgPack::encode(QVariantMap{{u"sid"_s, session.sid},
                                                   {u"pid"_s, session.pid},
                                                   {u"rooms"_s, session.rooms},
                                                   {u"data"_s, session.data},
                                                   {u"offset"_s, kept.offset},
                                                   {u"server"_s, m_owner}});
    if (!bytes) {
        warnIfDue(
            lcRedis(), m_warnings->take(),
            u"The session of socket %1 is not kept: its data cannot be written as MessagePack"_s
                .arg(session.sid));
    }
    return bytes.value_or(QByteArray()).toBase64();
}

void RedisSessions::write(const QString &sid, const Written &before, const QByteArray &value,
                          std::chrono::milliseconds time, Loss loss)
{
    m_redis->command(
        {"EVAL", ChangeScript, "1", before.key, before.value, value,
         QByteArray::number(qint64(time.count()))},
        [this, sid, loss, warnings = std::weak_ptr(m_warnings)](const RedisReply &reply) {
            const std::shared_ptr<const WarningLimit> limit = warnings.lock();
            if (!limit)
                return;
            if (reply.isError()) {
                warnIfDue(lcRedis(), limit->take(),
                          u"The session of socket %1 is not kept: %2"_s.arg(
                              sid, QString::fromUtf8(reply.text)));
            } else if (reply.integer == 0 && loss == Loss::Reported && m_written.remove(sid)) {
                qCDebug(lcRedis) << "Another server has the session of socket" << sid;
                m_lost(sid);
            }
        });
}

void RedisSessions::update(const Kept &kept, std::chrono::milliseconds time)
{
    const QByteArray value = encode(kept);
    if (value.isEmpty())
        return;
    const QString &sid = kept.session.sid;
    auto it = m_written.find(sid);
    const QByteArray key = (m_keyPrefix + kept.session.pid).toUtf8();
    if (it == m_written.end()) {
        // When this server gets the session, it overwrites whatever another one has written.
        m_written.insert(sid, {key, value});
        m_redis->command({"SET", key, value, "PX", QByteArray::number(qint64(time.count()))});
        return;
    }
    write(sid, *it, value, time, Loss::Reported);
    it->value = value;
}

void RedisSessions::store(const Kept &kept, std::chrono::milliseconds time)
{
    const QByteArray value = encode(kept);
    if (value.isEmpty())
        return;
    const Written written = m_written.take(kept.session.sid);
    if (!written.key.isEmpty()) {
        write(kept.session.sid, written, value, time, Loss::Ignored);
        return;
    }
    m_redis->command({"SET", (m_keyPrefix + kept.session.pid).toUtf8(), value, "PX",
                      QByteArray::number(qint64(time.count()))});
}

void RedisSessions::remove(const QString &sid)
{
    const Written written = m_written.take(sid);
    if (!written.key.isEmpty())
        write(sid, written, {}, {}, Loss::Ignored);
}

void RedisSessions::take(const QString &pid, const Found &found)
{
    const bool asked =
        m_redis->command({"EVAL", TakeScript, "1", (m_keyPrefix + pid).toUtf8()},
                         [pid, found, warnings = m_warnings](const RedisReply &reply) {
                             const auto bytes = QByteArray::fromBase64Encoding(
                                 reply.text, QByteArray::AbortOnBase64DecodingErrors);
                             if (reply.type != RedisReply::Type::Text) {
                                 found(std::nullopt);
                                 return;
                             }
                             QVariantMap map;
                             if (bytes)
                                 map = MsgPack::decode(*bytes).value_or(QVariant()).toMap();
                             Kept kept;
                             kept.session.sid = map.value(u"sid"_s).toString();
                             kept.session.pid = map.value(u"pid"_s).toString();
                             kept.session.rooms = map.value(u"rooms"_s).toStringList();
                             kept.session.data = map.value(u"data"_s).toMap();
                             kept.offset = map.value(u"offset"_s).toString();
                             if (kept.session.sid.isEmpty() || kept.session.pid != pid) {
                                 warnIfDue(lcRedis(), warnings->take(),
                                           u"A session at Redis is ignored: it is malformed"_s);
                                 found(std::nullopt);
                                 return;
                             }
                             found(kept);
                         });
    if (!asked)
        found(std::nullopt);
}

} // namespace SocketIo::detail
