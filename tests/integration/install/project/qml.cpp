// SPDX-License-Identifier: MIT
#include <QtCore/qcoreapplication.h>
#include <QtQml/qqmlapplicationengine.h>

// An outside program that imports the installed QML module and ends when its client has reached
// its server.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QQmlApplicationEngine engine;
    engine.loadData(R"(
        import QtQml
        import SocketIo
        QtObject {
            property SocketIoServer server: SocketIoServer { host: "127.0.0.1" }
            property SocketIoClient client: SocketIoClient {
                url: server.url
                onConnected: Qt.exit(0)
                onConnectError: error => { console.log(error.message); Qt.exit(1); }
            }
        })");
    return engine.rootObjects().isEmpty() ? 1 : app.exec();
}
