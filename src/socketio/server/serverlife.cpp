// SPDX-License-Identifier: MIT
// How a server applies its options, and how it closes and ends.
#include "socketio/server/server_p.h"

#include "base/callout_p.h"
#include "base/movecheck_p.h"
#include "base/paths_p.h"
#include "engineio/protocol/pingtimes_p.h"
#include "engineio/server/serveraccess_p.h"
#include "socketio/server/clientfiles_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/packetdecoder_p.h"
#include "socketio/server/serverlogging_p.h"

#include <SocketIo/inmemoryadapter.h>
#include <SocketIo/sessionawareadapter.h>

#include <QtCore/qpointer.h>

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::Connection;
using EngineIo::detail::CallOut;

ServerPrivate::ServerPrivate(Server *server, const ServerOptions &initialOptions)
    : q(server)
    , options(EngineIo::detail::withCheckedPingTimes(initialOptions))
    , engine(new EngineIo::Server(server))
{
    QObject::connect(engine, &EngineIo::Server::connection, q,
                     [this](EngineIo::Session *session) { addConnection(session); });
    QObject::connect(engine, &EngineIo::Server::listeningChanged, q, &Server::listeningChanged);
    QObject::connect(engine, &EngineIo::Server::closed, q, &Server::closed);
    QObject::connect(engine, &EngineIo::Server::drained, q, [this] {
        CallOut out(q);
        out.call([this] {
            if (!engine->isListening()) // again
                closeAdapters();
        });
        out.emitSignal(&Server::drained);
    });
    EngineIo::detail::ServerAccess::setMetricsWriter(
        engine, [this](EngineIo::detail::OpenMetricsWriter &writer) { writeMetrics(writer); });
    new EngineIo::detail::MoveCheck(
        q, "before listen()", [this] { return EngineIo::detail::ServerAccess::isStarted(engine); });
    applyOptions();
}

ServerPrivate::~ServerPrivate() = default;

void ServerPrivate::applyOptions()
{
    engine->setOptions(options);
    parser = options.parser ? options.parser : std::make_shared<const JsonParser>();
    EngineIo::detail::ServerAccess::setMessageDecoderFactory(engine, [parser = parser] {
        return std::make_unique<detail::PacketDecoder>(parser->createDecoder());
    });
    m_files.reset();
    EngineIo::detail::ServerAccess::FileHandler handler;
    if (options.serveClient) {
        m_files = std::make_unique<detail::ClientFiles>(
            options.clientFolder, EngineIo::detail::pathPrefix(options.path).toUtf8());
        handler = [this](const EngineIo::HttpRequest &request) { return m_files->answer(request); };
    }
    EngineIo::detail::ServerAccess::setFileHandler(engine, handler);
    namespaces.forEach([](NamespacePrivate &nsp) { nsp.createAdapter(); });
}

std::unique_ptr<Adapter> ServerPrivate::makeAdapter(Namespace *nsp) const
{
    if (options.adapter) {
        const QPointer<Server> server = q;
        const auto make = options.adapter; // which may replace or end the options
        if (std::unique_ptr<Adapter> made = make(nsp); made || !server)
            return made;
        EngineIo::detail::warnIfDue(
            detail::lcServer(), warnings.adapters.take(),
            u"ServerOptions::adapter has returned no adapter: the one in memory is used"_s);
    }
    return makeDefaultAdapter(nsp);
}

std::unique_ptr<Adapter> ServerPrivate::makeDefaultAdapter(Namespace *nsp) const
{
    if (recovers()) {
        return std::make_unique<SessionAwareAdapter>(nsp, *options.connectionStateRecovery,
                                                     options.pingInterval + options.pingTimeout);
    }
    return std::make_unique<InMemoryAdapter>(nsp);
}

void ServerPrivate::openAdapters()
{
    if (!std::exchange(m_started, true) && m_files)
        m_files->warnIfNone();
    if (!std::exchange(m_adaptersClosed, false))
        return;
    namespaces.forEach([](NamespacePrivate &nsp) { nsp.openAdapter(); });
}

void ServerPrivate::closeAll()
{
    qCDebug(detail::lcServer, "Closing, with %zu clients", connections.size());
    CallOut out(q);
    m_adaptersClosed = true;
    namespaces.forEach([](NamespacePrivate &nsp) {
        CallOut space(nsp.q);
        space.call([&] { nsp.closeSockets(Socket::DisconnectReason::ServerShuttingDown); });
        space.call([&] { nsp.closeAdapter(); });
    });
    if (out)
        engine->close(EngineIo::CloseReason::ServerShuttingDown);
}

void ServerPrivate::closeAdapters()
{
    m_adaptersClosed = true;
    namespaces.forEach([](NamespacePrivate &nsp) { nsp.closeAdapter(); });
}

void ServerPrivate::shutDown()
{
    const auto detached = std::exchange(connections, {});
    for (const std::shared_ptr<Connection> &connection : detached)
        connection->detach();
    // Code that is notified of the end may call the server, and even create another namespace.
    while (auto *nsp = q->findChild<Namespace *>(QString(), Qt::FindDirectChildrenOnly))
        delete nsp;
    delete std::exchange(engine, nullptr);
}

void ServerPrivate::addConnection(EngineIo::Session *session)
{
    qCDebug(detail::lcServer).noquote().nospace()
        << "Client " << session->id() << " has come from " << session->remoteAddress().toString()
        << " by " << session->transportName();
    openAdapters();
    encodesInIoThreads = engine->ioThreadCount() > 0;
    auto connection = std::make_shared<Connection>(this, session);
    connection->index = connections.size();
    connection->timeout.start<&Connection::connectTimedOut>(timers, options.connectTimeout,
                                                            connection.get());
    connections.push_back(connection);
    connection->start();
}

void ServerPrivate::removeConnection(Connection *connection)
{
    const size_t index = connection->index;
    connections[index].swap(connections.back());
    connections[index]->index = index;
    connections.pop_back();
}

} // namespace SocketIo
