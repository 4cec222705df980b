// SPDX-License-Identifier: MIT
#include "redis/redisstreamreader_p.h"

#include "base/callout_p.h"
#include "base/timelimits_p.h"
#include "redis/redisconnection_p.h"

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::detail::CallOut;
using EngineIo::detail::timerTime;
using State = BrokerState;

namespace {

constexpr std::chrono::milliseconds ReadAgainDelay = 500ms; // after a refusal
constexpr qsizetype MaxSources = 10'000;
constexpr qsizetype MaxDuplicates = 10'000;

} // namespace

RedisStreamReader::RedisStreamReader(RedisStreamReaderObserver *observer,
                                     const RedisStreamsAdapterOptions &options,
                                     const QByteArray &name, const QByteArray &source)
    : m_observer(observer)
    , m_options(options)
    , m_name(name)
    , m_source(source)
    , m_connection(options)
{
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, [this] {
        if (isReady() && !m_isPolling)
            readNext();
    });
    connect(&m_connection, &RedisConnection::errorOccurred, this,
            [this](const Error &error) { m_observer->readingFailed(error.message()); });
    connect(&m_connection, &RedisConnection::stateChanged, this, [this](State state) {
        if (state == State::Ready)
            readNext();
        else if (m_isPositioned)
            m_observer->readerDisconnected();
    });
    RedisConnectionPrivate::of(&m_connection)->purpose = u"for reading the stream"_s;
}

void RedisStreamReader::open()
{
    m_connection.open();
}

void RedisStreamReader::readNext()
{
    if (m_isPositioned)
        poll();
    else
        findPosition();
}

// Starts reading after the last entry, using its id: with the id "$", entries written between two
// commands would be missed.
void RedisStreamReader::findPosition()
{
    m_isPolling = true;
    m_connection.command(
        {"XREVRANGE", m_name, "+", "-", "COUNT", "1"}, [this](const RedisReply &reply) {
            m_isPolling = false;
            if (reply.isError()) {
                refused(reply.text);
                return;
            }
            if (!reply.elements.isEmpty() && !reply.elements[0].elements.isEmpty()) {
                begin(StreamId::fromBytes(reply.elements[0].elements[0].text).value_or(StreamId()));
                return;
            }
            // An entry without a message gives clients that have received nothing a place to
            // resume.
            m_isPolling = true;
            m_connection.command(
                {"XADD", m_name, "*", "source", m_source}, [this](const RedisReply &added) {
                    m_isPolling = false;
                    if (const auto id = StreamId::fromBytes(added.text); id && !added.isError())
                        begin(*id);
                    else
                        refused(added.text);
                });
        });
}

// A lost connection has a signal of its own.
void RedisStreamReader::refused(const QByteArray &why)
{
    if (!isReady())
        return;
    m_again.start(ReadAgainDelay);
    m_observer->readingFailed(u"cannot read the stream \"%1\": %2"_s.arg(QString::fromUtf8(m_name),
                                                                         QString::fromUtf8(why)));
}

void RedisStreamReader::begin(const StreamId &id)
{
    m_last = id;
    m_isPositioned = true;
    poll();
    m_observer->readerPositioned();
}

void RedisStreamReader::poll()
{
    if (m_isPolling)
        return;
    const std::chrono::milliseconds blockTime = timerTime(m_options.blockTime);
    m_isPolling = m_connection.command(
        {"XREAD", "COUNT", QByteArray::number(m_options.readCount), "BLOCK",
         QByteArray::number(qint64(blockTime.count())), "STREAMS", m_name, m_last.toBytes()},
        blockTime, [this](const RedisReply &reply) { polled(reply); });
}

void RedisStreamReader::polled(const RedisReply &reply)
{
    m_isPolling = false;
    if (reply.isError()) {
        refused(reply.text);
        return;
    }
    CallOut out(this);
    if (!reply.elements.isEmpty() && reply.elements[0].elements.size() == 2) {
        const QList<RedisReply> entries = reply.elements[0].elements[1].elements;
        for (const RedisReply &entry : entries)
            out.call([&] { handle(entry); });
    }
    if (out && isReady())
        poll();
}

void RedisStreamReader::handle(const RedisReply &reply)
{
    const std::optional<StreamEntry> entry = StreamEntry::fromReply(reply);
    if (!entry || !(m_last < entry->id))
        return;
    m_last = entry->id;
    if (!isRepeated(*entry))
        m_observer->entryRead(*entry);
}

bool RedisStreamReader::isRepeated(const StreamEntry &entry)
{
    if (entry.source.isEmpty() || entry.sequence == 0)
        return false;
    if (m_sequences.size() > MaxSources)
        m_sequences.clear(); // most of these servers are gone
    quint64 &last = m_sequences[entry.source];
    if (entry.sequence > last) {
        last = entry.sequence;
        return false;
    }
    if (m_duplicates.size() > MaxDuplicates)
        m_duplicates.clear();
    m_duplicates.insert(entry.id.toBytes());
    return true;
}

} // namespace SocketIo::detail
