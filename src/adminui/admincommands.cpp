// SPDX-License-Identifier: MIT
#include "adminui/admincommands_p.h"

#include "adminui/adminui_p.h"
#include "base/paths_p.h"
#include "socketio/server/namespacename_p.h"

#include <SocketIo/Namespace>
#include <SocketIo/Server>
#include <SocketIo/Socket>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

bool isText(const QVariant &value)
{
    return value.metaType() == QMetaType::fromType<QString>();
}

// Returns no rooms for what is false in JavaScript, and nothing for what is not a list of rooms.
std::optional<QStringList> roomsOf(const QVariant &value)
{
    const bool isFalse = value.metaType() == QMetaType::fromType<bool>() && !value.toBool();
    if (!value.isValid() || value.metaType() == QMetaType::fromType<std::nullptr_t>() || isFalse)
        return QStringList();
    if (isText(value)) {
        const QString room = value.toString();
        return room.isEmpty() ? QStringList() : QStringList{room};
    }
    if (value.metaType() != QMetaType::fromType<QVariantList>())
        return std::nullopt;
    QStringList rooms;
    const QVariantList list = value.toList();
    for (const QVariant &room : list) {
        if (!isText(room))
            return std::nullopt;
        rooms.append(room.toString());
    }
    return rooms;
}

} // namespace

AdminCommands::AdminCommands(Server *server, int maxNamespaces)
    : m_server(server)
    , m_maxNamespaces(maxNamespaces)
{
}

AdminCommands::~AdminCommands() = default;

QStringList AdminCommands::features()
{
    return {u"EMIT"_s,  u"JOIN"_s,   u"LEAVE"_s,      u"DISCONNECT"_s,
            u"MJOIN"_s, u"MLEAVE"_s, u"MDISCONNECT"_s};
}

void AdminCommands::serve(Socket *page)
{
    add(page, u"emit"_s, [this](const QVariantList &args) { return emitEvent(args); });
    add(page, u"join"_s,
        [this](const QVariantList &args) { return changeRooms(args, RoomChange::Join); });
    add(page, u"leave"_s,
        [this](const QVariantList &args) { return changeRooms(args, RoomChange::Leave); });
    add(page, u"_disconnect"_s,
        [this](const QVariantList &args) { return disconnectSockets(args); });
}

void AdminCommands::add(Socket *page, const QString &name, const Command &command)
{
    page->on(name, this, [this, id = page->id(), name, command](const QVariantList &args) {
        const QString problem = m_server ? command(args) : QString();
        if (!problem.isEmpty()) {
            EngineIo::detail::warnIfDue(
                lcAdminUi(), m_warnings.take(),
                u"The command \"%1\" of the page with socket %2 is not carried out: %3"_s.arg(
                    name, id, problem));
        }
    });
}

// Other servers may have namespaces that this one lacks. They are created here, as Socket.IO does.
Namespace *AdminCommands::find(const QString &name, QString *problem)
{
    const QString full = EngineIo::detail::withLeadingSlash(name);
    const QList<Namespace *> namespaces = m_server->namespaces();
    for (Namespace *nsp : namespaces) {
        if (nsp->name() == full)
            return nsp;
    }
    if (full.size() > LongestNamespaceName) {
        *problem = u"the namespace's name is too long"_s;
        return nullptr;
    }
    if (!m_made.contains(full) && m_made.size() >= m_maxNamespaces) {
        *problem = u"there is no namespace \"%1\", and AdminUiOptions::maxNamespaces allows no "
                   "further ones"_s.arg(full);
        return nullptr;
    }
    m_made.insert(full);
    Namespace *made = m_server->of(full);
    if (!made)
        *problem = u"the namespace \"%1\" is gone"_s.arg(full);
    return made;
}

std::optional<BroadcastOperator> AdminCommands::target(const QVariantList &args,
                                                       qsizetype filterIndex, QString *problem)
{
    if (!isText(args.value(0))) {
        *problem = u"the first argument is not the name of a namespace"_s;
        return std::nullopt;
    }
    const std::optional<QStringList> filter = roomsOf(args.value(filterIndex));
    if (!filter) {
        *problem = u"the filter is neither a room nor the id of a socket"_s;
        return std::nullopt;
    }
    Namespace *nsp = find(args.first().toString(), problem);
    if (!nsp)
        return std::nullopt;
    BroadcastOperator all(nsp);
    return filter->isEmpty() ? all : all.to(*filter);
}

QString AdminCommands::emitEvent(const QVariantList &args)
{
    if (!isText(args.value(2)))
        return u"the event has no name"_s;
    QString problem;
    const auto sockets = target(args, 1, &problem);
    if (sockets && !sockets->emitEventList(args.at(2).toString(), args.sliced(3)))
        return u"the event cannot be sent"_s;
    return problem;
}

QString AdminCommands::changeRooms(const QVariantList &args, RoomChange change)
{
    const std::optional<QStringList> rooms = roomsOf(args.value(1));
    if (!rooms || rooms->isEmpty())
        return u"the second argument is not a room"_s;
    QString problem;
    const auto sockets = target(args, 2, &problem);
    if (sockets && change == RoomChange::Join)
        sockets->socketsJoin(*rooms);
    else if (sockets)
        sockets->socketsLeave(*rooms);
    return problem;
}

QString AdminCommands::disconnectSockets(const QVariantList &args)
{
    QString problem;
    const auto sockets = target(args, 2, &problem);
    if (sockets)
        sockets->disconnectSockets(args.value(1).toBool() ? CloseConnection::Yes
                                                          : CloseConnection::No);
    return problem;
}

} // namespace SocketIo::detail
