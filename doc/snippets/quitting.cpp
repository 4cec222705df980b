// SPDX-License-Identifier: MIT
#include "snippets.h"

#include <QtCore/QCoreApplication>

using namespace Qt::StringLiterals;

void sayByeAndQuit(SocketIo::ClientSocket *socket)
{
    //! [quit]
    socket->emitEvent(u"bye"_s);
    QCoreApplication::quit();
    //! [quit]
}

void closeAndQuit(SocketIo::ClientSocket *socket)
{
    //! [closed]
    QObject::connect(socket->manager(), &SocketIo::Manager::closed, qApp, &QCoreApplication::quit);
    socket->emitEvent(u"bye"_s);
    socket->manager()->close();
    //! [closed]
}

SocketIo::ClientSocket *sendAndQuit(const QUrl &server)
{
    //! [flushed]
    SocketIo::ClientSocket *socket = SocketIo::Manager::connectTo(server);
    socket->emitEvent(u"report"_s, u"all is well"_s);
    QObject::connect(socket, &SocketIo::ClientSocket::flushed, qApp, &QCoreApplication::quit);
    //! [flushed]
    return socket;
}
