// SPDX-License-Identifier: MIT
// The figures that operators ask a server for.
#include "engineio/server/server_p.h"

#include "engineio/server/ioworker_p.h"
#include "engineio/server/openmetrics_p.h"

#include <QtCore/qmetaobject.h>

#include <algorithm>

namespace EngineIo {

using namespace detail;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

struct Collection
{
    ServerStatistics statistics;
    std::function<void(const ServerStatistics &)> done;
    size_t left = 0;
};

} // namespace

// Begins with an event, whose delay shows how busy the server's thread is.
void ServerPrivate::collect(const std::function<void(const ServerStatistics &)> &done)
{
    QMetaObject::invokeMethod(
        q,
        [this, done, asked = Clock::now()] {
            auto collection = std::make_shared<Collection>();
            collection->done = done;
            collection->left = workers.all().size();
            collection->statistics.lags.assign(workers.ioThreadCount() + 1, 0ns);
            collection->statistics.lags[0] = Clock::now() - asked;
            collection->statistics.connections =
                quint64(std::max(0, config->connectionCount->load()));
            if (!workers.isStarted()) {
                done(collection->statistics);
                return;
            }
            const auto asking = workers.all();
            for (size_t i = 0; i < asking.size(); ++i) {
                asking[i]->bridge().tellIo(
                    [worker = asking[i].get(), collection, i, begun = Clock::now()] {
                        ServerStatistics part;
                        part.lags.push_back(Clock::now() - begun);
                        worker->measure(&part);
                        worker->tellServer([collection, part, i](ServerPrivate &server) {
                            ServerStatistics &all = collection->statistics;
                            all.add(part);
                            if (server.workers.ioThreadCount() > 0)
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

} // namespace EngineIo
