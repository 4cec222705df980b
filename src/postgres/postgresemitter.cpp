// SPDX-License-Identifier: MIT
#include <SocketIo/postgresemitter.h>

#include "postgres/postgreslink_p.h"
#include "socketio/events/reservednames_p.h"

#include <QtCore/qloggingcategory.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using Type = ClusterMessage::Type;

namespace {

Q_LOGGING_CATEGORY(lcPostgres, "qt.socketio.postgres", QtWarningMsg)

constexpr QLatin1StringView EmitterUid = "emitter"_L1;

QStringList joined(QStringList names, const QStringList &further)
{
    for (const QString &name : further) {
        if (!names.contains(name))
            names.append(name);
    }
    return names;
}

} // namespace

class PostgresEmitterPrivate
{
public:
    std::shared_ptr<detail::PostgresLink> link;
};

/*!
    \class SocketIo::PostgresEmitter
    \inmodule QtSocketIo
    \since 0.1
    \brief Emits to the clients of servers that use PostgresAdapter, from a program that is no
    server (Socket.IO: \c Emitter of \@socket.io/postgres-emitter).

    \snippet postgres.cpp emitter

    All functions return \c false if nothing will be sent: more than
    PostgresOptions::maxQueuedBytes wait for the database, or the name of the event is reserved.
    There are no acknowledgements. A program that ends after it has emitted waits for idle().

    The servers may be on Qt or, with \@socket.io/postgres-adapter 0.5, on Node.js.

    It is in the library \c{QtSocketIo::Postgres}.
*/

/*!
    Constructs an emitter as child of \a parent and connects it to the database of \a options. It
    connects again by itself when the connection is lost.
*/
PostgresEmitter::PostgresEmitter(const PostgresOptions &options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<PostgresEmitterPrivate>())
{
    d->link = detail::PostgresLink::make(options);
    detail::PostgresConnection &connection = d->link->connection();
    connect(&connection, &detail::PostgresConnection::stateChanged, this,
            &PostgresEmitter::stateChanged, Qt::QueuedConnection);
    connect(&connection, &detail::PostgresConnection::errorOccurred, this,
            &PostgresEmitter::errorOccurred, Qt::QueuedConnection);
    connect(
        &connection, &detail::PostgresConnection::idle, this,
        [this] {
            if (isIdle())
                Q_EMIT idle();
        },
        Qt::QueuedConnection);
}

/*! Destroys the emitter. What the database has not taken yet is lost; see idle(). */
PostgresEmitter::~PostgresEmitter() = default;

/*!
    \property SocketIo::PostgresEmitter::state
    \brief the state of the connection to the database.
*/
Postgres::State PostgresEmitter::state() const
{
    return d->link->connection().state();
}

/*!
    Returns whether the database has taken all that was emitted.
*/
bool PostgresEmitter::isIdle() const
{
    return d->link->connection().isIdle();
}

/*!
    Returns an operator for the namespace \a nsp; the slash in front may be left out.
*/
PostgresBroadcast PostgresEmitter::of(const QString &nsp) const
{
    return PostgresBroadcast(d->link, nsp.startsWith(u'/') ? nsp : u'/' + nsp);
}

/*!
    Returns an operator for the main namespace without the sockets in \a room.
*/
PostgresBroadcast PostgresEmitter::except(const QString &room) const
{
    return all().except(room);
}

/*!
    Returns an operator for the main namespace without the sockets in one of \a rooms.
*/
PostgresBroadcast PostgresEmitter::except(const QStringList &rooms) const
{
    return all().except(rooms);
}

/*!
    \fn SocketIo::PostgresBroadcast SocketIo::PostgresEmitter::all() const
    Returns an operator for the main namespace.
*/
/*!
    \fn PostgresBroadcast SocketIo::PostgresEmitter::to(const QString &room) const
    Returns an operator for the main namespace and the sockets in \a room.
*/
/*!
    \fn PostgresBroadcast SocketIo::PostgresEmitter::to(const QStringList &rooms) const
    \overload
    Returns an operator for the main namespace and the sockets in \a rooms.
*/
/*!
    \fn PostgresBroadcast SocketIo::PostgresEmitter::in(const QString &room) const
    Same as to() with \a room.
*/
/*!
    \fn PostgresBroadcast SocketIo::PostgresEmitter::in(const QStringList &rooms) const
    \overload
    Same as to() with \a rooms.
*/
/*!
    \fn template<typename... Args> bool SocketIo::PostgresEmitter::emitEvent(const QString &event,
   const Args &...args)
    Emits \a event with \a args to all clients of the main namespace. Returns whether it will be
    sent.
*/
/*!
    \fn void SocketIo::PostgresEmitter::stateChanged(SocketIo::Postgres::State state)
    The connection to the database has become \a state.
*/
/*!
    \fn void SocketIo::PostgresEmitter::errorOccurred(const SocketIo::Error &error)
    The database cannot be reached, or it refused something, as \a error says. The emitter goes on
    trying.
*/
/*!
    \fn void SocketIo::PostgresEmitter::idle()
    The database has taken all that was emitted.
*/

/*!
    \class SocketIo::PostgresBroadcast
    \inmodule QtSocketIo
    \since 0.1
    \brief Emits to clients of other programs' servers, or does something else to them all, as
    BroadcastOperator does in a server.

    It is a value that PostgresEmitter::of() makes. Each function of a chain returns a new one:

    \snippet postgres.cpp operator

    It may outlive its emitter, which then only its connection survives.
*/

PostgresBroadcast::PostgresBroadcast(const std::shared_ptr<detail::PostgresLink> &link,
                                     const QString &nsp)
    : m_link(link)
    , m_nsp(nsp)
{
}

/*! Destroys the operator. */
PostgresBroadcast::~PostgresBroadcast() = default;
/*! Constructs a copy of \a other. */
PostgresBroadcast::PostgresBroadcast(const PostgresBroadcast &other) = default;
/*! Makes this operator the same as \a other. */
PostgresBroadcast &PostgresBroadcast::operator=(const PostgresBroadcast &other) = default;

/*!
    Returns an operator that also means the sockets in \a room.
*/
PostgresBroadcast PostgresBroadcast::to(const QString &room) const
{
    return to(QStringList{room});
}

/*!
    Returns an operator that also means the sockets in one of \a rooms. An empty list alone means
    nobody.
*/
PostgresBroadcast PostgresBroadcast::to(const QStringList &rooms) const
{
    PostgresBroadcast result = *this;
    result.m_choosesRooms = true;
    result.m_rooms = joined(m_rooms, rooms);
    return result;
}

/*!
    \fn PostgresBroadcast SocketIo::PostgresBroadcast::in(const QString &room) const
    Same as to() with \a room.
*/
/*!
    \fn PostgresBroadcast SocketIo::PostgresBroadcast::in(const QStringList &rooms) const
    \overload
    Same as to() with \a rooms.
*/

/*!
    Returns an operator that leaves out the sockets in \a room.
*/
PostgresBroadcast PostgresBroadcast::except(const QString &room) const
{
    return except(QStringList{room});
}

/*!
    Returns an operator that leaves out the sockets in one of \a rooms.
*/
PostgresBroadcast PostgresBroadcast::except(const QStringList &rooms) const
{
    PostgresBroadcast result = *this;
    result.m_except = joined(m_except, rooms);
    return result;
}

/*!
    Returns an operator whose events may be lost when a client cannot be sent to at once (Socket.IO:
    \c volatile).
*/
PostgresBroadcast PostgresBroadcast::asVolatile() const
{
    PostgresBroadcast result = *this;
    result.m_flags.setFlag(BroadcastFlag::Volatile);
    return result;
}

/*!
    Returns an operator whose events are compressed or not, as \a compress says, where the servers
    compress at all.
*/
PostgresBroadcast PostgresBroadcast::compress(bool compress) const
{
    PostgresBroadcast result = *this;
    result.m_flags.setFlag(BroadcastFlag::NoCompression, !compress);
    return result;
}

QVariantMap PostgresBroadcast::options() const
{
    QVariantMap flags;
    if (m_flags.testFlag(BroadcastFlag::Volatile))
        flags.insert(u"volatile"_s, true);
    if (m_flags.testFlag(BroadcastFlag::NoCompression))
        flags.insert(u"compress"_s, false);
    return {{u"rooms"_s, m_rooms}, {u"except"_s, m_except}, {u"flags"_s, flags}};
}

/*!
    Emits \a event with \a args. Returns whether it will be sent.
*/
bool PostgresBroadcast::emitEventList(const QString &event, const QVariantList &args) const
{
    if (detail::isReservedEvent(event)) {
        qCWarning(lcPostgres).noquote() << "the name of the event" << event << "is reserved";
        return false;
    }
    if (m_choosesRooms && m_rooms.isEmpty())
        return true;
    const QVariantMap packet{
        {u"type"_s, 2}, {u"data"_s, QVariantList{event} + args}, {u"nsp"_s, m_nsp}};
    return m_link->publish(
        {EmitterUid, m_nsp, Type::Broadcast, {{u"opts"_s, options()}, {u"packet"_s, packet}}});
}

/*!
    \fn template<typename... Args> bool SocketIo::PostgresBroadcast::serverSideEmit(const QString
   &event, const Args &...args) const
    Emits \a event with \a args to the servers themselves, as Namespace::serverSideEmit(). Rooms do
    not matter. Returns whether it will be sent.
*/
/*!
    Emits \a event with \a args to the servers. Returns whether it will be sent.
*/
bool PostgresBroadcast::serverSideEmitList(const QString &event, const QVariantList &args) const
{
    return m_link->publish(
        {EmitterUid, m_nsp, Type::ServerSideEmit, {{u"packet"_s, QVariantList{event} + args}}});
}

/*!
    \fn bool SocketIo::PostgresBroadcast::socketsJoin(const QString &room) const
    Lets the sockets join \a room. Returns whether it will be sent.
*/
/*!
    Lets the sockets join \a rooms. Returns whether it will be sent.
*/
bool PostgresBroadcast::socketsJoin(const QStringList &rooms) const
{
    if (m_choosesRooms && m_rooms.isEmpty())
        return true;
    return m_link->publish(
        {EmitterUid, m_nsp, Type::SocketsJoin, {{u"opts"_s, options()}, {u"rooms"_s, rooms}}});
}

/*!
    \fn bool SocketIo::PostgresBroadcast::socketsLeave(const QString &room) const
    Lets the sockets leave \a room. Returns whether it will be sent.
*/
/*!
    Lets the sockets leave \a rooms. Returns whether it will be sent.
*/
bool PostgresBroadcast::socketsLeave(const QStringList &rooms) const
{
    if (m_choosesRooms && m_rooms.isEmpty())
        return true;
    return m_link->publish(
        {EmitterUid, m_nsp, Type::SocketsLeave, {{u"opts"_s, options()}, {u"rooms"_s, rooms}}});
}

/*!
    Disconnects the sockets from the namespace and, if \a close is CloseConnection::Yes, closes
    their connections. Returns whether it will be sent.
*/
bool PostgresBroadcast::disconnectSockets(CloseConnection close) const
{
    if (m_choosesRooms && m_rooms.isEmpty())
        return true;
    return m_link->publish({EmitterUid,
                            m_nsp,
                            Type::DisconnectSockets,
                            {{u"opts"_s, options()}, {u"close"_s, close == CloseConnection::Yes}}});
}

} // namespace SocketIo

#include "moc_postgresemitter.cpp"
