// SPDX-License-Identifier: MIT
#include <QtCore/qcoreapplication.h>
#include <QtQml/qqmlapplicationengine.h>

// As qml.cpp, with its QML in a module of its own.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QQmlApplicationEngine engine(QUrl(QStringLiteral("qrc:/qt/qml/Outside/Main.qml")));
    return engine.rootObjects().isEmpty() ? 1 : app.exec();
}
