// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PACKETLOG_P_H
#define SOCKETIO_PACKETLOG_P_H

#include <SocketIo/recoverablesession.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <deque>
#include <limits>
#include <optional>

namespace SocketIo::detail {

// The position of an event in the log: a time in ms since the epoch, and a number that
// distinguishes events of the same millisecond. On the wire it is "<time>" or "<time>.<number>",
// both in base 64.
struct Offset
{
    qint64 time = -1;
    qint64 number = 0; // 0: the first of its millisecond, and "1" is written ".0"

    bool isValid() const noexcept { return time >= 0; }
    SOCKETIO_AUTOTEST_EXPORT QString toString() const;
    SOCKETIO_AUTOTEST_EXPORT static Offset fromString(QStringView text);

    friend bool operator==(const Offset &a, const Offset &b)
    {
        return a.time == b.time && a.number == b.number;
    }
    friend bool operator!=(const Offset &a, const Offset &b) { return !(a == b); }
    friend bool operator<(const Offset &a, const Offset &b)
    {
        return a.time < b.time || (a.time == b.time && a.number < b.number);
    }
};

// The known offsets of the events in the log that a client has received.
struct LogPosition
{
    Offset joined; // when it joined: those up to here were never sent to it
    Offset sent;   // the last that was sent to it
};

// The events of a namespace that a broken connection may have missed. Times are in ms since the
// epoch and given by the caller.
class SOCKETIO_AUTOTEST_EXPORT PacketLog
{
public:
    static constexpr qsizetype NoLimit = std::numeric_limits<qsizetype>::max();

    struct Target
    {
        QStringList rooms;
        QStringList except;
        QString socketId; // of an emit to one socket; empty: a broadcast
    };

    // maxSize: in bytes, as estimated, of all events together. Beyond it the oldest are lost.
    explicit PacketLog(qsizetype maxSize = NoLimit)
        : m_maxSize(maxSize)
    {
    }

    // Returns the event's offset, which is later than all before even if the clock was set back.
    QString nextOffset(qint64 now);
    // event: with the offset, the last that nextOffset() gave, at its end.
    void append(const QVariantList &event, const Target &target, qint64 now);
    // Forgets the events from before time, which no client can have missed.
    void dropOlderThan(qint64 time);

    bool isEmpty() const noexcept { return m_entries.empty(); }
    qsizetype count() const noexcept { return qsizetype(m_entries.size()); }
    qsizetype size() const noexcept { return m_size; }
    Offset last() const noexcept { return m_last; }

    // Finds the place of the client's offset, which is empty if it has got no event yet; nothing if
    // that offset was never given to it.
    std::optional<Offset> find(QStringView offset, const LogPosition &position) const;
    // What came after from for the session, which was closed after the event closed. Returns false
    // if some of it is lost.
    bool missedEvents(const RecoverableSession &session, const LogPosition &position,
                      const Offset &from, const Offset &closed, QList<QVariantList> *events) const;

private:
    struct Entry
    {
        Offset offset;
        qint64 time;
        qsizetype size;
        QVariantList event;
        Target target;
    };

    std::deque<Entry>::const_iterator firstAfter(const Offset &offset) const;
    void dropFirst();

    const qsizetype m_maxSize;
    std::deque<Entry> m_entries; // in the order of their offsets
    qsizetype m_size = 0;        // of all of them
    Offset m_last;
    Offset m_dropped; // the last that is no longer in the log
    Offset m_lost;    // the last that had to go too early
};

} // namespace SocketIo::detail

#endif
