// SPDX-License-Identifier: MIT
// The notifications of PostgreSQL, up to what the adapters get of them.
#include "postgres/postgreslink_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qloggingcategory.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace SocketIo;
using namespace SocketIo::detail;
using namespace Qt::StringLiterals;

namespace {

struct Environment
{
    Environment()
        : app(count, names)
    {
        QLoggingCategory::setFilterRules(u"qt.socketio.*=false"_s);
        // There is no database, nor an address to be looked up.
        PostgresOptions options;
        options.url = QUrl(u"postgresql://?host=/nowhere"_s);
        options.reconnectionDelay = std::chrono::hours(1);
        options.reconnectionDelayMax = std::chrono::hours(1);
        link = PostgresLink::make(options);
        link->addObserver(u"/"_s, &app, [this](const ClusterMessage &) { ++received; });
    }

    int count = 1;
    char name[5] = "fuzz";
    char *names[2] = {name, nullptr};
    QCoreApplication app;
    std::shared_ptr<PostgresLink> link;
    int received = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Environment environment;
    const QByteArray payload(reinterpret_cast<const char *>(data), qsizetype(size));
    // What waits for an attachment would wait for ever, and what comes later with it.
    if (payload.contains("attachment"))
        return 0;
    const QByteArray channel = environment.link->channelOf(u"/"_s);
    const int before = environment.received;
    Q_EMIT environment.link->connection().notified(channel, payload, false);
    QCoreApplication::processEvents();
    if (environment.received > before + 1) {
        fprintf(stderr, "a notification is more than one message\n");
        abort();
    }
    return 0;
}
