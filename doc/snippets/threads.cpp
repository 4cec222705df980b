// SPDX-License-Identifier: MIT
#include "snippets.h"

#include <EngineIo/EpollDispatcher>

#include <QtCore/QCoreApplication>
#include <QtCore/QThreadPool>
#include <QtCore/QTimeLine>

using namespace Qt::StringLiterals;

//! [threads]
std::unique_ptr<SocketIo::Server> makeThreadedServer()
{
    auto io = std::make_unique<SocketIo::Server>();
    io->setIoThreadCount(2); // before listen()
    return io;
}
//! [threads]

//! [work]
void work(SocketIo::Socket *socket)
{
    socket->on(u"render"_s, socket, [](const QString &text, const SocketIo::Ack &ack) {
        // Off to another thread; an Ack may be called in any.
        QThreadPool::globalInstance()->start([text, ack] { ack(text.toUpper()); });
    });
}
//! [work]

void emitFromAnotherThread(SocketIo::ClientSocket *socket, double progress)
{
    //! [invoke]
    QMetaObject::invokeMethod(socket,
                              [socket, progress] { socket->emitEvent(u"progress"_s, progress); });
    //! [invoke]
}

void forwardFromAnotherThread(SocketIo::ClientSocket *socket, QTimeLine *worker)
{
    //! [forward]
    socket->forward(worker, &QTimeLine::valueChanged, u"progress"_s);
    //! [forward]
}

namespace ServerProgram {

//! [dispatcher]
int main(int argc, char *argv[])
{
    EngineIo::installEpollDispatcher(); // first; not in programs with a GUI
    QCoreApplication app(argc, argv);
    SocketIo::Server io;
    return io.listen(QHostAddress::Any, 3000) ? app.exec() : 1;
}
//! [dispatcher]

} // namespace ServerProgram

int serverMain(int argc, char *argv[]);
int serverMain(int argc, char *argv[])
{
    return ServerProgram::main(argc, argv);
}
