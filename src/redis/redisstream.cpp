// SPDX-License-Identifier: MIT
#include "redis/redisstream_p.h"

#include "base/callout_p.h"
#include "base/systemrandom_p.h"
#include "base/timelimits_p.h"
#include "base/utf8text_p.h"

namespace SocketIo::detail {

using EngineIo::detail::CallOut;
using EngineIo::detail::timerTime;
using State = BrokerState;

RedisStream::RedisStream(RedisConnection *publisher, const RedisStreamsAdapterOptions &options,
                         const QByteArray &name)
    : m_publisher(publisher)
    , m_options(options)
    , m_name(name)
    , m_source(EngineIo::detail::randomHex64())
    , m_reader(this, options, name, m_source)
    , m_writer(this, publisher, &m_reader, &m_own, options.maxLen, name, m_source)
{
    m_clock.start();
    m_late.setSingleShot(true);
    connect(&m_late, &QTimer::timeout, this, [this] { checkLate(); });
    // Behind the writer, which has noted by then that its connection is another.
    connect(m_publisher, &RedisConnection::stateChanged, this, [this](State state) {
        if (state != State::Ready && isPositioned())
            deliverEarly();
    });
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

void RedisStream::readerPositioned()
{
    for (RedisStreamObserver *observer : std::as_const(m_observers))
        observer->positioned();
    m_writer.write();
}

void RedisStream::entryRead(const StreamEntry &entry)
{
    if (entry.source == m_source) {
        handleOwn(entry);
        return;
    }
    const auto observer = m_observers.constFind(EngineIo::detail::utf8Text(entry.nsp));
    if (observer == m_observers.cend())
        return;
    if (const std::optional<ClusterMessage> message = entry.message())
        (*observer)->messageRead(*message, entry, position().toString());
}

void RedisStream::handleOwn(const StreamEntry &entry)
{
    // Earlier messages that Redis has accepted were trimmed from the stream before this server
    // could read them.
    const QList<OwnMessage> read = m_own.takeUpTo(entry.sequence);
    m_writer.read(entry.sequence);
    for (const OwnMessage &own : read) {
        if (!deliver(own))
            return;
    }
}

// Returns whether this object still exists.
bool RedisStream::deliver(const OwnMessage &own)
{
    RedisStreamObserver *observer = m_observers.value(own.message.nsp);
    return !observer || CallOut(this).call([&] {
        observer->ownMessage(own.message, own.sequence, position().toString());
    });
}

void RedisStream::messagesDropped(const QString &nsp, int count)
{
    if (RedisStreamObserver *observer = m_observers.value(nsp))
        observer->messagesDropped(count);
}

OwnMessage RedisStream::ownMessage(const ClusterMessage &message, Delivery delivery)
{
    OwnMessage own;
    own.message = message;
    own.sequence = m_own.nextSequence();
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
    return own;
}

void RedisStream::publish(const ClusterMessage &message, Delivery delivery)
{
    const OwnMessage own = ownMessage(message, delivery);
    if (own.fields.isEmpty() || !m_own.append(own, m_options.maxQueuedBytes)) {
        deliverUnqueued(own);
        return;
    }
    const bool isLate = delivery == Delivery::WhenRead && isAway();
    m_writer.write();
    if (isLate)
        deliverEarly();
    else if (delivery == Delivery::WhenRead && !m_late.isActive())
        m_late.start(timerTime(m_options.deliveryTimeout));
}

// Other servers do not get the message; the clients of this one do.
void RedisStream::deliverUnqueued(const OwnMessage &own)
{
    if (own.delivery == Delivery::Done
        || (CallOut(this).call([this] { deliverEarly(); }) && deliver(own)))
        messagesDropped(own.message.nsp, 1);
}

StreamOffset RedisStream::position() const
{
    StreamOffset offset{m_reader.last(), {}, 0};
    if (m_own.earlyUpTo() > 0) {
        offset.source = m_source;
        offset.sequence = m_own.earlyUpTo();
    }
    return offset;
}

bool RedisStream::isAway() const
{
    return !isPositioned() || m_publisher->state() != State::Ready || !m_reader.isReady()
        || m_own.earlyUpTo() > 0;
}

// Delivers all waiting messages, in order: later messages must not overtake earlier ones.
void RedisStream::deliverEarly()
{
    while (const std::optional<OwnMessage> own = m_own.takeEarly()) {
        if (!deliver(*own))
            return;
    }
}

void RedisStream::checkLate()
{
    const OwnMessage *oldest = m_own.nextUndelivered();
    if (!oldest)
        return;
    const std::chrono::milliseconds waited(m_clock.elapsed() - oldest->time);
    if (waited < m_options.deliveryTimeout)
        m_late.start(timerTime(m_options.deliveryTimeout - waited));
    else
        deliverEarly();
}

} // namespace SocketIo::detail
