// SPDX-License-Identifier: MIT
#include "snippets.h"

#include <SocketIo/AckException>
#include <SocketIo/Result>

#include <QtCore/QTimer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

void serveAcknowledgements(SocketIo::Server *io)
{
    //! [answer]
    QObject::connect(io, &SocketIo::Server::connected, [](SocketIo::Socket *socket) {
        socket->on(u"save"_s, socket, [](const QString &text, const SocketIo::Ack &ack) {
            ack(u"saved"_s, text.size());
        });
        socket->on(u"save later"_s, socket, [socket](const SocketIo::Ack &ack) {
            QTimer::singleShot(10, socket, [ack] { ack(u"saved"_s); }); // an Ack can be kept
        });
    });
    //! [answer]
}

void save(SocketIo::ClientSocket *socket, QObject *context, QStringList *log)
{
    //! [then]
    socket->timeout(5s)
        .emitWithAck(u"save"_s, u"some text"_s)
        ->then(context,
               [log](const QString &state, int size) {
                   log->append(u"%1: %2 characters"_s.arg(state).arg(size));
               })
        ->onFailed(context, [log](const SocketIo::Error &error) {
            if (error.type() == SocketIo::Error::Type::Timeout)
                log->append(u"no answer in time"_s);
            else
                log->append(error.message());
        });
    //! [then]

    //! [signals]
    SocketIo::PendingAck *ack = socket->emitWithAck(u"save"_s, u"more text"_s);
    QObject::connect(ack, &SocketIo::PendingAck::acknowledged, context,
                     [log](const QVariantList &answer) { log->append(answer.at(0).toString()); });
    //! [signals]
}

//! [future]
QFuture<QString> saveAsFuture(SocketIo::ClientSocket *socket)
{
    return socket->timeout(5s)
        .emitWithAck(u"save"_s, u"some text"_s)
        ->future()
        .then([](const QVariantList &answer) { return answer.value(0).toString(); })
        .onFailed([](const SocketIo::AckException &e) { return e.error().message(); });
}
//! [future]

void saveOrTellWhy(SocketIo::ClientSocket *socket, QObject *context, QStringList *log)
{
    //! [result]
    using Reply = SocketIo::Result<QString>;
    Reply::of(socket->timeout(5s).emitWithAck(u"save"_s, u"some text"_s))
        .then(context, [log](const Reply &state) {
            if (state)
                log->append(*state);
            else
                log->append(state.error().message());
        });
    //! [result]
}

void askEverybody(SocketIo::Server *io, QObject *context, QVariantList *answers)
{
    //! [broadcast]
    SocketIo::PendingAck *poll = io->timeout(2s).emitWithAck(u"your name"_s);
    QObject::connect(poll, &SocketIo::PendingAck::acknowledged, context,
                     [answers](const QVariantList &names) { *answers = names; });
    QObject::connect(poll, &SocketIo::PendingAck::failed, context, [answers, poll] {
        *answers = poll->arguments(); // of those that have answered
    });
    //! [broadcast]
}

//! [retries]
SocketIo::ClientSocket *connectWithRetries(const QUrl &server)
{
    SocketIo::ClientOptions options;
    options.retries = 3;     // each event is sent up to four times
    options.ackTimeout = 5s; // and each time this long waited for
    return SocketIo::Manager::connectTo(server, options);
}
//! [retries]
