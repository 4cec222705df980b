// SPDX-License-Identifier: MIT
#include "socketio/server/parentadapter_p.h"

#include "socketio/server/namespace_p.h"
#include "socketio/server/serverlogging_p.h"
#include "socketio/server/servertally_p.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace SocketIo::detail {

template<typename Function>
void ParentAdapter::forEachChild(Function function) const
{
    QList<QPointer<Namespace>> children;
    for (const auto &child : NamespacePrivate::get(nsp())->children)
        children.append(child.second);
    for (const QPointer<Namespace> &child : std::as_const(children)) {
        if (child)
            NamespacePrivate::get(child)->callAdapter(function);
    }
}

void ParentAdapter::addAll(Socket *, const QStringList &) { }

void ParentAdapter::del(Socket *, const QString &) { }

void ParentAdapter::delAll(Socket *) { }

QStringList ParentAdapter::rooms() const
{
    return {};
}

QStringList ParentAdapter::socketRooms(const Socket *) const
{
    return {};
}

QList<Socket *> ParentAdapter::sockets(const BroadcastOptions &options) const
{
    QList<Socket *> list;
    forEachChild([&](Adapter &child) { list += child.sockets(options); });
    return list;
}

void ParentAdapter::broadcast(Packet packet, const BroadcastOptions &options)
{
    forEachChild([&](Adapter &child) { child.broadcast(packet, options); });
}

void ParentAdapter::broadcastWithAck(Packet packet, const BroadcastOptions &options,
                                     const BroadcastReplies &replies)
{
    // The counts of all children are reported as that of one server.
    struct Counts
    {
        int missing = 1; // children, and one for the loop
        int clients = 0;
    };
    const auto counts = std::make_shared<Counts>();
    const auto settle = [counts, replies] {
        if (--counts->missing > 0)
            return;
        replies.clients(counts->clients);
        if (replies.allCounted)
            replies.allCounted();
    };
    forEachChild([&](Adapter &child) {
        ++counts->missing;
        const auto tally = std::make_shared<ServerTally>();
        const auto check = [tally, settle, isSettled = std::make_shared<bool>(false)] {
            if (tally->isComplete() && !std::exchange(*isSettled, true))
                settle();
        };
        child.broadcastWithAck(packet, options,
                               {[counts, tally, check](int clients) {
                                    counts->clients += clients;
                                    ++tally->counted;
                                    check();
                                },
                                replies.answer, replies.lost,
                                [tally, check] {
                                    tally->allCounted = true;
                                    check();
                                },
                                replies.failed});
        tally->isSent = true;
        child.serverCount([tally, check](int count) {
            tally->expected = std::max(count, 1);
            check();
        });
        check();
    });
    settle();
}

void ParentAdapter::fetchSockets(const BroadcastOptions &, const SocketsReply &reply)
{
    // Another server may have children that do not exist here.
    qCWarning(lcServer, "fetchSockets() is not supported on parent namespaces");
    reply({});
}

void ParentAdapter::addSockets(const BroadcastOptions &options, const QStringList &rooms)
{
    forEachChild([&](Adapter &child) { child.addSockets(options, rooms); });
}

void ParentAdapter::delSockets(const BroadcastOptions &options, const QStringList &rooms)
{
    forEachChild([&](Adapter &child) { child.delSockets(options, rooms); });
}

void ParentAdapter::disconnectSockets(const BroadcastOptions &options, CloseConnection close)
{
    forEachChild([&](Adapter &child) { child.disconnectSockets(options, close); });
}

} // namespace SocketIo::detail
