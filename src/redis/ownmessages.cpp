// SPDX-License-Identifier: MIT
#include "redis/ownmessages_p.h"

#include "redis/redislogging_p.h"

#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::warnIfDue;
using Delivery = OwnMessage::Delivery;

bool OwnMessages::append(const OwnMessage &message, qsizetype maxSize)
{
    if (m_size + message.size > maxSize) {
        if (!std::exchange(m_isFull, true)) {
            warnIfDue(lcRedis(), m_warnings.take(),
                      u"Messages for other servers are dropped: more than "
                      "RedisOptions::maxQueuedBytes wait for Redis"_s);
        }
        return false;
    }
    m_size += message.size;
    m_messages.push_back(message);
    return true;
}

OwnMessages::ConstIterator OwnMessages::firstAfter(quint64 sequence) const
{
    return std::upper_bound(
        m_messages.cbegin(), m_messages.cend(), sequence,
        [](quint64 number, const OwnMessage &message) { return number < message.sequence; });
}

void OwnMessages::removeRange(const ConstIterator &begin, const ConstIterator &end)
{
    for (auto it = begin; it != end; ++it)
        m_size -= it->size;
    m_messages.erase(begin, end);
    m_isFull = false;
}

QList<OwnMessage> OwnMessages::takeUpTo(quint64 sequence)
{
    QList<OwnMessage> taken;
    const auto end = firstAfter(sequence);
    for (auto it = m_messages.cbegin(); it != end; ++it) {
        if (it->delivery == Delivery::WhenRead && it->sequence > m_deliveredUpTo)
            taken.append(*it);
    }
    removeRange(m_messages.cbegin(), end);
    if (sequence >= m_earlyUpTo)
        m_earlyUpTo = 0;
    return taken;
}

QMap<QString, int> OwnMessages::remove(quint64 after, quint64 upTo)
{
    QMap<QString, int> removed;
    const auto begin = firstAfter(after);
    const auto end = firstAfter(upTo);
    if (begin >= end)
        return removed;
    for (auto it = begin; it != end; ++it)
        ++removed[it->message.nsp];
    removeRange(begin, end);
    return removed;
}

OwnMessages::ConstIterator OwnMessages::findUndelivered() const
{
    return std::find_if(
        firstAfter(m_deliveredUpTo), m_messages.cend(),
        [](const OwnMessage &message) { return message.delivery == Delivery::WhenRead; });
}

const OwnMessage *OwnMessages::nextUndelivered() const
{
    const auto next = findUndelivered();
    return next == m_messages.cend() ? nullptr : &*next;
}

std::optional<OwnMessage> OwnMessages::takeEarly()
{
    const auto next = findUndelivered();
    if (next == m_messages.cend()) {
        m_deliveredUpTo = m_lastSequence;
        return std::nullopt;
    }
    m_deliveredUpTo = next->sequence;
    m_earlyUpTo = next->sequence;
    return *next;
}

QList<OwnMessage> OwnMessages::early(const QString &nsp) const
{
    QList<OwnMessage> messages;
    const auto end = firstAfter(m_deliveredUpTo);
    for (auto it = m_messages.cbegin(); it != end; ++it) {
        if (it->delivery == Delivery::WhenRead && it->message.nsp == nsp)
            messages.append(*it);
    }
    return messages;
}

QList<ClusterMessage> OwnMessages::undelivered(const QString &nsp) const
{
    QList<ClusterMessage> messages;
    for (auto it = firstAfter(m_deliveredUpTo); it != m_messages.cend(); ++it) {
        if (it->delivery == Delivery::WhenRead && it->message.nsp == nsp)
            messages.append(it->message);
    }
    return messages;
}

} // namespace SocketIo::detail
