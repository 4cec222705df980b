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

namespace SocketIo::detail {

// The place of an event among those sent: a time in ms since the epoch and a number that tells
// those of one millisecond apart. On the wire it is "<time>" or "<time>.<number>", both in base 64.
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
    friend bool operator<(const Offset &a, const Offset &b)
    {
        return a.time < b.time || (a.time == b.time && a.number < b.number);
    }
};

// The events of a namespace that a broken connection may have missed. Times are in ms since the
// epoch and given by the caller.
class SOCKETIO_AUTOTEST_EXPORT PacketLog
{
public:
    struct Target
    {
        QStringList rooms;
        QStringList except;
        QString socketId; // of an emit to one socket; empty: a broadcast
    };

    // Answers the event's offset, which is later than all before even if the clock was set back.
    QString nextOffset(qint64 now);
    // event: with the offset, the last that nextOffset() gave, at its end.
    void append(const QVariantList &event, const Target &target, qint64 now);
    void dropOlderThan(qint64 time);

    bool isEmpty() const noexcept { return m_entries.empty(); }
    qsizetype count() const noexcept { return qsizetype(m_entries.size()); }

    // What came after offset for the session. Answers false if the offset is not, or no longer,
    // known.
    bool missedEvents(const RecoverableSession &session, QStringView offset,
                      QList<QVariantList> *events) const;

private:
    struct Entry
    {
        Offset offset;
        qint64 time;
        QVariantList event;
        Target target;
    };

    static bool isFor(const RecoverableSession &session, const Target &target);

    std::deque<Entry> m_entries; // in the order of their offsets
    Offset m_last;
};

} // namespace SocketIo::detail

#endif
