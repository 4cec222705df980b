// SPDX-License-Identifier: MIT
#include "redis/redisstream_p.h"

#include "base/callout_p.h"
#include "base/timelimits_p.h"
#include "base/utf8text_p.h"
#include "redis/redisconnection_p.h"
#include "redis/redislogging_p.h"
#include "redis/respreader_p.h"

#include <QtCore/qrandom.h>

#include <algorithm>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::detail::CallOut;
using State = RedisConnection::State;
using EngineIo::detail::timerTime;

namespace {

constexpr auto RetryDelay = 500ms; // after a temporary refusal
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
    m_retry.setSingleShot(true);
    connect(&m_late, &QTimer::timeout, this, [this] { checkLate(); });
    connect(&m_retry, &QTimer::timeout, this, [this] {
        renumber();
        sendWaiting();
        if (m_reader.state() == State::Ready && !m_isPolling)
            readerReady();
    });
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
                m_retry.start(RetryDelay);
                report(u"cannot read the stream \"%1\": %2"_s.arg(QString::fromUtf8(m_name),
                                                                  QString::fromUtf8(reply.text)));
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
                        m_retry.start(RetryDelay);
                });
        });
}

void RedisStream::begin(const StreamId &id)
{
    m_last = id;
    m_isPositioned = true;
    for (RedisStreamObserver *observer : std::as_const(m_observers))
        observer->positioned();
    poll();
    sendWaiting();
}

void RedisStream::poll()
{
    if (m_isPolling)
        return;
    m_isPolling =
        m_reader.command({"XREAD", "COUNT", QByteArray::number(m_options.readCount), "BLOCK",
                          QByteArray::number(qint64(m_options.blockTime.count())), "STREAMS",
                          m_name, m_last.toBytes()},
                         m_options.blockTime, [this](const RedisReply &reply) { polled(reply); });
}

void RedisStream::polled(const RedisReply &reply)
{
    m_isPolling = false;
    if (reply.isError()) {
        if (m_reader.state() == State::Ready) {
            m_retry.start(RetryDelay);
            report(u"cannot read the stream \"%1\": %2"_s.arg(QString::fromUtf8(m_name),
                                                              QString::fromUtf8(reply.text)));
        }
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
    QList<Own> read;
    for (auto own = m_own.begin(); own != m_own.end() && own->sequence <= entry.sequence;) {
        if (!own->isSent && own->sequence != entry.sequence) {
            ++own;
            continue;
        }
        m_ownSize -= own->size;
        if (own->sequence >= m_earlyUpTo)
            m_earlyUpTo = 0;
        read.append(std::move(*own));
        own = m_own.erase(own);
    }
    m_isFull = false;
    CallOut out(this);
    for (const Own &own : std::as_const(read)) {
        RedisStreamObserver *observer =
            own.isDelivered ? nullptr : m_observers.value(own.message.nsp);
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
    for (const Own &own : m_own) {
        if (own.isEarly && own.message.nsp == nsp)
            early.append(own);
    }
    return early;
}

QList<ClusterMessage> RedisStream::undelivered(const QString &nsp) const
{
    QList<ClusterMessage> messages;
    for (const Own &own : m_own) {
        if (!own.isDelivered && own.message.nsp == nsp)
            messages.append(own.message);
    }
    return messages;
}

bool RedisStream::isAway() const
{
    return !m_isPositioned || m_publisher->state() != State::Ready
        || m_reader.state() != State::Ready || m_earlyUpTo > 0;
}

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
    own.isDelivered = delivery == Delivery::Done;
    const bool fits = m_ownSize + own.size <= m_options.maxQueuedBytes;
    if (own.fields.isEmpty() || !fits) {
        CallOut out(this);
        RedisStreamObserver *observer = m_observers.value(message.nsp);
        if (!fits && !std::exchange(m_isFull, true)) {
            EngineIo::detail::warnIfDue(lcRedis(), m_warnings.take(),
                                        u"messages for other servers are dropped: more than "
                                        "RedisOptions::maxQueuedBytes wait for Redis"_s);
        }
        if (!own.isDelivered && observer)
            out.call([&] { observer->ownMessage(message, own.sequence, position().toString()); });
        if (out && (observer = m_observers.value(message.nsp)))
            observer->messagesDropped(1);
        return;
    }
    m_ownSize += own.size;
    m_own.push_back(std::move(own));
    const bool isLate = delivery == Delivery::WhenRead && isAway();
    sendWaiting();
    if (isLate)
        deliverEarly();
    else if (delivery == Delivery::WhenRead && !m_late.isActive())
        m_late.start(timerTime(m_options.deliveryTimeout));
}

// Delivers all waiting messages, in order: later messages must not overtake earlier ones.
void RedisStream::deliverEarly()
{
    CallOut out(this);
    for (;;) {
        const auto next = std::find_if(m_own.begin(), m_own.end(),
                                       [](const Own &own) { return !own.isDelivered; });
        if (next == m_own.end())
            return;
        next->isDelivered = true;
        next->isEarly = true;
        m_earlyUpTo = next->sequence;
        const Own own = *next;
        RedisStreamObserver *observer = m_observers.value(own.message.nsp);
        if (observer && !out.call([&] {
                observer->ownMessage(own.message, own.sequence, position().toString());
            }))
            return;
    }
}

void RedisStream::checkLate()
{
    const auto oldest =
        std::find_if(m_own.begin(), m_own.end(), [](const Own &own) { return !own.isDelivered; });
    if (oldest == m_own.end())
        return;
    const std::chrono::milliseconds waited(m_clock.elapsed() - oldest->time);
    if (waited < m_options.deliveryTimeout)
        m_late.start(timerTime(m_options.deliveryTimeout - waited));
    else
        deliverEarly();
}

void RedisStream::publisherChanged(State state)
{
    if (state == State::Ready) {
        const bool unsure = std::any_of(m_own.cbegin(), m_own.cend(), [](const Own &own) {
            return own.isSent && !own.isConfirmed;
        });
        if (unsure && m_isPositioned) {
            m_isChecking = true;
            checkSent(m_last);
        } else {
            sendWaiting();
        }
        return;
    }
    m_isChecking = false;
    if (m_isPositioned)
        deliverEarly();
}

void RedisStream::checkSent(const StreamId &from)
{
    constexpr int Count = 500;
    m_publisher->command(
        {"XRANGE", m_name, from.next().toBytes(), "+", "COUNT", QByteArray::number(Count)},
        [this](const RedisReply &reply) {
            if (reply.isError()) {
                if (m_publisher->state() == State::Ready)
                    m_isChecking = false;
                return; // the next connection will ask again
            }
            StreamId last;
            for (const RedisReply &element : reply.elements) {
                const auto entry = StreamEntry::fromReply(element);
                if (!entry)
                    continue;
                last = entry->id;
                if (entry->source != m_source)
                    continue;
                for (Own &own : m_own)
                    own.isConfirmed = own.isConfirmed || own.sequence <= entry->sequence;
            }
            if (reply.elements.size() >= Count) {
                checkSent(last);
                return;
            }
            m_isChecking = false;
            for (Own &own : m_own)
                own.isSent = own.isConfirmed;
            sendWaiting();
        });
}

// A message that Redis has refused for a while is written after newer ones. With its old number it
// would be mistaken for a repeated one.
void RedisStream::renumber()
{
    const auto last = std::find_if(m_own.rbegin(), m_own.rend(),
                                   [](const Own &own) { return own.isSent || own.isConfirmed; });
    const auto count = std::distance(last, m_own.rend());
    quint64 before = m_sequences.value(m_source);
    if (count > 0)
        before = std::max(before, last->sequence);
    std::deque<Own> later;
    for (auto own = m_own.begin(); own != m_own.end();) {
        if (own->isSent || own->isConfirmed || own->sequence > before) {
            ++own;
            continue;
        }
        later.push_back(std::move(*own));
        own = m_own.erase(own);
    }
    for (Own &own : later) {
        own.sequence = ++m_lastSequence;
        own.fields.last() = QByteArray::number(own.sequence);
        if (own.isEarly)
            m_earlyUpTo = own.sequence;
        m_own.push_back(std::move(own));
    }
}

void RedisStream::sendWaiting()
{
    if (!m_isPositioned || m_isChecking || m_publisher->state() != State::Ready)
        return;
    for (Own &own : m_own) {
        if (own.isSent || own.isConfirmed)
            continue;
        QList<QByteArray> words{"XADD", m_name, "MAXLEN", "~", QByteArray::number(m_options.maxLen),
                                "*"};
        words += own.fields;
        own.isSent =
            m_publisher->command(words, [this, sequence = own.sequence](const RedisReply &reply) {
                if (reply.isError()) {
                    if (m_publisher->state() == State::Ready)
                        refused(sequence, reply.text);
                    return;
                }
                const auto taken = std::lower_bound(
                    m_own.begin(), m_own.end(), sequence,
                    [](const Own &one, quint64 number) { return one.sequence < number; });
                if (taken != m_own.end() && taken->sequence == sequence)
                    taken->isConfirmed = true;
            });
        if (!own.isSent) {
            m_retry.start(RetryDelay);
            return;
        }
    }
}

void RedisStream::refused(quint64 sequence, const QByteArray &why)
{
    const auto own = std::find_if(m_own.begin(), m_own.end(),
                                  [sequence](const Own &one) { return one.sequence == sequence; });
    if (own == m_own.end())
        return;
    report(u"the stream \"%1\" does not accept a message: %2"_s.arg(QString::fromUtf8(m_name),
                                                                    QString::fromUtf8(why)));
    if (isPassing(why)) {
        own->isSent = false;
        m_retry.start(RetryDelay);
        return;
    }
    const Own dropped = *own;
    m_ownSize -= dropped.size;
    m_own.erase(own);
    CallOut out(this);
    RedisStreamObserver *observer = m_observers.value(dropped.message.nsp);
    if (observer && !dropped.isDelivered) {
        out.call([&] {
            observer->ownMessage(dropped.message, dropped.sequence, position().toString());
        });
    }
    if (out && (observer = m_observers.value(dropped.message.nsp)))
        observer->messagesDropped(1);
}

} // namespace SocketIo::detail
