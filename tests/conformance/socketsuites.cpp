// SPDX-License-Identifier: MIT
#include "suites.h"

#include <SocketIo/Server>

#include <QtCore/qdatetime.h>
#include <QtCore/qtimer.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QString isoNow()
{
    return QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs);
}

} // namespace

Suite startSocketSuite(const Place &place)
{
    ServerOptions options;
    options.pingInterval = 300ms;
    options.pingTimeout = 200ms;
    options.maxHttpBufferSize = 1'000'000;
    options.connectTimeout = 1000ms;
    options.cors = EngineIo::CorsOptions();
    auto io = std::make_unique<Server>(options);
    QObject::connect(io.get(), &Server::connected, [](Socket *socket) {
        socket->emitEvent(u"auth"_s, socket->handshake().auth());
        socket->on(u"message"_s, socket, [socket](const QVariantList &args) {
            socket->emitEventList(u"message-back"_s, args);
        });
        socket->on(u"message-with-ack"_s, socket,
                   [](const QVariantList &args, const Ack &ack) { ack.acknowledge(args); });
    });
    QObject::connect(io->of(u"/custom"_s), &Namespace::connected, [](Socket *socket) {
        socket->emitEvent(u"auth"_s, socket->handshake().auth());
    });
    return serve(std::move(io), place);
}

namespace {

void answerTexts(Socket *socket)
{
    socket->on(u"hi"_s, socket, [socket] { socket->emitEvent(u"hi"_s); });
    socket->on(u"echo"_s, socket, [](const QVariant &value, const Ack &ack) { ack(value); });
    socket->on(u"ack"_s, socket, [socket] {
        socket->emitWithAck(u"ack"_s)->then(socket, [socket](const QVariantList &reply) {
            const QVariantMap object = reply.value(1).toMap();
            if (reply.value(0).toInt() == 5 && object.value(u"test"_s).toBool())
                socket->emitEvent(u"got it"_s);
        });
    });
    socket->on(u"getAckDate"_s, socket, [](const QVariant &, const Ack &ack) { ack(isoNow()); });
    socket->on(u"getDate"_s, socket, [socket] { socket->emitEvent(u"takeDate"_s, isoNow()); });
    socket->on(u"getDateObj"_s, socket, [socket] {
        socket->emitEvent(u"takeDateObj"_s, QVariantMap{{u"date"_s, isoNow()}});
    });
    socket->on(u"getUtf8"_s, socket, [socket] {
        for (const QString &text : {u"てすと"_s, u"Я Б Г Д Ж Й"_s, u"Ä ä Ü ü ß"_s,
                                    u"utf8 — string"_s, u"utf8 — string"_s})
            socket->emitEvent(u"takeUtf8"_s, text);
    });
    socket->on(u"false"_s, socket, [socket] { socket->emitEvent(u"false"_s, false); });
}

void answerBinary(Socket *socket)
{
    const QByteArray bytes = "asdfasdf"_ba;
    socket->on(u"doge"_s, socket, [socket, bytes] { socket->emitEvent(u"doge"_s, bytes); });
    socket->on(u"getbin"_s, socket, [socket, bytes] { socket->emitEvent(u"takebin"_s, bytes); });
    socket->on(u"buffa"_s, socket, [socket](const QVariant &value) {
        if (value.typeId() == QMetaType::QByteArray)
            socket->emitEvent(u"buffack"_s);
    });
    socket->on(u"jsonbuff"_s, socket, [socket](const QVariantMap &value) {
        if (value.value(u"hello"_s) == u"lol"_s && value.value(u"goodbye"_s) == u"gotcha"_s
            && value.value(u"message"_s).typeId() == QMetaType::QByteArray)
            socket->emitEvent(u"jsonbuff-ack"_s);
    });
    socket->on(u"abuff1"_s, socket, [socket](const QVariant &value) {
        if (value.typeId() == QMetaType::QByteArray)
            socket->setDataValue(u"abuff1"_s, true);
    });
    socket->on(u"abuff2"_s, socket, [socket] {
        if (socket->dataValue(u"abuff1"_s).toBool())
            socket->emitEvent(u"abuff2-ack"_s);
    });
}

void answerIdentity(Socket *socket)
{
    socket->on(u"getHandshake"_s, socket,
               [socket](const Ack &ack) { ack(socket->handshake().toVariantMap()); });
    socket->on(u"getId"_s, socket, [socket](const Ack &ack) { ack(socket->id()); });
}

void refuse(
    Namespace *nsp, const QString &message,
    const std::function<bool(Socket *)> &refuses = [](Socket *) { return true; })
{
    nsp->use([=](Socket *socket, const Next &next) {
        if (refuses(socket))
            next(Error(message));
        else
            next();
    });
}

} // namespace

Suite startSocketClientSuite(const Place &place)
{
    ServerOptions options;
    options.pingInterval = 2000ms;
    options.connectionStateRecovery = RecoveryOptions();
    auto io = std::make_unique<Server>(options);
    io->engine()->setAllowRequest(
        [](const EngineIo::HttpRequest &, const EngineIo::Server::AllowDone &done) {
            QTimer::singleShot(10ms, [done] { done(true, {}); });
        });
    for (const QString &name : {u"/timeout_socket"_s, u"/valid"_s, u"/asd"_s})
        io->of(name);
    QObject::connect(io->of(u"/foo"_s), &Namespace::connected, [](Socket *socket) {
        socket->on(u"getId"_s, socket, [socket](const Ack &ack) { ack(socket->id()); });
    });
    QObject::connect(io->of(u"/abc"_s), &Namespace::connected, [](Socket *socket) {
        socket->emitEvent(u"handshake"_s, socket->handshake().toVariantMap());
    });
    refuse(io->of(u"/no"_s), u"Auth failed (custom namespace)"_s);
    refuse(io->mainNamespace(), u"Auth failed (main namespace)"_s,
           [](Socket *socket) { return !socket->handshake().queryValue(u"fail").isEmpty(); });
    QObject::connect(io.get(), &Server::connected, [](Socket *socket) {
        answerTexts(socket);
        answerBinary(socket);
        answerIdentity(socket);
    });
    return serve(std::move(io), place);
}
