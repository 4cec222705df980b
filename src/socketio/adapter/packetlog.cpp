// SPDX-License-Identifier: MIT
#include "socketio/adapter/packetlog_p.h"

#include <algorithm>

namespace SocketIo::detail {

namespace {

constexpr char Alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
constexpr qsizetype MaxDigits = 10; // 60 bits

QString encode(qint64 number)
{
    QString digits;
    do {
        digits.prepend(QLatin1Char(Alphabet[number % 64]));
        number /= 64;
    } while (number > 0);
    return digits;
}

int digitValue(QChar digit)
{
    const char16_t c = digit.unicode();
    if (c >= u'0' && c <= u'9')
        return c - u'0';
    if (c >= u'A' && c <= u'Z')
        return c - u'A' + 10;
    if (c >= u'a' && c <= u'z')
        return c - u'a' + 36;
    if (c == u'-')
        return 62;
    return c == u'_' ? 63 : -1;
}

// Answers -1 for anything that encode() does not make.
qint64 decode(QStringView digits)
{
    if (digits.isEmpty() || digits.size() > MaxDigits)
        return -1;
    if (digits.size() > 1 && digits.front() == u'0')
        return -1;
    qint64 number = 0;
    for (const QChar digit : digits) {
        const int value = digitValue(digit);
        if (value < 0)
            return -1;
        number = number * 64 + value;
    }
    return number;
}

bool containsAny(const QStringList &list, const QStringList &other)
{
    return std::any_of(other.cbegin(), other.cend(),
                       [&list](const QString &item) { return list.contains(item); });
}

} // namespace

QString Offset::toString() const
{
    QString text = encode(time);
    if (number > 0)
        text += u'.' + encode(number - 1);
    return text;
}

Offset Offset::fromString(QStringView text)
{
    Offset offset;
    const qsizetype dot = text.indexOf(u'.');
    if (dot >= 0) {
        offset.number = decode(text.sliced(dot + 1)) + 1;
        if (offset.number == 0)
            return {};
        text = text.first(dot);
    }
    offset.time = decode(text);
    return offset;
}

QString PacketLog::nextOffset(qint64 now)
{
    if (now > m_last.time)
        m_last = {now, 0};
    else
        ++m_last.number;
    return m_last.toString();
}

void PacketLog::append(const QVariantList &event, const Target &target, qint64 now)
{
    m_entries.push_back({m_last, now, event, target});
}

void PacketLog::dropOlderThan(qint64 time)
{
    while (!m_entries.empty() && m_entries.front().time < time)
        m_entries.pop_front();
}

bool PacketLog::missedEvents(const RecoverableSession &session, QStringView offset,
                             QList<QVariantList> *events) const
{
    const Offset from = Offset::fromString(offset);
    if (!from.isValid())
        return false;
    auto it = std::lower_bound(
        m_entries.cbegin(), m_entries.cend(), from,
        [](const Entry &entry, const Offset &wanted) { return entry.offset < wanted; });
    if (it == m_entries.cend() || !(it->offset == from))
        return false;
    for (++it; it != m_entries.cend(); ++it) {
        if (isFor(session, it->target))
            events->append(it->event);
    }
    return true;
}

bool PacketLog::isFor(const RecoverableSession &session, const Target &target)
{
    if (!target.socketId.isEmpty())
        return target.socketId == session.sid;
    return (target.rooms.isEmpty() || containsAny(target.rooms, session.rooms))
        && !containsAny(target.except, session.rooms);
}

} // namespace SocketIo::detail
