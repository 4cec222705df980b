// SPDX-License-Identifier: MIT
// How a server begins and ends, and what its workers report of sessions and requests.
#include "engineio/server/server_p.h"

#include "base/callapplication_p.h"
#include "base/callout_p.h"
#include "base/movecheck_p.h"
#include "engineio/server/ioworker_p.h"
#include "engineio/session/session_p.h"

#include <utility>

namespace EngineIo {

using namespace detail;

ServerPrivate::ServerPrivate(Server *server)
    : q(server)
{
    new MoveCheck(q, "before listen()", [this] { return isStarted(); });
}

ServerPrivate::~ServerPrivate()
{
    deleteSessions();
    workers.shutDown();
}

void ServerPrivate::deleteSessions()
{
    // A slot that is called when one session ends may delete others.
    const QList<QPointer<Session>> all =
        QList<QPointer<Session>>(sessions.cbegin(), sessions.cend()) + std::exchange(ending, {});
    sessions.clear();
    for (const QPointer<Session> &session : all)
        delete session;
}

bool ServerPrivate::start()
{
    endLeftWorkers();
    if (workers.isStarted())
        return true;
    config->complete();
    return workers.start(this, config, ioThreadCount, &error);
}

// A server that outlives the QCoreApplication may go on under another one.
void ServerPrivate::endLeftWorkers()
{
    if (!workers.haveLeft())
        return;
    closing = 0;
    isListening = false;
    deleteSessions();
    workers.shutDown();
}

void ServerPrivate::close(CloseReason reason)
{
    drain.end();
    const bool wasListening = std::exchange(isListening, false);
    endLeftWorkers();
    const auto closingWorkers = workers.all();
    if (wasListening && !closingWorkers.empty())
        closingWorkers.front()->bridge().postToIo(
            [worker = closingWorkers.front()] { worker->stopListening(); });
    // Another call may be made before the workers have heard of this one: closed() follows both.
    closing += int(closingWorkers.size());
    CallOut out(q);
    if (wasListening)
        out.emitSignal(&Server::listeningChanged, false);
    if (!out)
        return;
    for (const std::shared_ptr<IoWorker> &worker : closingWorkers) {
        worker->bridge().tellIo([worker, reason] {
            worker->closeAll(reason);
            worker->tellServer([](ServerPrivate &server) { server.noteClosed(); });
        });
    }
    if (out && closingWorkers.empty())
        detail::callApplication([&] { Q_EMIT q->closed(); });
}

void ServerPrivate::noteClosed()
{
    if (closing > 0 && --closing == 0)
        detail::callApplication([&] { Q_EMIT q->closed(); });
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
    detail::callApplication([&] { Q_EMIT q->clientsCountChanged(int(sessions.size())); });
}

HttpHeaders ServerPrivate::collectHeaders(HttpHeaders headers, const HttpRequest &request,
                                          detail::AnswerOrder order)
{
    CallOut out(q);
    if (order == detail::AnswerOrder::First)
        out.call([&] { Q_EMIT q->initialHeaders(&headers, request); });
    out.call([&] { Q_EMIT q->headers(&headers, request); });
    return headers;
}

void ServerPrivate::reportError(ConnectionError code, const QString &message,
                                const HttpRequest &request, const QVariantMap &context)
{
    detail::callApplication([&] { Q_EMIT q->connectionError(code, message, request, context); });
}

} // namespace EngineIo
