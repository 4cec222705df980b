// SPDX-License-Identifier: MIT
#include "clusterserver.h"

#include <SocketIo/Adapter>
#include <SocketIo/BroadcastOperator>

#include <QtCore/qfuturewatcher.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

BroadcastOperator target(Namespace *nsp, const QVariantMap &options)
{
    BroadcastOperator result = nsp->except(options.value(u"except"_s).toStringList());
    const QStringList to = options.value(u"to"_s).toStringList();
    if (!to.isEmpty())
        result = result.to(to);
    if (options.value(u"local"_s).toBool())
        result = result.local();
    if (options.contains(u"timeout"_s))
        result = result.timeout(std::chrono::milliseconds(options.value(u"timeout"_s).toInt()));
    return result;
}

void answer(PendingAck *pending, const Ack &ack)
{
    const QVariant null = QVariant::fromValue(nullptr);
    pending->then(pending, [ack, null](const QVariantList &answers) { ack(null, answers); })
        ->onFailed(pending, [ack, null](const Error &error) { ack(error.message(), null); });
}

void fetch(const BroadcastOperator &of, const Ack &ack)
{
    auto *watcher = new QFutureWatcher<QList<RemoteSocket>>;
    QObject::connect(watcher, &QFutureWatcherBase::finished, watcher, [watcher, ack] {
        watcher->deleteLater();
        QVariantList found;
        const QList<RemoteSocket> sockets = watcher->result();
        for (const RemoteSocket &socket : sockets) {
            found.append(QVariantMap{{u"id"_s, socket.id()},
                                     {u"rooms"_s, socket.rooms()},
                                     {u"data"_s, socket.data()},
                                     {u"address"_s, socket.handshake().address()}});
        }
        ack(QVariant::fromValue(nullptr), found);
    });
    watcher->setFuture(of.fetchSockets());
}

void run(Namespace *nsp, const QVariantList &args, const Ack &ack)
{
    const QString operation = args.value(0).toString();
    const QVariantMap options = args.value(1).toMap();
    const QVariant first = args.value(2);
    const QVariantList rest = args.mid(3);
    const QVariant null = QVariant::fromValue(nullptr);
    const BroadcastOperator to = target(nsp, options);
    if (operation == "ask"_L1) {
        answer(to.emitWithAckList(first.toString(), rest), ack);
        return;
    }
    if (operation == "serverSideAsk"_L1) {
        answer(nsp->serverSideEmitWithAckList(first.toString(), rest), ack);
        return;
    }
    if (operation == "fetch"_L1) {
        fetch(to, ack);
        return;
    }
    if (operation == "serverCount"_L1) {
        nsp->adapter()->serverCount([ack, null](int count) { ack(null, count); });
        return;
    }
    if (operation == "emit"_L1)
        to.emitEventList(first.toString(), rest);
    else if (operation == "join"_L1)
        to.socketsJoin(first.toString());
    else if (operation == "leave"_L1)
        to.socketsLeave(first.toString());
    else if (operation == "disconnect"_L1)
        to.disconnectSockets(first.toBool() ? CloseConnection::Yes : CloseConnection::No);
    else if (operation == "serverSideEmit"_L1)
        nsp->serverSideEmitList(first.toString(), rest);
    ack(null, null);
}

} // namespace

void ClusterServer::serve(Namespace *nsp)
{
    connect(nsp, &Namespace::connected, this, [nsp](Socket *socket) {
        if (!socket->isRecovered()) {
            socket->join(u"all"_s);
            socket->setData({{u"kind"_s, u"qt"_s}});
        }
        socket->on(u"run"_s, socket, [nsp, socket](const QVariantList &args, const Ack &ack) {
            if (args.value(0) == u"me"_s)
                ack(QVariant::fromValue(nullptr),
                    QVariantList{socket->id(), socket->rooms(), socket->data()});
            else
                run(nsp, args, ack);
        });
    });
    nsp->on(u"news"_s, this, [this](const QVariantList &args) {
        if (m_heard)
            m_heard->append(args);
    });
    nsp->on(u"load"_s, this, [](int number, const Ack &ack) { ack(number * 2); });
}

bool ClusterServer::start(const AdapterFactory &adapter, Recovers recovers, Pings pings)
{
    ServerOptions options;
    options.adapter = adapter;
    options.serveClient = false;
    if (pings == Pings::Quick) {
        options.pingInterval = 700ms;
        options.pingTimeout = 800ms;
    }
    if (recovers == Recovers::Yes) {
        options.connectionStateRecovery = RecoveryOptions();
        options.connectionStateRecovery->maxDisconnectionDuration = 30s;
    }
    m_server = std::make_unique<Server>(options);
    serve(m_server->of(u"/"_s));
    serve(m_server->of(u"/other"_s));
    return m_server->listen(QHostAddress::LocalHost, 0);
}
