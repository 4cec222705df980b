// SPDX-License-Identifier: MIT
#include <QtCore/qcoreapplication.h>
#include <QtQml/qqmlapplicationengine.h>

using namespace Qt::StringLiterals;

// Runs Quitter.qml as an application does: qml-quitter URL TRANSPORTS WAY
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() != 4)
        return 1;
    QQmlApplicationEngine engine;
    engine.addImportPath(QStringLiteral(QML_IMPORTS));
    engine.setInitialProperties({{u"url"_s, arguments.at(1)},
                                 {u"transports"_s, arguments.at(2)},
                                 {u"way"_s, arguments.at(3)}});
    QObject::connect(
        &engine, &QQmlApplicationEngine::objectCreated, &app,
        [](QObject *object) {
            if (!object)
                QCoreApplication::exit(2);
        },
        Qt::QueuedConnection);
    engine.load(QUrl::fromLocalFile(QStringLiteral(QUITTER_QML)));
    return QCoreApplication::exec();
}
