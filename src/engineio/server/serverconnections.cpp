// SPDX-License-Identifier: MIT
// Where the connections of a server come from, and which worker gets them.
#include "base/callapplication_p.h"
#include "base/logging_p.h"
#include "base/warninglimit_p.h"
#include "engineio/server/acceptor_p.h"
#include "engineio/server/ioworker_p.h"
#include "engineio/server/server_p.h"

#include <QtCore/qmetaobject.h>
#include <QtNetwork/qtcpsocket.h>

#include <semaphore>

namespace EngineIo {

using namespace detail;

// The first worker accepts for all, so that with I/O threads new clients need not wait for this
// one.
bool ServerPrivate::listen(const ListenTarget &target)
{
    // Before it is started, so that another configuration may follow.
    if (const QString mistake = config->tlsMistake(); !mistake.isEmpty()) {
        error = Server::tr("Cannot listen: %1").arg(mistake);
        return false;
    }
    if (!start())
        return false;
    if (isListening) {
        error = Server::tr("The server is listening already");
        return false;
    }
    const auto accepted = [targets = workers.all(),
                           turn = size_t(0)](Descriptor descriptor) mutable {
        const std::shared_ptr<IoWorker> &worker = targets[turn++ % targets.size()];
        worker->bridge().postToIo(
            [worker = worker.get(), descriptor = std::move(descriptor)]() mutable {
                worker->addDescriptor(std::move(descriptor));
            });
    };
    std::binary_semaphore done{0};
    const std::shared_ptr<IoWorker> worker = workers.all().front();
    worker->bridge().postToIo([&] {
        isListening = worker->listen(target, accepted, &error);
        if (isListening) {
            address = worker->serverAddress();
            port = worker->serverPort();
        }
        done.release();
    });
    done.acquire();
    if (!isListening)
        return false;
    detail::callApplication([&] { Q_EMIT q->listeningChanged(true); });
    return true;
}

// Nobody asks for the error of a connection that was handed over.
bool ServerPrivate::startForConnection()
{
    static const WarningLimit warning;
    if (start())
        return true;
    warnIfDue(lcEngine(), warning.take(),
              QStringLiteral("A connection is not served: %1").arg(error));
    return false;
}

bool ServerPrivate::addDescriptor(qintptr given, const QByteArray &firstBytes)
{
    if (!startForConnection())
        return false;
    Descriptor descriptor(given);
    IoWorker &worker = workers.next();
    if (firstBytes.isEmpty() || !worker.isDirect()) {
        worker.bridge().postToIo(
            [&worker, descriptor = std::move(descriptor), firstBytes]() mutable {
                worker.addDescriptor(std::move(descriptor), firstBytes);
            });
        return true;
    }
    // A request may be complete already, and the application must not be asked about it from within
    // its own call.
    auto taken = std::make_shared<Descriptor>(std::move(descriptor));
    QMetaObject::invokeMethod(
        q,
        [target = worker.shared_from_this(), taken, firstBytes] {
            target->addDescriptor(std::move(*taken), firstBytes);
        },
        Qt::QueuedConnection);
    return true;
}

void ServerPrivate::addSocket(QTcpSocket *socket)
{
    socket->setParent(nullptr);
    if (!startForConnection()) {
        socket->abort();
        socket->deleteLater();
        return;
    }
    IoWorker &worker = workers.next();
    if (!worker.isDirect())
        socket->moveToThread(worker.context().thread());
    worker.bridge().postToIo([&worker, socket] { worker.addSocket(socket); });
}

bool ServerPrivate::addStream(const std::function<std::unique_ptr<Stream>(IoContext &)> &makeStream,
                              const QByteArray &firstBytes)
{
    if (!startForConnection())
        return false;
    const std::shared_ptr<IoWorker> target = workers.next().shared_from_this();
    const auto serve = [target, makeStream, firstBytes] {
        target->addStream(makeStream(target->context()), firstBytes);
    };
    if (target->isDirect())
        QMetaObject::invokeMethod(q, serve, Qt::QueuedConnection);
    else
        target->bridge().postToIo(serve);
    return true;
}

} // namespace EngineIo
