// SPDX-License-Identifier: MIT
// Code on the pages of the classes of MessagePack.
#include <SocketIo/MsgPack>
#include <SocketIo/MsgPackParser>
#include <SocketIo/ServerOptions>

#include <QtCore/QDebug>

using namespace Qt::StringLiterals;

SocketIo::ServerOptions packMessages();

SocketIo::ServerOptions packMessages()
{
    //! [MsgPack]
    const std::optional<QByteArray> bytes =
        SocketIo::MsgPack::encode(QVariantMap{{u"temperature"_s, 21.5}});
    if (bytes)
        qInfo() << SocketIo::MsgPack::decode(*bytes).value_or(QVariant());
    //! [MsgPack]
    //! [Limits]
    SocketIo::MsgPackParser::Limits limits;
    limits.maxDepth = 64;
    SocketIo::ServerOptions options;
    options.parser = std::make_shared<SocketIo::MsgPackParser>(limits);
    //! [Limits]
    return options;
}
