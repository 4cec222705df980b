// SPDX-License-Identifier: MIT
#include "cat.h"
#include "catoptions.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qloggingcategory.h>

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("qtsocketio-cat"));
    QCoreApplication::setApplicationVersion(QStringLiteral(QTSOCKETIO_VERSION));
    // It says itself what fails; QT_LOGGING_RULES still has the last word.
    QLoggingCategory::setFilterRules(QStringLiteral("qt.socketio.client.warning=false"));
    Cat cat(CatOptions::fromCommandLine());
    cat.start();
    return app.exec();
}
