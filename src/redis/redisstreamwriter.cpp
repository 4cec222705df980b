// SPDX-License-Identifier: MIT
#include "redis/redisstreamwriter_p.h"

#include "base/callout_p.h"
#include "redis/redisconnection_p.h"
#include "redis/redislogging_p.h"
#include "redis/respreader_p.h"

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::detail::CallOut;
using EngineIo::detail::warnIfDue;
using State = BrokerState;

namespace {

constexpr std::chrono::milliseconds WriteAgainDelay = 500ms; // after a temporary refusal
constexpr int MaxBatch = 500;                                // messages that are written at once
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

RedisStreamWriter::RedisStreamWriter(RedisStreamWriterObserver *observer,
                                     RedisConnection *publisher, const RedisStreamReader *reader,
                                     OwnMessages *messages, qint64 maxLen, const QByteArray &name,
                                     const QByteArray &source)
    : m_observer(observer)
    , m_publisher(publisher)
    , m_reader(reader)
    , m_messages(messages)
    , m_maxLen(maxLen)
    , m_name(name)
    , m_source(source)
{
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, [this] { write(); });
    connect(m_publisher, &RedisConnection::stateChanged, this,
            [this](State state) { publisherChanged(state); });
}

void RedisStreamWriter::read(quint64 sequence)
{
    m_settledUpTo = std::max(m_settledUpTo, sequence);
    m_sentUpTo = std::max(m_sentUpTo, m_settledUpTo);
}

void RedisStreamWriter::publisherChanged(State state)
{
    m_again.stop();
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
}

// Finds out whether Redis has the messages that it was sent last on a connection that is lost.
void RedisStreamWriter::checkSent(const StreamId &from)
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
                    m_again.start(WriteAgainDelay);
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
        m_again.start(WriteAgainDelay);
}

// Writes what waits, a part at a time, each only when Redis has accepted the one before: so a part
// that is refused for a while is not overtaken.
void RedisStreamWriter::write()
{
    if (!m_reader->isPositioned() || m_isChecking || m_again.isActive()
        || m_publisher->state() != State::Ready)
        return;
    if (m_isUnsure) {
        checkSent(m_reader->last());
        return;
    }
    if (m_sentUpTo > m_settledUpTo)
        return;
    QList<QByteArray> words;
    qsizetype size = 0;
    int count = 0;
    for (auto own = m_messages->firstAfter(m_settledUpTo); own != m_messages->end(); ++own) {
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
    const QByteArray length = QByteArray::number(m_maxLen);
    const bool isScript = count > 1;
    if (isScript)
        words = QList<QByteArray>{"EVAL", AddScript, "1", m_name, length} + words;
    else
        words = QList<QByteArray>{"XADD", m_name, "MAXLEN", "~", length, "*"} + words.mid(1);
    const bool isSent = m_publisher->command(
        words,
        [this, isScript, upTo = m_sentUpTo, connection = m_connection](const RedisReply &reply) {
            if (connection == m_connection)
                answered(reply, isScript, upTo);
            // else it is lost: checkSent() finds out
        });
    if (!isSent) {
        m_sentUpTo = m_settledUpTo;
        m_again.start(WriteAgainDelay);
    }
}

void RedisStreamWriter::answered(const RedisReply &reply, bool isScript, quint64 upTo)
{
    if (!reply.isError()) {
        m_settledUpTo = std::max(m_settledUpTo, upTo);
        m_isRefused = false;
        write();
    } else if (RedisConnectionPrivate::isLoss(reply)) {
        m_isUnsure = true;
        m_again.start(WriteAgainDelay);
    } else if (isScript && !isPassing(reply.text)) {
        scriptRefused(reply.text);
    } else {
        refused(upTo, reply.text);
    }
}

void RedisStreamWriter::refused(quint64 upTo, const QByteArray &why)
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
        m_again.start(WriteAgainDelay);
        m_observer->writingFailed(text);
        return;
    }
    CallOut out(this);
    out.call([&] { m_observer->writingFailed(text); });
    if (out.call([this] { m_observer->messagesRefused(); }))
        drop(upTo);
}

// Writes the part once more, without a script: nothing of it has been written.
void RedisStreamWriter::scriptRefused(const QByteArray &why)
{
    warnIfDue(
        lcRedis(), std::exchange(m_hasScripts, false) && m_warnings.take(),
        u"Messages are written to the stream \"%1\" one at a time, which is slower: Redis at %2 "
        "does not accept several at once: %3 (Allow its user to run scripts: \"ACL SETUSER name "
        "+eval\".)"_s.arg(QString::fromUtf8(m_name),
                          RedisConnectionPrivate::of(m_publisher)->address(),
                          QString::fromUtf8(why)));
    m_sentUpTo = m_settledUpTo;
    write();
}

void RedisStreamWriter::drop(quint64 upTo)
{
    const QMap<QString, int> dropped = m_messages->remove(m_settledUpTo, upTo);
    m_settledUpTo = std::max(m_settledUpTo, upTo);
    m_sentUpTo = m_settledUpTo;
    CallOut out(this);
    for (auto it = dropped.cbegin(); it != dropped.cend(); ++it)
        out.call([&] { m_observer->messagesDropped(it.key(), it.value()); });
    out.call([this] { write(); });
}

} // namespace SocketIo::detail
