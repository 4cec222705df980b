// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERADAPTER_P_H
#define SOCKETIO_CLUSTERADAPTER_P_H

#include "base/callout_p.h"
#include "base/timelimits_p.h"
#include "base/warninglimit_p.h"
#include "socketio/cluster/clusterrequests_p.h"

#include <SocketIo/clusteradapter.h>
#include <SocketIo/namespace.h>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <algorithm>

namespace SocketIo {

// The state of the other servers in a ClusterAdapter, and the operations that it performs for them.
class ClusterAdapterPrivate
{
public:
    // 16 hexadecimal digits.
    static QString randomId();

    ClusterAdapterPrivate(ClusterAdapter *adapter, const ClusterOptions &clusterOptions)
        : q(adapter)
        , options(clusterOptions)
        , uid(randomId())
    {
    }

    // What the adapter does to publish something is not known. Returns whether the caller may go
    // on: not if that has deleted the namespace.
    bool publish(ClusterMessage::Type type, const QVariantMap &data = {})
    {
        EngineIo::detail::CallOut out(q->nsp());
        if (out)
            scheduleHeartbeat();
        return out.call([&] { q->publishMessage({uid, q->nsp()->name(), type, data}); });
    }
    // Returns whether the caller has to see to this server's sockets: not if the message comes
    // back.
    bool publishToOthers(ClusterMessage::Type type, const QVariantMap &data)
    {
        return publish(type, data) && !q->deliversOwnMessages();
    }
    void respond(const QString &requester, ClusterMessage::Type type, const QVariantMap &data)
    {
        if (q->nsp())
            q->publishResponse(requester, {uid, q->nsp()->name(), type, data});
    }
    // Any message is as good as a heartbeat.
    void scheduleHeartbeat()
    {
        if (open && hasHeartbeats())
            heartbeat.start(EngineIo::detail::timerTime(options.heartbeatInterval));
    }

    // What is for this server's clients alone, or for one of them.
    bool isLocal(const BroadcastOptions &target) const
    {
        return target.flags.testFlag(BroadcastFlag::Local)
            || (target.socket && !q->deliversOwnMessages());
    }
    bool hasHeartbeats() const { return options.heartbeatInterval.count() > 0; }
    // Calls function(servers) with those that a request is going to wait for.
    template<typename Function>
    void withServers(Function function);
    std::chrono::milliseconds timeoutOf(const BroadcastOptions &target) const
    {
        return target.timeout.value_or(options.requestTimeout);
    }
    void startTimeout(const QString &id, std::chrono::milliseconds timeout)
    {
        QTimer::singleShot(EngineIo::detail::timerTime(timeout), q,
                           [this, id] { requests.timedOut(id); });
    }
    bool noteAlive(const QString &server);
    void removeServer(const QString &server);
    void sweep();
    void handleRequest(const ClusterMessage &message, const QString &offset);
    void disconnectInOrder(const BroadcastOptions &of, CloseConnection close);
    void handleBroadcast(const ClusterMessage &message, const QString &offset);
    void handleFetch(const ClusterMessage &message);
    void handleServerSideEmit(const ClusterMessage &message);
    // What answers the request that message is: a function of name and value, which keeps nothing
    // else of the message.
    auto answerTo(const ClusterMessage &message) const
    {
        const QString idName = QStringLiteral("requestId");
        return [guard = QPointer<ClusterAdapter>(q), requester = message.uid, idName,
                id = message.data.value(idName)](ClusterMessage::Type type, const QString &name,
                                                 const QVariant &value) {
            if (guard)
                guard->d->respond(requester, type, {{idName, id}, {name, value}});
        };
    }
    void drop(const ClusterMessage &message, const char *why) const;

    ClusterAdapter *const q;
    const ClusterOptions options;
    const QString uid;
    bool open = false;
    bool isInOrder = false; // what is disconnected has got all that comes before
    QTimer heartbeat;
    QTimer sweeper;
    QElapsedTimer clock;
    QHash<QString, qint64> lastSeen; // by the uid of the other servers, in ms of the clock
    detail::ClusterRequests requests;
    bool warnedOfNumber = false;
    EngineIo::detail::WarningLimit ignoredWarnings{EngineIo::detail::WarningLimit::Many};
    EngineIo::detail::WarningLimit missingWarnings{EngineIo::detail::WarningLimit::Many};
};

template<typename Function>
void ClusterAdapterPrivate::withServers(Function function)
{
    if (hasHeartbeats()) {
        function(detail::AwaitedServers(QSet<QString>(lastSeen.keyBegin(), lastSeen.keyEnd())));
        return;
    }
    q->serverCount([guard = QPointer<ClusterAdapter>(q), function](int count) {
        if (guard)
            function(detail::AwaitedServers(qsizetype(std::max(count - 1, 0))));
    });
}

} // namespace SocketIo

#endif
