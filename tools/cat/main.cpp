// SPDX-License-Identifier: MIT
#include "cat.h"
#include "catoptions.h"

#if defined(CAT_WITH_REDIS)
#include "redisemit.h"
#endif

#include <QtCore/qcoreapplication.h>
#include <QtCore/qloggingcategory.h>

#include <cstdio>

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("qtsocketio-cat"));
    QCoreApplication::setApplicationVersion(QStringLiteral(QTSOCKETIO_VERSION));
    // It says itself what fails; QT_LOGGING_RULES still has the last word.
    QLoggingCategory::setFilterRules(QStringLiteral("qt.socketio.client.warning=false"));
    const CatOptions options = CatOptions::fromCommandLine();
    if (!options.redis.isEmpty()) {
#if defined(CAT_WITH_REDIS)
        return emitOverRedis(options);
#else
        fprintf(stderr, "This qtsocketio-cat was built without hiredis, which --redis needs.\n");
        return int(CatStatus::WrongUsage);
#endif
    }
    Cat cat(options);
    cat.start();
    return app.exec();
}
