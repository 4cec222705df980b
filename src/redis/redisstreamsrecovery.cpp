// SPDX-License-Identifier: MIT
// How a client resumes its session, whichever server it was on.
#include "redis/redisstreamsadapter_p.h"

#include "base/timelimits_p.h"

#include <SocketIo/namespace.h>

#include <algorithm>

namespace SocketIo {

using namespace Qt::StringLiterals;
using Type = ClusterMessage::Type;
using detail::RedisSessions;
using detail::StreamEntry;
using detail::StreamId;
using detail::StreamOffset;
using EngineIo::detail::timerTime;

namespace {

constexpr int PageSize = 500;

} // namespace

/*! \reimp
    The session is removed from Redis.
*/
void RedisStreamsAdapter::restoreSession(const QString &pid, const QString &offset,
                                         const RestoreReply &reply)
{
    std::optional<StreamOffset> from;
    if (!offset.isEmpty())
        from = StreamOffset::fromString(offset);
    if (!d->recovers() || !d->stream->isPositioned() || (!offset.isEmpty() && !from)
        || d->link->publisher().state() != BrokerState::Ready) {
        reply(std::nullopt);
        return;
    }
    const auto restore = std::make_shared<detail::StreamRestore>();
    restore->reply = reply;
    restore->until = d->stream->position().id;
    const auto early = d->stream->ownMessages().early(d->nspName);
    for (const detail::OwnMessage &own : early)
        restore->tail.append(
            {own.message, d->stream->source(), own.sequence, d->stream->position().toString()});
    d->restores.push_back(restore);
    QTimer::singleShot(timerTime(d->options.requestTimeout), this, [this, restore] {
        if (!restore->isDone)
            d->finish(restore, false);
    });
    d->sessions->take(pid,
                      [guard = QPointer<RedisStreamsAdapter>(this), restore,
                       from](const std::optional<RedisSessions::Kept> &kept) {
                          if (!guard || restore->isDone)
                              return;
                          const auto begin =
                              from || !kept ? from : StreamOffset::fromString(kept->offset);
                          if (!kept || !begin) {
                              guard->d->finish(restore, false);
                              return;
                          }
                          static_cast<RecoverableSession &>(restore->session) = kept->session;
                          restore->from = *begin;
                          const QStringList &rooms = kept->session.rooms;
                          restore->rooms = QSet<QString>(rooms.cbegin(), rooms.cend());
                          restore->rooms.insert(kept->session.sid);
                          guard->d->readMissed(restore, begin->id);
                      });
}

// Reads from the last entry that the client has received. That entry must still exist: otherwise it
// is unknown which other entries are gone.
void RedisStreamsAdapterPrivate::readMissed(const Restore &restore, const StreamId &from)
{
    // The entry itself may be later than what this server has read.
    const StreamId last = std::max(restore->until, restore->from.id);
    const bool asked = link->publisher().command(
        {"XRANGE", stream->name(), from.toBytes(), last.toBytes(), "COUNT",
         QByteArray::number(PageSize)},
        [guard = QPointer<RedisStreamsAdapter>(q), this, restore](const RedisReply &reply) {
            if (!guard || restore->isDone)
                return;
            std::optional<StreamEntry> entry;
            bool goesOn = !reply.isError();
            for (const RedisReply &element : reply.elements) {
                entry = StreamEntry::fromReply(element);
                goesOn = goesOn && entry && addMissed(restore, *entry);
                if (!goesOn)
                    break;
            }
            if (reply.isError() || restore->isFirstPage) {
                finish(restore, false);
                return;
            }
            if (goesOn && reply.elements.size() >= PageSize)
                readMissed(restore, entry->id.next());
            else
                finish(restore, true);
        });
    if (!asked)
        finish(restore, false);
}

// Returns whether later entries are still needed.
bool RedisStreamsAdapterPrivate::addMissed(const Restore &restore, const StreamEntry &entry)
{
    if (restore->isFirstPage) {
        if (!(entry.id == restore->from.id))
            return false;
        restore->isFirstPage = false;
        return true;
    }
    if (restore->until < entry.id)
        return false;
    if (entry.nsp != nspName.toUtf8() || entry.type != "3"
        || restore->from.includes(entry.source, entry.sequence) || stream->isDuplicate(entry.id))
        return true;
    // Most of a long log may be for others: of that, only the addresses are decoded.
    if (const auto messageOptions = entry.options();
        messageOptions && !isMissedBy(restore, *messageOptions))
        return true;
    if (const std::optional<ClusterMessage> message = entry.message()) {
        StreamOffset offset = restore->from;
        offset.id = entry.id;
        addMissed(restore, *message, offset.toString());
    }
    return true;
}

void RedisStreamsAdapterPrivate::addMissed(const Restore &restore, const ClusterMessage &message,
                                           const QString &offset)
{
    if (message.type != Type::Broadcast || message.data.contains(u"requestId"_s)
        || !isMissedBy(restore, message.data.value(u"opts"_s).toMap()))
        return;
    QVariantList event = message.data.value(u"packet"_s).toMap().value(u"data"_s).toList();
    if (event.isEmpty())
        return;
    event.append(offset);
    restore->session.missedEvents.append(event);
}

bool RedisStreamsAdapterPrivate::isMissedBy(const Restore &restore,
                                            const QVariantMap &messageOptions)
{
    if (messageOptions.value(u"flags"_s).toMap().value(u"volatile"_s).toBool())
        return false;
    const auto isIn = [&restore](const QString &room) { return restore->rooms.contains(room); };
    const QStringList rooms = messageOptions.value(u"rooms"_s).toStringList();
    const QStringList except = messageOptions.value(u"except"_s).toStringList();
    return (rooms.isEmpty() || std::any_of(rooms.cbegin(), rooms.cend(), isIn))
        && std::none_of(except.cbegin(), except.cend(), isIn);
}

void RedisStreamsAdapterPrivate::finish(const Restore &restore, bool found)
{
    restore->isDone = true;
    restores.remove(restore);
    if (!found) {
        // A session is useless without the events that its client has missed.
        restore->reply(std::nullopt);
        return;
    }
    for (const detail::StreamRestore::Late &late : std::as_const(restore->tail)) {
        if (!restore->from.includes(late.source, late.sequence))
            addMissed(restore, late.message, late.offset);
    }
    begins.insert(restore->session.sid, restore->from.toString());
    restore->reply(restore->session);
}

} // namespace SocketIo
