// SPDX-License-Identifier: MIT
#include "socketio/parser/packetwarnings_p.h"

#include "socketio/events/eventlogging_p.h"

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::warnIfDue;

namespace {
thread_local EncodingCheck *currentCheck = nullptr;
thread_local const AnswerName *currentAnswer = nullptr;
} // namespace

EncodingCheck::EncodingCheck()
    : m_outer(currentCheck)
{
    currentCheck = this;
}

EncodingCheck::~EncodingCheck()
{
    currentCheck = m_outer;
}

int checkedDepth(int maxDepth)
{
    const int result = std::clamp(maxDepth, 1, GreatestDepth);
    if (result != maxDepth) {
        qCWarning(lcEvents).noquote()
            << u"The maxDepth of a parser is from 1 to %1, not %2: it is %3 now"_s
                   .arg(GreatestDepth)
                   .arg(maxDepth)
                   .arg(result);
    }
    return result;
}

AnswerName::AnswerName(const QString &event,
                       std::shared_ptr<const EngineIo::detail::WarningLimit> warnings)
    : m_event(event)
    , m_warnings(std::move(warnings))
    , m_outer(currentAnswer)
{
    currentAnswer = this;
}

AnswerName::~AnswerName()
{
    currentAnswer = m_outer;
}

std::optional<AnsweredEvent> AnswerName::current()
{
    if (!currentAnswer)
        return std::nullopt;
    return AnsweredEvent{currentAnswer->m_event, currentAnswer->m_warnings};
}

QString nameForMessages(const Packet &packet)
{
    switch (packet.type) {
    case PacketType::Event:
    case PacketType::BinaryEvent:
        return u"event \"%1\""_s.arg(packet.args.value(0).toString());
    case PacketType::Ack:
    case PacketType::BinaryAck:
        return currentAnswer ? u"the answer to event \"%1\""_s.arg(currentAnswer->m_event)
                             : u"an acknowledgement"_s;
    case PacketType::ConnectError:
        return u"the data of an error"_s;
    default:
        return u"the data for authentication"_s;
    }
}

bool isWarningDue()
{
    return !currentAnswer || currentAnswer->m_warnings->take();
}

void warnOfLost(const QList<QByteArray> &types, const Packet &packet)
{
    if (currentCheck)
        return;
    for (const QByteArray &type : types) {
        warnIfDue(lcEvents(), isWarningDue(),
                  u"A value of type %1 in %2 cannot be sent: see \"Values on the wire\" in the "
                  "documentation"_s.arg(QString::fromUtf8(type), nameForMessages(packet)));
    }
}

void warnOfDepth(const Packet &packet, int maxDepth)
{
    if (currentCheck) {
        currentCheck->m_limit = maxDepth;
        return;
    }
    warnIfDue(lcEvents(), isWarningDue(),
              u"Not sent: %1 is nested more than %2 levels deep; send it in another form, or raise "
              "the parser's setting maxDepth on both sides"_s.arg(nameForMessages(packet))
                  .arg(maxDepth));
}

void warnOfSize(const Packet &packet, qsizetype maxSize)
{
    if (currentCheck)
        return;
    warnIfDue(lcEvents(), isWarningDue(),
              u"Not sent: %1 has more than %2 bytes; the parser's setting maxSentSize is the "
              "limit"_s.arg(nameForMessages(packet))
                  .arg(maxSize));
}

void warnOfPlaceholder(const Packet &packet)
{
    if (currentCheck) {
        currentCheck->m_hasPlaceholder = true;
        return;
    }
    warnIfDue(lcEvents(), isWarningDue(),
              u"Not sent: %1 has binary data and an object with \"_placeholder\": true, which the "
              "other side would replace by binary data; give that member another name"_s.arg(
                  nameForMessages(packet)));
}

} // namespace SocketIo::detail
