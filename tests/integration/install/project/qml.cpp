// SPDX-License-Identifier: MIT
#include <QtCore/qcoreapplication.h>
#include <QtQml/qqmlapplicationengine.h>

// An outside program that imports the QML modules that it links, and ends when its client has reached
// its server.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QByteArray imports = "import QtQml\nimport SocketIo\n";
#ifdef WITH_ADMINUI
    imports += "import SocketIo.AdminUi\n";
#endif
#ifdef WITH_HTTP2
    imports += "import SocketIo.Http2\n";
#endif
#ifdef WITH_REDIS
    imports += "import SocketIo.Redis\n";
#endif
    QQmlApplicationEngine engine;
    engine.loadData(imports + R"(
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
