// SPDX-License-Identifier: MIT
#include "adminui/adminui_p.h"

#include "base/callout_p.h"
#include "base/threadcheck_p.h"

#include <SocketIo/ClusterAdapter>
#include <SocketIo/Namespace>
#include <SocketIo/Server>
#include <SocketIo/Socket>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qsysinfo.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using EngineIo::detail::CallOut;

namespace detail {

Q_LOGGING_CATEGORY(lcAdminUi, "qt.socketio.adminui", QtWarningMsg)

} // namespace detail

AdminUiPrivate::AdminUiPrivate(AdminUi *ui, Server *watchedServer, const AdminUiOptions &uiOptions)
    : q(ui)
    , server(watchedServer)
    , options(uiOptions)
    , page(uiOptions.pageFolder, uiOptions.pagePath)
{
}

QString AdminUiPrivate::defaultServerId() const
{
    QString host = QSysInfo::machineHostName();
    // Servers of a cluster often share a host.
    if (!dynamic_cast<ClusterAdapter *>(server->mainNamespace()->adapter()))
        return host;
    return u"%1#%2"_s.arg(host).arg(QCoreApplication::applicationPid());
}

void AdminUiPrivate::start()
{
    if (!server) {
        errorString = u"there is no server"_s;
    } else if (!EngineIo::detail::isInThreadOf(server.data(), "SocketIo::AdminUi::AdminUi()")) {
        errorString = u"the server lives in another thread"_s;
    } else {
        errorString = detail::AdminLogin::problemOf(options);
    }
    if (errorString.isEmpty()) {
        nsp = server->of(options.namespaceName);
        if (!nsp)
            errorString = u"the namespace \"%1\" cannot be created"_s.arg(options.namespaceName);
    }
    detail::AdminDoor *door = errorString.isEmpty() ? detail::AdminDoor::of(nsp) : nullptr;
    if (door && door->login)
        errorString = u"another AdminUi has the namespace \"%1\""_s.arg(options.namespaceName);
    if (!errorString.isEmpty()) {
        nsp = nullptr;
        qCWarning(detail::lcAdminUi).noquote() << "The Admin UI is off:" << errorString;
        return;
    }
    if (options.allowAnyone)
        qCDebug(detail::lcAdminUi) << "Whoever connects to the Admin UI needs no password";
    serverId = options.serverId.isEmpty() ? defaultServerId() : options.serverId;

    login = std::make_unique<detail::AdminLogin>(options);
    QObject::connect(login.get(), &detail::AdminLogin::loggedIn, q, &AdminUi::loggedIn);
    QObject::connect(login.get(), &detail::AdminLogin::failed, q, &AdminUi::loginFailed);
    door->login = login.get();
    QObject::connect(nsp, &Namespace::connected, q,
                     [this](Socket *socket) { pageConnected(socket); });
    if (!options.readOnly)
        commands = std::make_unique<detail::AdminCommands>(server, options.maxNamespaces);
    if (options.mode == AdminUiOptions::Mode::Development)
        changes = std::make_unique<detail::AdminChanges>(server, nsp);
    statistics = std::make_unique<detail::AdminStatistics>(server, nsp, serverId,
                                                           options.statisticsInterval);
}

void AdminUiPrivate::pageConnected(Socket *socket)
{
    if (!socket->isConnected())
        return;
    qCDebug(detail::lcAdminUi).noquote()
        << "A page is connected from" << socket->handshake().address();
    QStringList features;
    if (commands) {
        commands->serve(socket);
        features = commands->features();
    }
    features.append(u"AGGREGATED_EVENTS"_s);
    if (changes)
        features.append(u"ALL_EVENTS"_s);
    CallOut out(q);
    const QPointer<Socket> guard = socket;
    out.call([&] { detail::AdminLogin::tellSession(socket); });
    if (!guard)
        return;
    out.call([&] {
        socket->emitEvent(u"config"_s, QVariantMap{{u"supportedFeatures"_s, features}});
    });
    if (out && guard && changes)
        changes->sendAllSockets(guard);
}

/*!
    \class SocketIo::AdminUi
    \inmodule QtSocketIo
    \inheaderfile SocketIo/AdminUi
    \since QtSocketIo 0.1
    \brief Shows a server and its clients in Socket.IO's Admin UI, from which the clients can be
    controlled (Socket.IO: \c instrument() of \@socket.io/admin-ui).

    \snippet adminui.cpp minimal

    The pages list servers, clients, sockets, rooms and events. From the pages, users can add
    sockets to rooms and remove them, send events to sockets, and disconnect clients, on all servers
    of a cluster that have an AdminUi. See \l {Watch a server with the Admin UI} for the
    installation of the pages.

    The pages connect to a namespace of the server, which is set by AdminUiOptions::namespaceName
    and is "/admin" by default. In AdminUiOptions::Mode::Production, which has almost no cost for
    the server, they receive only totals. Otherwise, they receive each event that a client sends or
    receives, including its arguments.

    Create the AdminUi immediately after the server, in the same thread. In development mode, the
    \c data of each socket has a member \c _admin, which describes its connection to the other
    servers of a cluster.

    It is in the library \c{QtSocketIo::AdminUi}:

    \code
    find_package(QtSocketIo REQUIRED COMPONENTS AdminUi)
    target_link_libraries(app PRIVATE QtSocketIo::AdminUi)
    \endcode
*/

/*!
    Constructs an Admin UI for \a server with \a options. If \a options do not define who may log
    in, or if \a server lives in another thread, isActive() returns \c false and errorString()
    returns the reason.

    The AdminUi has the given \a parent, which can be \a server. It does not take ownership of
    \a server.
*/
AdminUi::AdminUi(Server *server, const AdminUiOptions &options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<AdminUiPrivate>(this, server, options))
{
    d->start();
}

/*!
    Destroys the object and disconnects its pages. The server and its other clients are not
    affected.
*/
AdminUi::~AdminUi()
{
    d->login.reset(); // nobody can log in any more
    if (d->nsp && isActive())
        d->nsp->local().disconnectSockets();
}

/*!
    \property SocketIo::AdminUi::active
    \brief whether pages can connect when the server is listening.
*/
bool AdminUi::isActive() const
{
    return d->errorString.isEmpty();
}

/*!
    \property SocketIo::AdminUi::errorString
    \brief the reason why pages cannot connect; empty if they can.
*/
QString AdminUi::errorString() const
{
    return d->errorString;
}

/*!
    \property SocketIo::AdminUi::serverId
    \brief the name of this server on the pages: AdminUiOptions::serverId or, if that is empty, the
    name of the host, followed by the id of the process if the server is part of a cluster.
*/
QString AdminUi::serverId() const
{
    return d->serverId;
}

/*! Returns the options. */
AdminUiOptions AdminUi::options() const
{
    return d->options;
}

/*! Returns the server, or \c nullptr if it has been deleted. */
Server *AdminUi::server() const
{
    return d->server;
}

/*! Returns the namespace of the pages, or \c nullptr if isActive() is \c false. */
Namespace *AdminUi::nsp() const
{
    return d->nsp;
}

/*!
    If \a request is for AdminUiOptions::pagePath or a path below it, answers it by calling
    \a respond with a file of AdminUiOptions::pageFolder and returns \c true. Otherwise, returns
    \c false.

    \snippet adminui.cpp pages
*/
bool AdminUi::handleRequest(const EngineIo::HttpRequest &request,
                            const EngineIo::HttpResponder &respond)
{
    const std::optional<EngineIo::HttpResponse> answer = d->page.answer(request);
    if (answer)
        respond(*answer);
    return answer.has_value();
}

/*!
    Returns whether AdminUiOptions::passwordHash can be used, that is, whether the library was built
    with libxcrypt. AdminUiOptions::authenticator does not require it.
*/
bool AdminUi::hasBcrypt()
{
    return detail::PasswordCheck::isAvailable();
}

/*!
    \fn void SocketIo::AdminUi::loggedIn(const QString &username, const QString &address)
    This signal is emitted when the user \a username has logged in from \a address. It is not
    emitted when a page is reloaded.
*/
/*!
    \fn void SocketIo::AdminUi::loginFailed(const QString &username, const QString &address)
    This signal is emitted for each attempt to log in as \a username from \a address with a wrong
    password. To prevent attackers from filling the log, a warning is logged in the category
    \c qt.socketio.adminui at most once a minute.
*/

} // namespace SocketIo

#include "moc_adminui.cpp"
