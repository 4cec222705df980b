// SPDX-License-Identifier: MIT
// How a server begins and ends, and what its workers report of sessions and requests.
#include "engineio/server/server_p.h"

#include "base/callout_p.h"
#include "engineio/server/worker_p.h"
#include "engineio/session/session_p.h"

#include <utility>

namespace EngineIo {

using namespace detail;

ServerPrivate::ServerPrivate(Server *server)
    : q(server)
{
}

ServerPrivate::~ServerPrivate()
{
    // A slot that is called when one session ends may delete others.
    const QList<QPointer<Session>> all =
        QList<QPointer<Session>>(sessions.cbegin(), sessions.cend()) + std::exchange(ending, {});
    sessions.clear();
    for (const QPointer<Session> &session : all)
        delete session;
    workers.shutDown();
}

void ServerPrivate::start()
{
    if (workers.isStarted())
        return;
    config->complete();
    workers.start(this, config, ioThreadCount);
}

void ServerPrivate::close(CloseReason reason)
{
    if (closing > 0)
        return;
    const bool wasListening = std::exchange(isListening, false);
    const auto closingWorkers = workers.all();
    if (wasListening)
        closingWorkers.front()->bridge().postToIo(
            [worker = closingWorkers.front()] { worker->stopListening(); });
    closing = int(closingWorkers.size());
    const QPointer<Server> self = q;
    if (wasListening)
        Q_EMIT q->listeningChanged(false);
    if (!self)
        return;
    for (const std::shared_ptr<Worker> &worker : closingWorkers) {
        worker->bridge().tellIo([worker, reason] {
            worker->closeAll(reason);
            worker->tellServer([](ServerPrivate &server) { server.noteClosed(); });
        });
    }
    if (self && closingWorkers.empty())
        Q_EMIT q->closed();
}

void ServerPrivate::noteClosed()
{
    if (--closing == 0)
        Q_EMIT q->closed();
}

void ServerPrivate::watchHeaders()
{
    config->watchesHeaders = true;
}

void ServerPrivate::addSession(const std::shared_ptr<SessionCore> &core, TransportType transport)
{
    const QPointer<Session> session = SessionPrivate::create(core, transport);
    sessions.insert(core->id(), session);
    // Input that arrives while a slot runs an event loop waits until slots can have been connected.
    SessionPrivate::get(session)->reporting = true;
    CallOut out(q, [&session] { return !session.isNull(); });
    out.emitSignal(&Server::clientsCountChanged, int(sessions.size()));
    out.emitSignal(&Server::connection, session);
    SessionPrivate::reportWaiting(core);
}

void ServerPrivate::removeSession(const QString &id)
{
    if (!sessions.contains(id))
        return;
    const QPointer<Session> session = sessions.take(id);
    if (session && session->state() != Session::State::Closed) {
        const auto isOver = [](const QPointer<Session> &one) {
            return !one || one->state() == Session::State::Closed;
        };
        ending.removeIf(isOver);
        ending.append(session);
    }
    Q_EMIT q->clientsCountChanged(int(sessions.size()));
}

HttpHeaders ServerPrivate::collectHeaders(HttpHeaders headers, const HttpRequest &request,
                                          bool initial)
{
    const QPointer<Server> self = q;
    if (initial)
        Q_EMIT q->initialHeaders(&headers, request);
    if (self)
        Q_EMIT q->headers(&headers, request);
    return headers;
}

void ServerPrivate::reportError(ConnectionError code, const QString &message,
                                const HttpRequest &request, const QVariantMap &context)
{
    Q_EMIT q->connectionError(code, message, request, context);
}

} // namespace EngineIo
