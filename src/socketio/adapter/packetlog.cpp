// SPDX-License-Identifier: MIT
#include "socketio/adapter/packetlog_p.h"

#include "socketio/events/valuesize_p.h"

#include <QtCore/qset.h>

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

// Returns -1 for anything that encode() does not make.
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

bool containsAny(const QSet<QString> &set, const QStringList &list)
{
    return std::any_of(list.cbegin(), list.cend(),
                       [&set](const QString &item) { return set.contains(item); });
}

bool isFor(const QString &sid, const QSet<QString> &rooms, const PacketLog::Target &target)
{
    if (!target.socketId.isEmpty())
        return target.socketId == sid;
    return (target.rooms.isEmpty() || containsAny(rooms, target.rooms))
        && !containsAny(rooms, target.except);
}

qsizetype sizeOf(const QStringList &list)
{
    qsizetype size = 0;
    for (const QString &text : list)
        size += qsizetype(sizeof(QString)) + text.size() * 2;
    return size;
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
    const qsizetype size =
        qsizetype(sizeof(Entry)) + sizeOf(event) + sizeOf(target.rooms) + sizeOf(target.except);
    m_entries.push_back({m_last, now, size, event, target});
    m_size += size;
    while (m_size > m_maxSize) {
        m_lost = m_entries.front().offset;
        dropFirst();
    }
}

void PacketLog::dropOlderThan(qint64 time)
{
    while (!m_entries.empty() && m_entries.front().time < time)
        dropFirst();
}

void PacketLog::dropFirst()
{
    m_dropped = m_entries.front().offset;
    m_size -= m_entries.front().size;
    m_entries.pop_front();
}

std::deque<PacketLog::Entry>::const_iterator PacketLog::firstAfter(const Offset &offset) const
{
    return std::upper_bound(
        m_entries.cbegin(), m_entries.cend(), offset,
        [](const Offset &wanted, const Entry &entry) { return wanted < entry.offset; });
}

std::optional<Offset> PacketLog::find(QStringView offset, const LogPosition &position) const
{
    if (offset.isEmpty())
        return position.joined;
    const Offset from = Offset::fromString(offset);
    if (!from.isValid() || from < position.joined || m_last < from)
        return std::nullopt;
    // It is not known whether an event that is no longer in the log was delivered.
    if (!(m_dropped < from))
        return from;
    const auto next = firstAfter(from);
    if (next == m_entries.cbegin() || std::prev(next)->offset != from)
        return std::nullopt;
    return from;
}

bool PacketLog::missedEvents(const RecoverableSession &session, const LogPosition &position,
                             const Offset &from, const Offset &closed,
                             QList<QVariantList> *events) const
{
    // A client that has all that was sent to it has missed nothing while it was connected.
    const Offset start = from < position.sent ? from : std::max(from, closed);
    if (start < m_lost)
        return false;
    const QSet<QString> rooms(session.rooms.cbegin(), session.rooms.cend());
    for (auto it = firstAfter(start); it != m_entries.cend(); ++it) {
        if (isFor(session.sid, rooms, it->target))
            events->append(it->event);
    }
    return true;
}

} // namespace SocketIo::detail
