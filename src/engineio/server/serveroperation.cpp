// SPDX-License-Identifier: MIT
#include "engineio/server/server_p.h"

#include "base/logging_p.h"
#include "engineio/server/openmetrics_p.h"
#include "engineio/server/worker_p.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qtimer.h>

#include <algorithm>

// What operators ask of a server: numbers, and to let its clients go.
namespace EngineIo {

using namespace detail;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds DrainStep = 50ms;

struct Collection
{
    ServerStatistics statistics;
    std::function<void(const ServerStatistics &)> done;
    size_t left = 0;
};

} // namespace

// The event that this begins with tells how busy the server's thread is.
void ServerPrivate::collect(const std::function<void(const ServerStatistics &)> &done)
{
    QMetaObject::invokeMethod(
        q,
        [this, done, asked = Clock::now()] {
            auto collection = std::make_shared<Collection>();
            collection->done = done;
            collection->left = workers.size();
            collection->statistics.lags.assign(threads.size() + 1, 0ns);
            collection->statistics.lags[0] = Clock::now() - asked;
            collection->statistics.connections =
                quint64(std::max(0, config->connectionCount->load()));
            if (workers.empty()) {
                done(collection->statistics);
                return;
            }
            const auto asking = workers;
            for (size_t i = 0; i < asking.size(); ++i) {
                asking[i]->bridge().tellIo(
                    [worker = asking[i].get(), collection, i, begun = Clock::now()] {
                        ServerStatistics part;
                        part.lags.push_back(Clock::now() - begun);
                        worker->measure(&part);
                        worker->tellServer([collection, part, i](ServerPrivate &server) {
                            ServerStatistics &all = collection->statistics;
                            all.add(part);
                            if (!server.threads.empty())
                                all.lags[i + 1] = part.lags.front();
                            if (--collection->left == 0)
                                collection->done(all);
                        });
                    });
            }
        },
        Qt::QueuedConnection);
}

void ServerPrivate::writeExtraMetrics(OpenMetricsWriter &writer) const
{
    if (extraMetrics)
        extraMetrics(writer);
}

void ServerPrivate::answerMetrics(const HttpResponder &respond)
{
    collect([this, respond](const ServerStatistics &statistics) {
        OpenMetricsWriter writer;
        statistics.write(writer);
        writeExtraMetrics(writer);
        respond(HttpResponse(200, OpenMetricsWriter::ContentType, writer.finish()));
    });
}

// Those who hold a session go one after the other, so that they do not all come to another server
// at once; a quarter of the time is left for the last to go.
void ServerPrivate::drain(std::chrono::milliseconds deadline)
{
    if (drainTimer)
        return;
    qCDebug(lcEngine, "draining, with %d clients, for %lld ms", int(sessions.size()),
            static_cast<long long>(deadline.count()));
    config->drainedAt = Clock::now() + deadline;
    config->draining = true;
    drainStepsLeft = int(std::max<qint64>(1, (deadline * 3 / 4) / DrainStep));
    drainTimer = std::make_unique<QTimer>();
    QObject::connect(drainTimer.get(), &QTimer::timeout, q, [this] { drainStep(); });
    drainTimer->start(DrainStep);
}

void ServerPrivate::drainStep()
{
    if (sessions.isEmpty() || Clock::now() >= config->drainedAt.load()) {
        finishDraining();
        return;
    }
    QList<QPointer<Session>> open;
    for (const QPointer<Session> &session : std::as_const(sessions)) {
        if (session && session->state() == Session::State::Open)
            open.append(session);
    }
    const qsizetype count =
        drainStepsLeft > 1 ? (open.size() + drainStepsLeft - 1) / drainStepsLeft : open.size();
    --drainStepsLeft;
    const QPointer<Server> self = q;
    for (qsizetype i = 0; i < count && self; ++i) {
        if (open.at(i))
            open.at(i)->close();
    }
}

void ServerPrivate::finishDraining()
{
    drainTimer->stop();
    drainTimer.release()->deleteLater(); // it is calling
    const QPointer<Server> self = q;
    QObject::connect(
        q, &Server::closed, q,
        [this] {
            config->draining = false; // it may listen again
            Q_EMIT q->drained();
        },
        Qt::SingleShotConnection);
    q->close(CloseReason::ServerShuttingDown);
}

} // namespace EngineIo
