// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PACKETWARNINGS_P_H
#define SOCKETIO_PACKETWARNINGS_P_H

#include "base/warninglimit_p.h"

#include <SocketIo/packet.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <limits>
#include <memory>
#include <optional>

namespace SocketIo::detail {

// The maximum of a parser's maxDepth: reading and destroying nested values requires stack space for
// each level.
constexpr int GreatestDepth = 1024;
// The same for messages between servers, which contain arguments, or what a client has sent to
// join. They are deepest where they list sockets, with their handshakes.
constexpr int GreatestClusterDepth = GreatestDepth + 8;
// Returns a valid value of this setting, and logs a warning if the given value is out of range.
SOCKETIO_EXPORT int checkedDepth(int maxDepth);

// Returns the name of packet for log messages.
QString nameForMessages(const Packet &packet);
// Whether it is time for another one of the following.
bool isWarningDue();
// For a parser whose writer met values of types that cannot be sent.
SOCKETIO_EXPORT void warnOfLost(const QList<QByteArray> &types, const Packet &packet);
// For a parser that does not send packet.
SOCKETIO_EXPORT void warnOfDepth(const Packet &packet, int maxDepth);
SOCKETIO_EXPORT void warnOfSize(const Packet &packet, qsizetype maxSize);
void warnOfPlaceholder(const Packet &packet);

// While this object exists, the parsers of this thread do not log warnings, because they are only
// asked whether they can encode a packet.
class EncodingCheck
{
public:
    EncodingCheck();
    ~EncodingCheck();
    Q_DISABLE_COPY_MOVE(EncodingCheck)

    // The depth that what was encoded goes beyond; -1 if it does not.
    int limit() const noexcept { return m_limit; }
    // Whether something beside binary data would be taken for a part of these.
    bool hasPlaceholder() const noexcept { return m_hasPlaceholder; }

private:
    friend void warnOfDepth(const Packet &packet, int maxDepth);
    friend void warnOfPlaceholder(const Packet &packet);
    EncodingCheck *m_outer;
    int m_limit = -1;
    bool m_hasPlaceholder = false;
};

// The event that an acknowledgement answers. As peers ask for answers again and again, warnings
// limits the warnings.
struct AnsweredEvent
{
    QString name;
    std::shared_ptr<const EngineIo::detail::WarningLimit> warnings;
};

// While this object exists, log messages of this thread identify an acknowledgement by the event
// that it answers, whose name must outlive this object.
class AnswerName
{
public:
    AnswerName(const QString &event,
               std::shared_ptr<const EngineIo::detail::WarningLimit> warnings);
    ~AnswerName();
    Q_DISABLE_COPY_MOVE(AnswerName)

    // The event that is being answered, to be named in another thread; nothing if there is none.
    static std::optional<AnsweredEvent> current();

private:
    friend QString nameForMessages(const Packet &packet);
    friend bool isWarningDue();
    const QString &m_event;
    const std::shared_ptr<const EngineIo::detail::WarningLimit> m_warnings;
    const AnswerName *const m_outer;
};

// Returns the limit that a setting stands for, in which 0 means that there is none.
inline qsizetype sizeLimit(qsizetype setting)
{
    return setting > 0 ? setting : std::numeric_limits<qsizetype>::max();
}

} // namespace SocketIo::detail

#endif
