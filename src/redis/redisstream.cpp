// SPDX-License-Identifier: MIT
#include "redis/redisstream_p.h"

#include "base/callout_p.h"
#include "base/timelimits_p.h"
#include "base/utf8text_p.h"
#include "redis/redisconnection_p.h"

#include <QtCore/qrandom.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::detail::CallOut;
using State = RedisConnection::State;
using EngineIo::detail::timerTime;

namespace {

constexpr qsizetype MaxSources = 10'000;
constexpr qsizetype MaxDuplicates = 10'000;

} // namespace

RedisStream::RedisStream(RedisConnection *publisher, const RedisStreamsAdapterOptions &options,
                         const QByteArray &name)
    : m_publisher(publisher)
    , m_options(options)
    , m_name(name)
    , m_source(
          QByteArray::number(QRandomGenerator::system()->generate64(), 16).rightJustified(16, '0'))
    , m_reader(options)
{
    m_clock.start();
    m_late.setSingleShot(true);
    m_readAgain.setSingleShot(true);
    m_writeAgain.setSingleShot(true);
    connect(&m_late, &QTimer::timeout, this, [this] { checkLate(); });
    connect(&m_readAgain, &QTimer::timeout, this, [this] {
        if (m_reader.state() == State::Ready && !m_isPolling)
            readerReady();
    });
    connect(&m_writeAgain, &QTimer::timeout, this, [this] { write(); });
    connect(m_publisher, &RedisConnection::stateChanged, this,
            [this](State state) { publisherChanged(state); });
    connect(&m_reader, &RedisConnection::ready, this, [this] { readerReady(); });
    connect(&m_reader, &RedisConnection::errorOccurred, this,
            [this](const Error &error) { report(error.message()); });
    connect(&m_reader, &RedisConnection::stateChanged, this, [this](State state) {
        if (state != State::Ready && m_isPositioned)
            deliverEarly();
    });
    RedisConnectionPrivate::of(&m_reader)->purpose = u"for reading the stream"_s;
    m_reader.open();
}

void RedisStream::addObserver(const QString &nsp, RedisStreamObserver *observer)
{
    m_observers.insert(nsp, observer);
}

void RedisStream::removeObserver(const QString &nsp, const RedisStreamObserver *observer)
{
    const auto it = m_observers.constFind(nsp);
    if (it != m_observers.cend() && it.value() == observer)
        m_observers.erase(it);
}

void RedisStream::report(const QString &text)
{
    const Error error(Error::Type::Transport, text);
    CallOut out(this);
    const QStringList names = m_observers.keys();
    for (const QString &nsp : names)
        out.call([&] {
            if (RedisStreamObserver *observer = m_observers.value(nsp))
                observer->streamError(error);
        });
}

void RedisStream::readerReady()
{
    if (m_isPositioned)
        poll();
    else
        findPosition();
}

// Starts reading after the last entry, using its id: with the id "$", entries written between two
// commands would be missed.
void RedisStream::findPosition()
{
    m_isPolling = true;
    m_reader.command(
        {"XREVRANGE", m_name, "+", "-", "COUNT", "1"}, [this](const RedisReply &reply) {
            m_isPolling = false;
            if (reply.isError()) {
                readingRefused(reply.text);
                return;
            }
            if (!reply.elements.isEmpty() && !reply.elements[0].elements.isEmpty()) {
                begin(StreamId::fromBytes(reply.elements[0].elements[0].text).value_or(StreamId()));
                return;
            }
            // An entry without a message gives clients that have received nothing a place to
            // resume.
            m_isPolling = true;
            m_reader.command(
                {"XADD", m_name, "*", "source", m_source}, [this](const RedisReply &added) {
                    m_isPolling = false;
                    if (const auto id = StreamId::fromBytes(added.text); id && !added.isError())
                        begin(*id);
                    else
                        readingRefused(added.text);
                });
        });
}

// A lost connection has a signal of its own.
void RedisStream::readingRefused(const QByteArray &why)
{
    if (m_reader.state() != State::Ready)
        return;
    m_readAgain.start(RetryDelay);
    report(u"cannot read the stream \"%1\": %2"_s.arg(QString::fromUtf8(m_name),
                                                      QString::fromUtf8(why)));
}

void RedisStream::begin(const StreamId &id)
{
    m_last = id;
    m_isPositioned = true;
    for (RedisStreamObserver *observer : std::as_const(m_observers))
        observer->positioned();
    poll();
    write();
}

void RedisStream::poll()
{
    if (m_isPolling)
        return;
    const std::chrono::milliseconds blockTime = timerTime(m_options.blockTime);
    m_isPolling = m_reader.command({"XREAD", "COUNT", QByteArray::number(m_options.readCount),
                                    "BLOCK", QByteArray::number(qint64(blockTime.count())),
                                    "STREAMS", m_name, m_last.toBytes()},
                                   blockTime, [this](const RedisReply &reply) { polled(reply); });
}

void RedisStream::polled(const RedisReply &reply)
{
    m_isPolling = false;
    if (reply.isError()) {
        readingRefused(reply.text);
        return;
    }
    CallOut out(this);
    if (!reply.elements.isEmpty() && reply.elements[0].elements.size() == 2) {
        const QList<RedisReply> entries = reply.elements[0].elements[1].elements;
        for (const RedisReply &entry : entries)
            out.call([&] { handle(entry); });
    }
    if (out && m_reader.state() == State::Ready)
        poll();
}

bool RedisStream::isRepeated(const StreamEntry &entry)
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

void RedisStream::handle(const RedisReply &reply)
{
    const std::optional<StreamEntry> entry = StreamEntry::fromReply(reply);
    if (!entry || !(m_last < entry->id))
        return;
    m_last = entry->id;
    if (isRepeated(*entry))
        return;
    if (entry->source == m_source) {
        handleOwn(*entry);
        return;
    }
    const auto observer = m_observers.constFind(EngineIo::detail::utf8Text(entry->nsp));
    if (observer == m_observers.cend())
        return;
    if (const std::optional<ClusterMessage> message = entry->message())
        (*observer)->messageRead(*message, *entry, position().toString());
}

void RedisStream::handleOwn(const StreamEntry &entry)
{
    // Earlier messages that Redis has accepted were trimmed from the stream before this server
    // could read them.
    const auto end = firstAfter(m_own, entry.sequence);
    QList<Own> read;
    for (auto own = m_own.begin(); own != end; ++own) {
        m_ownSize -= own->size;
        if (isUndelivered(*own))
            read.append(std::move(*own));
    }
    m_own.erase(m_own.begin(), end);
    m_settledUpTo = std::max(m_settledUpTo, entry.sequence);
    m_sentUpTo = std::max(m_sentUpTo, m_settledUpTo);
    if (entry.sequence >= m_earlyUpTo)
        m_earlyUpTo = 0;
    m_isFull = false;
    CallOut out(this);
    for (const Own &own : std::as_const(read)) {
        RedisStreamObserver *observer = m_observers.value(own.message.nsp);
        if (observer && !out.call([&] {
                observer->ownMessage(own.message, own.sequence, position().toString());
            }))
            return;
    }
}

StreamOffset RedisStream::position() const
{
    StreamOffset offset{m_last, {}, 0};
    if (m_earlyUpTo > 0) {
        offset.source = m_source;
        offset.sequence = m_earlyUpTo;
    }
    return offset;
}

QList<RedisStream::Own> RedisStream::earlyMessages(const QString &nsp) const
{
    QList<Own> early;
    const auto end = firstAfter(m_own, m_deliveredUpTo);
    for (auto own = m_own.cbegin(); own != end; ++own) {
        if (own->delivery == Delivery::WhenRead && own->message.nsp == nsp)
            early.append(*own);
    }
    return early;
}

QList<ClusterMessage> RedisStream::undelivered(const QString &nsp) const
{
    QList<ClusterMessage> messages;
    for (auto own = firstAfter(m_own, m_deliveredUpTo); own != m_own.cend(); ++own) {
        if (own->delivery == Delivery::WhenRead && own->message.nsp == nsp)
            messages.append(own->message);
    }
    return messages;
}

bool RedisStream::isAway() const
{
    return !m_isPositioned || m_publisher->state() != State::Ready
        || m_reader.state() != State::Ready || m_earlyUpTo > 0;
}

std::deque<RedisStream::Own>::const_iterator RedisStream::nextUndelivered() const
{
    return std::find_if(firstAfter(m_own, m_deliveredUpTo), m_own.cend(),
                        [](const Own &own) { return own.delivery == Delivery::WhenRead; });
}

// Delivers all waiting messages, in order: later messages must not overtake earlier ones.
void RedisStream::deliverEarly()
{
    CallOut out(this);
    for (;;) {
        const auto next = nextUndelivered();
        if (next == m_own.cend())
            break;
        m_deliveredUpTo = next->sequence;
        m_earlyUpTo = next->sequence;
        const ClusterMessage message = next->message; // which may be read meanwhile
        const quint64 sequence = next->sequence;
        RedisStreamObserver *observer = m_observers.value(message.nsp);
        if (observer
            && !out.call([&] { observer->ownMessage(message, sequence, position().toString()); }))
            return;
    }
    m_deliveredUpTo = m_lastSequence;
}

void RedisStream::checkLate()
{
    const auto oldest = nextUndelivered();
    if (oldest == m_own.cend())
        return;
    const std::chrono::milliseconds waited(m_clock.elapsed() - oldest->time);
    if (waited < m_options.deliveryTimeout)
        m_late.start(timerTime(m_options.deliveryTimeout - waited));
    else
        deliverEarly();
}

} // namespace SocketIo::detail
