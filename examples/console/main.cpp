// SPDX-License-Identifier: MIT
#include "cat.h"
#include "catoptions.h"

#include <QtCore/qcoreapplication.h>

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("qtsocketio-cat"));
    QCoreApplication::setApplicationVersion(QStringLiteral(QTSOCKETIO_VERSION));
    Cat cat(CatOptions::fromCommandLine());
    cat.start();
    return app.exec();
}
