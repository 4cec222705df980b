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
        renew();
    }
    // There is no database: what waits for an attachment waits for ever.
    void renew()
    {
        PostgresOptions options;
        options.url = QUrl(u"postgresql://127.0.0.1:1"_s);
        options.reconnectionDelay = std::chrono::hours(1);
        options.reconnectionDelayMax = std::chrono::hours(1);
        link = PostgresLink::make(options);
        link->addReceiver(u"/"_s, &app, [this](const ClusterMessage &) { ++received; });
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
    const QByteArray channel = environment.link->channelOf(u"/"_s);
    const int before = environment.received;
    Q_EMIT environment.link->connection().notified(channel, payload, false);
    QCoreApplication::processEvents();
    if (environment.received > before + 1) {
        fprintf(stderr, "a notification is more than one message\n");
        abort();
    }
    if (payload.contains("attachmentId"))
        environment.renew();
    return 0;
}
