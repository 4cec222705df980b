// SPDX-License-Identifier: MIT
#include "gathering.h"

#include <SocketIo/Server>

#include <QtCore/qfuturewatcher.h>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qsizetype MaxNameSize = 20;
constexpr qsizetype MaxTextSize = 500;

} // namespace

Gathering::Gathering(SocketIo::Server *io, const QString &name)
    : m_io(io)
    , m_name(name)
{
    connect(io, &SocketIo::Server::connected, this, &Gathering::welcome);
    connect(&m_timer, &QTimer::timeout, this, &Gathering::tellWhoIsThere);
    m_timer.start(1s);
}

void Gathering::welcome(SocketIo::Socket *socket)
{
    // The name stays with the session, wherever that goes on; the server does not.
    socket->setDataValue(u"server"_s, m_name);
    socket->emitEvent(u"welcome"_s, m_name, socket->dataValue(u"name"_s), socket->isRecovered());
    socket->on(u"name"_s, this, [this, socket](const QString &name) {
        socket->setDataValue(u"name"_s, name.trimmed().left(MaxNameSize));
        tellWhoIsThere();
    });
    socket->on(u"say"_s, this, [this, socket](const QString &text, const SocketIo::Ack &ack) {
        m_io->emitEvent(u"said"_s, socket->dataValue(u"name"_s), text.left(MaxTextSize), m_name);
        ack();
    });
    // As hard as a crash. A real server would not offer this.
    socket->on(u"kill"_s, this, [] { ::raise(SIGKILL); });
    connect(socket, &SocketIo::Socket::disconnected, this, &Gathering::tellWhoIsThere);
    tellWhoIsThere();
}

// Each server tells its own clients what it knows of all.
void Gathering::tellWhoIsThere()
{
    if (m_io->mainNamespace()->sockets().isEmpty())
        return;
    auto *watcher = new QFutureWatcher<QList<SocketIo::RemoteSocket>>(this);
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher] {
        watcher->deleteLater();
        QVariantList everybody;
        const QList<SocketIo::RemoteSocket> sockets = watcher->result();
        for (const SocketIo::RemoteSocket &socket : sockets)
            everybody.append(socket.data());
        m_io->local().asVolatile().emitEvent(u"who"_s, everybody);
    });
    watcher->setFuture(m_io->fetchSockets());
}
