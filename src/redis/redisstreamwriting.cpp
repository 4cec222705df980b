// SPDX-License-Identifier: MIT
// How a server writes its messages to a stream: in order, and each once.
#include "redis/redisstream_p.h"

#include "base/callout_p.h"
#include "base/timelimits_p.h"
#include "redis/redisconnection_p.h"
#include "redis/redislogging_p.h"
#include "redis/respreader_p.h"

#include <QtCore/qmap.h>

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::CallOut;
using EngineIo::detail::timerTime;
using EngineIo::detail::warnIfDue;
using State = RedisConnection::State;

namespace {

constexpr int MaxBatch = 500; // messages that are written at once
constexpr qsizetype MaxBatchSize = 1024 * 1024;

// Adds several entries, or none: what Redis refuses for a while, such as for want of memory, it
// refuses from the beginning of a script to its end.
constexpr char AddScript[] =
    "if redis.replicate_commands then redis.replicate_commands() end "
    "local at = 2 "
    "while at <= #ARGV do "
    "local count = tonumber(ARGV[at]) "
    "local added = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', "
    "unpack(ARGV, at + 1, at + count)) "
    "if type(added) == 'table' and added.err then return added end "
    "at = at + 1 + count "
    "end "
    "return redis.status_reply('OK')";

} // namespace

void RedisStream::publish(const ClusterMessage &message, Delivery delivery)
{
    Own own;
    own.message = message;
    own.sequence = ++m_lastSequence;
    own.fields =
        streamFields(message,
                     m_options.payload == RedisStreamsAdapterOptions::Payload::OnlyPlaintext
                         ? EntryData::PlainText
                         : EntryData::Any,
                     m_source, own.sequence);
    for (const QByteArray &field : std::as_const(own.fields))
        own.size += field.size();
    own.time = m_clock.elapsed();
    own.delivery = delivery;
    const bool fits = m_ownSize + own.size <= m_options.maxQueuedBytes;
    if (own.fields.isEmpty() || !fits) {
        if (!fits && !std::exchange(m_isFull, true)) {
            warnIfDue(lcRedis(), m_warnings.take(),
                      u"messages for other servers are dropped: more than "
                      "RedisOptions::maxQueuedBytes wait for Redis"_s);
        }
        CallOut out(this);
        RedisStreamObserver *observer = nullptr;
        if (delivery == Delivery::WhenRead && out.call([this] { deliverEarly(); })
            && (observer = m_observers.value(message.nsp)))
            out.call([&] { observer->ownMessage(message, own.sequence, position().toString()); });
        if (out && (observer = m_observers.value(message.nsp)))
            observer->messagesDropped(1);
        return;
    }
    m_ownSize += own.size;
    m_own.push_back(std::move(own));
    const bool isLate = delivery == Delivery::WhenRead && isAway();
    write();
    if (isLate)
        deliverEarly();
    else if (delivery == Delivery::WhenRead && !m_late.isActive())
        m_late.start(timerTime(m_options.deliveryTimeout));
}

void RedisStream::publisherChanged(State state)
{
    m_writeAgain.stop();
    if (state == State::Ready) {
        m_hasScripts = true; // this server may run them
        write();
        return;
    }
    // Whoever was told before the replies may process events until there is another connection, or
    // delete the one that owes them: so they are not waited for.
    m_isUnsure = m_sentUpTo > m_settledUpTo;
    m_isChecking = false;
    ++m_connection;
    if (m_isPositioned)
        deliverEarly();
}

// Finds out whether Redis has the messages that it was sent last on a connection that is lost.
void RedisStream::checkSent(const StreamId &from)
{
    constexpr int Count = 500;
    m_isChecking = m_publisher->command(
        {"XRANGE", m_name, from.next().toBytes(), "+", "COUNT", QByteArray::number(Count)},
        [this, connection = m_connection](const RedisReply &reply) {
            if (connection != m_connection)
                return; // the connection was lost meanwhile
            if (reply.isError()) {
                m_isChecking = false;
                if (m_publisher->state() == State::Ready)
                    m_writeAgain.start(RetryDelay);
                return; // otherwise the next connection asks again
            }
            StreamId last;
            for (const RedisReply &element : reply.elements) {
                const auto entry = StreamEntry::fromReply(element);
                if (!entry)
                    continue;
                last = entry->id;
                if (entry->source == m_source)
                    m_settledUpTo = std::max(m_settledUpTo, entry->sequence);
            }
            if (reply.elements.size() >= Count) {
                checkSent(last);
                return;
            }
            m_isChecking = false;
            m_isUnsure = false;
            m_sentUpTo = m_settledUpTo;
            write();
        });
    if (!m_isChecking)
        m_writeAgain.start(RetryDelay);
}

// Writes what waits, a part at a time, each only when Redis has accepted the one before: so a part
// that is refused for a while is not overtaken.
void RedisStream::write()
{
    if (!m_isPositioned || m_isChecking || m_writeAgain.isActive()
        || m_publisher->state() != State::Ready)
        return;
    if (m_isUnsure) {
        checkSent(m_last);
        return;
    }
    if (m_sentUpTo > m_settledUpTo)
        return;
    QList<QByteArray> words;
    qsizetype size = 0;
    int count = 0;
    for (auto own = firstAfter(m_own, m_settledUpTo); own != m_own.cend(); ++own) {
        if (count > 0 && (!m_hasScripts || count >= MaxBatch || size + own->size > MaxBatchSize))
            break;
        ++count;
        size += own->size;
        words += QByteArray::number(own->fields.size());
        words += own->fields;
        m_sentUpTo = own->sequence;
    }
    if (words.isEmpty())
        return;
    const QByteArray length = QByteArray::number(m_options.maxLen);
    const bool isScript = count > 1;
    if (isScript)
        words = QList<QByteArray>{"EVAL", AddScript, "1", m_name, length} + words;
    else
        words = QList<QByteArray>{"XADD", m_name, "MAXLEN", "~", length, "*"} + words.mid(1);
    const bool isSent = m_publisher->command(
        words,
        [this, isScript, upTo = m_sentUpTo, connection = m_connection](const RedisReply &reply) {
            if (connection != m_connection)
                return; // which is lost: checkSent() finds out
            if (!reply.isError()) {
                m_settledUpTo = std::max(m_settledUpTo, upTo);
                m_isRefused = false;
                write();
            } else if (RedisConnectionPrivate::isLoss(reply)) {
                m_isUnsure = true;
                m_writeAgain.start(RetryDelay);
            } else if (isScript && !isPassing(reply.text)) {
                scriptRefused(reply.text);
            } else {
                refused(upTo, reply.text);
            }
        });
    if (!isSent) {
        m_sentUpTo = m_settledUpTo;
        m_writeAgain.start(RetryDelay);
    }
}

void RedisStream::refused(quint64 upTo, const QByteArray &why)
{
    QString text = u"Redis at %1 does not accept what is written to the stream \"%2\": %3"_s.arg(
        RedisConnectionPrivate::of(m_publisher)->address(), QString::fromUtf8(m_name),
        QString::fromUtf8(why));
    const bool isForAWhile = isPassing(why);
    text += isForAWhile ? u" (It is sent again, and what follows waits for it.)"_s
                        : u" (It is dropped.)"_s;
    const bool isKnown = std::exchange(m_isRefused, isForAWhile) && isForAWhile;
    warnIfDue(lcRedis(), !isKnown && m_warnings.take(), text);
    if (isForAWhile) {
        m_sentUpTo = m_settledUpTo;
        m_writeAgain.start(RetryDelay);
        report(text);
        return;
    }
    CallOut out(this);
    out.call([&] { report(text); });
    if (out.call([this] { deliverEarly(); }))
        drop(upTo);
}

// Writes the part once more, without a script: nothing of it has been written.
void RedisStream::scriptRefused(const QByteArray &why)
{
    warnIfDue(
        lcRedis(), std::exchange(m_hasScripts, false) && m_warnings.take(),
        u"messages are written to the stream \"%1\" one at a time, which is slower: Redis at %2 "
        "does not accept several at once: %3 (Let its user run scripts: \"ACL SETUSER name "
        "+eval\".)"_s.arg(QString::fromUtf8(m_name),
                          RedisConnectionPrivate::of(m_publisher)->address(),
                          QString::fromUtf8(why)));
    m_sentUpTo = m_settledUpTo;
    write();
}

void RedisStream::drop(quint64 upTo)
{
    const auto begin = firstAfter(m_own, m_settledUpTo);
    const auto end = firstAfter(m_own, upTo);
    QMap<QString, int> dropped;
    for (auto own = begin; own < end; ++own) {
        m_ownSize -= own->size;
        ++dropped[own->message.nsp];
    }
    if (begin < end) {
        m_own.erase(begin, end);
        m_isFull = false;
    }
    m_settledUpTo = std::max(m_settledUpTo, upTo);
    m_sentUpTo = m_settledUpTo;
    CallOut out(this);
    for (auto it = dropped.cbegin(); it != dropped.cend(); ++it) {
        out.call([&] {
            if (RedisStreamObserver *observer = m_observers.value(it.key()))
                observer->messagesDropped(it.value());
        });
    }
    out.call([this] { write(); });
}

} // namespace SocketIo::detail
