// SPDX-License-Identifier: MIT
#include "chatroom.h"

#include <SocketIo/Server>

#include <QtCore/qdatetime.h>

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype HistorySize = 50;
constexpr qsizetype MaxTextSize = 2000;
constexpr qsizetype MaxNameSize = 20;

QString nameOf(SocketIo::Socket *socket)
{
    return socket->dataValue(u"name"_s).toString();
}

} // namespace

ChatRoom::ChatRoom(SocketIo::Server *io)
    : m_io(io)
{
    connect(io, &SocketIo::Server::connected, this, &ChatRoom::welcome);
}

void ChatRoom::welcome(SocketIo::Socket *socket)
{
    socket->on(u"join"_s, this, [this, socket](const QString &name, const SocketIo::Ack &ack) {
        socket->setDataValue(u"name"_s, freeName(name));
        socket->join(u"chat"_s);
        ack(nameOf(socket), m_history);
        tellNames();
    });
    socket->on(u"chat message"_s, this,
               [this, socket](const QString &text, const SocketIo::Ack &ack) {
                   const QString problem = problemOf(socket, text);
                   if (!problem.isEmpty())
                       return ack(QVariantMap{{u"error"_s, problem}});
                   const QVariantMap message = {{u"name"_s, nameOf(socket)},
                                                {u"text"_s, text},
                                                {u"time"_s, QDateTime::currentDateTimeUtc()}};
                   m_history.append(message);
                   if (m_history.size() > HistorySize)
                       m_history.removeFirst();
                   socket->to(u"chat"_s).emitEvent(u"chat message"_s, message);
                   ack(message);
                   Q_EMIT said(nameOf(socket), text);
               });
    socket->on(u"typing"_s, this, [socket](bool typing) {
        if (nameOf(socket).isEmpty())
            return;
        socket->to(u"chat"_s).asVolatile().emitEvent(u"typing"_s, nameOf(socket), typing);
    });
    connect(socket, &SocketIo::Socket::disconnected, this, &ChatRoom::tellNames);
}

QString ChatRoom::problemOf(SocketIo::Socket *socket, const QString &text)
{
    if (nameOf(socket).isEmpty())
        return u"Emit \"join\" with your name first"_s;
    if (text.trimmed().isEmpty())
        return u"A message needs some text"_s;
    if (text.size() > MaxTextSize)
        return u"A message has at most %1 characters"_s.arg(MaxTextSize);
    return {};
}

QString ChatRoom::freeName(const QString &wanted) const
{
    QStringList taken;
    for (SocketIo::Socket *socket : m_io->mainNamespace()->sockets())
        taken.append(nameOf(socket));
    const QString base =
        wanted.trimmed().isEmpty() ? u"guest"_s : wanted.trimmed().left(MaxNameSize);
    QString name = base;
    for (int number = 2; taken.contains(name); ++number)
        name = u"%1 %2"_s.arg(base).arg(number);
    return name;
}

void ChatRoom::tellNames()
{
    QStringList names;
    for (SocketIo::Socket *socket : m_io->mainNamespace()->sockets()) {
        if (!nameOf(socket).isEmpty())
            names.append(nameOf(socket));
    }
    names.sort(Qt::CaseInsensitive);
    m_io->to(u"chat"_s).emitEvent(u"names"_s, names);
}
