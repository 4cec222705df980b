// SPDX-License-Identifier: MIT
//! [main]
#include <QtCore/QUrl>
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlApplicationEngine>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    QGuiApplication app(argc, argv);
    QQmlApplicationEngine engine;
    const QStringList arguments = app.arguments();
    if (arguments.size() > 1)
        engine.setInitialProperties({{u"url"_s, QUrl(arguments.at(1))}});
    engine.load(QUrl(u"qrc:/tutorial/step3-window.qml"_s));
    return engine.rootObjects().isEmpty() ? 1 : app.exec();
}
//! [main]
