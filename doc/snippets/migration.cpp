// SPDX-License-Identifier: MIT
// The counterparts of socket.io-client-cpp's calls.
#include "migration.h"

#include <SocketIo/PendingAck>

using namespace Qt::StringLiterals;
using namespace SocketIo;

namespace {

void show(const QString &symbol, double value)
{
    qInfo() << symbol << value;
}

} // namespace

ClientSocket *Migrated::connectTo(const QUrl &url, const QString &token)
{
    //! [connect]
    ClientOptions options;
    options.query = {{u"room"_s, u"tea"_s}};
    options.extraHeaders.set("X-Device"_ba, "kiosk"_ba);
    options.auth = {{u"token"_s, token}};
    ClientSocket *socket = Manager::connectTo(url, options);
    //! [connect]
    return socket;
}

void Migrated::listen(ClientSocket *socket)
{
    //! [listeners]
    connect(socket, &ClientSocket::connected, this, [] { qInfo("connected"); });
    connect(socket, &ClientSocket::connectError, this,
            [](const Error &error) { qInfo() << error.message(); });
    connect(socket, &ClientSocket::disconnected, this,
            [](ClientSocket::DisconnectReason reason) { qInfo() << reason; });
    //! [listeners]
}

ClientSocket *Migrated::join(const QUrl &url)
{
    //! [reconnection]
    ClientOptions options;
    options.reconnectionAttempts = 10;
    options.reconnectionDelay = std::chrono::seconds(5);
    options.reconnectionDelayMax = std::chrono::seconds(20);
    //! [reconnection]
    //! [namespace]
    auto *manager = new Manager(url, options, this);
    ClientSocket *chat = manager->socket(u"/chat"_s);
    //! [namespace]
    chat->open();
    return chat;
}

void Migrated::use(ClientSocket *socket, const QString &text)
{
    //! [on]
    socket->on(u"price"_s, this, [](const QString &symbol, double value) { show(symbol, value); });
    //! [on]
    //! [ack]
    socket->on(u"ask"_s, this, [](const Ack &ack) { ack(42); });
    //! [ack]
    //! [emit]
    socket->emitWithAck(u"save"_s, text)->then(this, [](const QString &answer) {
        qInfo() << answer;
    });
    //! [emit]
    //! [object]
    socket->emitEvent(u"add"_s, QVariantMap{{u"id"_s, 7}});
    //! [object]
}

void Migrated::end(ClientSocket *socket)
{
    //! [close]
    socket->off(u"price"_s);
    socket->close(); // at once; what was emitted is still sent
    //! [close]
}
