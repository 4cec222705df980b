// SPDX-License-Identifier: MIT
#include "snippets.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

//! [recovery]
std::unique_ptr<SocketIo::Server> makeRecoveringServer()
{
    SocketIo::ServerOptions options;
    options.connectionStateRecovery = SocketIo::RecoveryOptions{2min};
    return std::make_unique<SocketIo::Server>(options);
}
//! [recovery]

void serveMissedMessages(SocketIo::Server *io, const QList<QVariantMap> &log)
{
    //! [missed]
    QObject::connect(io, &SocketIo::Server::connected, [log](SocketIo::Socket *socket) {
        if (socket->isRecovered())
            return; // has its rooms and data, and got what it has missed
        const qsizetype seen = socket->handshake().auth().value(u"seen"_s).toLongLong();
        for (qsizetype i = qMax(0, seen); i < log.size(); ++i)
            socket->emitEvent(u"message"_s, log.at(i));
    });
    //! [missed]
}

//! [client]
SocketIo::ClientSocket *connectPatiently(const QUrl &server)
{
    SocketIo::ClientOptions options;
    options.reconnectionDelay = 500ms;
    options.reconnectionDelayMax = 10s;
    return SocketIo::Manager::connectTo(server, options);
}
//! [client]

void showConnection(SocketIo::ClientSocket *socket, QObject *context, QStringList *log)
{
    using SocketIo::ClientSocket;
    using SocketIo::Manager;

    //! [signals]
    QObject::connect(socket, &ClientSocket::connected, context, [socket, log] {
        log->append(socket->isRecovered() ? u"back"_s : u"connected"_s);
    });
    QObject::connect(socket, &ClientSocket::disconnected, context,
                     [socket, log](ClientSocket::DisconnectReason reason) {
                         log->append(ClientSocket::disconnectReasonText(reason));
                         if (!socket->isActive())
                             socket->open(); // the server has put us out: ask again
                     });
    QObject::connect(socket->manager(), &Manager::reconnectAttempted, context,
                     [log](int attempt) { log->append(u"attempt %1"_s.arg(attempt)); });
    //! [signals]
}

void sendOnlyWhenConnected(SocketIo::ClientSocket *socket, double position)
{
    //! [volatile]
    socket->emitEvent(u"order"_s, u"tea"_s);                 // kept while offline
    socket->asVolatile().emitEvent(u"position"_s, position); // dropped while offline
    //! [volatile]
}
