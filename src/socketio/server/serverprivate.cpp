// SPDX-License-Identifier: MIT
#include "socketio/server/server_p.h"

#include "base/callout_p.h"
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

namespace {

QByteArray pathPrefix(const ServerOptions &options)
{
    QString path = options.path;
    if (path.endsWith(u'/'))
        path.chop(1);
    return path.toUtf8();
}

} // namespace

ServerPrivate::ServerPrivate(Server *server, const ServerOptions &initialOptions)
    : q(server)
    , options(initialOptions)
    , engine(new EngineIo::Server(server))
{
    QObject::connect(engine, &EngineIo::Server::connection, q,
                     [this](EngineIo::Session *session) { addConnection(session); });
    QObject::connect(engine, &EngineIo::Server::listeningChanged, q, &Server::listeningChanged);
    QObject::connect(engine, &EngineIo::Server::closed, q, &Server::closed);
    QObject::connect(engine, &EngineIo::Server::drained, q, [this] {
        CallOut out(q);
        out.call([this] { closeAdapters(); });
        out.emitSignal(&Server::drained);
    });
    EngineIo::detail::ServerAccess::setMetricsWriter(
        engine, [this](EngineIo::detail::OpenMetricsWriter &writer) { writeMetrics(writer); });
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
    files.reset();
    EngineIo::detail::ServerAccess::FileHandler handler;
    if (options.serveClient) {
        files = std::make_unique<detail::ClientFiles>(options.clientFolder, pathPrefix(options));
        handler = [this](const EngineIo::HttpRequest &request) { return files->answer(request); };
    }
    EngineIo::detail::ServerAccess::setFileHandler(engine, handler);
    forEachNamespace([](NamespacePrivate &nsp) { nsp.createAdapter(); });
}

// What the adapters do is not known.
void ServerPrivate::forEachNamespace(const std::function<void(NamespacePrivate &)> &function)
{
    QList<QPointer<Namespace>> all;
    for (Namespace *nsp : std::as_const(namespaces))
        all.append(nsp);
    for (const QPointer<Namespace> &nsp : std::as_const(all)) {
        if (nsp)
            function(*NamespacePrivate::get(nsp));
    }
}

std::unique_ptr<Adapter> ServerPrivate::makeAdapter(Namespace *nsp) const
{
    if (options.adapter)
        return options.adapter(nsp);
    if (recovers()) {
        return std::make_unique<SessionAwareAdapter>(nsp, *options.connectionStateRecovery,
                                                     options.pingInterval + options.pingTimeout);
    }
    return std::make_unique<InMemoryAdapter>(nsp);
}

void ServerPrivate::openAdapters()
{
    if (!std::exchange(started, true) && files)
        files->warnIfNone();
    if (!std::exchange(adaptersClosed, false))
        return;
    forEachNamespace([](NamespacePrivate &nsp) { nsp.openAdapter(); });
}

void ServerPrivate::closeAll()
{
    qCDebug(detail::lcServer, "closing, with %zu clients", connections.size());
    CallOut out(q);
    adaptersClosed = true;
    forEachNamespace([](NamespacePrivate &nsp) {
        CallOut space(nsp.q);
        space.call([&] { nsp.closeSockets(Socket::DisconnectReason::ServerShuttingDown); });
        space.call([&] { nsp.closeAdapter(); });
    });
    if (out)
        engine->close(EngineIo::CloseReason::ServerShuttingDown);
}

void ServerPrivate::closeAdapters()
{
    adaptersClosed = true;
    forEachNamespace([](NamespacePrivate &nsp) { nsp.closeAdapter(); });
}

void ServerPrivate::shutDown()
{
    const auto detached = std::exchange(connections, {});
    for (const std::shared_ptr<Connection> &connection : detached)
        connection->detach();
    delete std::exchange(engine, nullptr);
    const auto all = q->findChildren<Namespace *>(Qt::FindDirectChildrenOnly);
    for (Namespace *nsp : all)
        delete nsp;
}

Namespace *ServerPrivate::of(QString name)
{
    if (!name.startsWith(u'/'))
        name.prepend(u'/');
    if (Namespace *nsp = namespaces.value(name))
        return nsp;
    for (const Parent &parent : std::as_const(parents)) {
        if (parent.nsp && !parent.filter && parent.pattern.match(name).hasMatch())
            return createChild(parent, name);
    }
    return create(name);
}

// Null if the adapter has deleted the server or the namespace, or has had one of that name made.
QPointer<Namespace> ServerPrivate::make(const QString &name)
{
    CallOut out(q);
    const QPointer<Namespace> nsp = NamespacePrivate::create(this, name);
    if (out && nsp && namespaces.contains(name))
        delete nsp;
    return nsp;
}

Namespace *ServerPrivate::create(const QString &name)
{
    CallOut out(q);
    const QPointer<Namespace> nsp = make(name);
    if (!nsp)
        return out ? namespaces.value(name) : nullptr;
    namespaces.insert(name, nsp);
    if (name != u"/") {
        qCDebug(detail::lcServer).noquote() << "the namespace" << name << "has been made";
        Q_EMIT q->newNamespace(nsp);
    }
    return nsp;
}

Namespace *ServerPrivate::createChild(const Parent &parent, const QString &name)
{
    qCDebug(detail::lcServer).noquote()
        << "the namespace" << name << "has been made, of a pattern or a function";
    CallOut out(q);
    CallOut above(parent.nsp.data());
    const QPointer<Namespace> nsp = make(name);
    if (!nsp)
        return out ? namespaces.value(name) : nullptr;
    if (!above) {
        delete nsp;
        return nullptr;
    }
    NamespacePrivate *child = NamespacePrivate::get(nsp);
    NamespacePrivate *p = NamespacePrivate::get(above.object());
    child->parent = above.object();
    child->middlewares = p->middlewares;
    child->numberAsChild = p->nextChildNumber++;
    p->children.emplace(child->numberAsChild, nsp);
    namespaces.insert(name, nsp);
    Q_EMIT q->newNamespace(nsp);
    return nsp;
}

bool ServerPrivate::mayHaveChild(const Parent &parent) const
{
    const NamespacePrivate *above = NamespacePrivate::get(parent.nsp);
    const int limit = options.maxChildNamespaces;
    if (limit <= 0 || qsizetype(above->children.size()) < limit)
        return true;
    qCWarning(detail::lcServer,
              "no namespace is made for a client: there are %d of its kind, the limit that "
              "maxChildNamespaces sets",
              limit);
    return false;
}

Namespace *ServerPrivate::addParent(const QRegularExpression &pattern,
                                    const NamespaceFilter &filter)
{
    // No client can ask for that name: it is in nobody's list.
    const QString name = u"/_%1"_s.arg(parents.size());
    Namespace *nsp = NamespacePrivate::create(this, name, NamespacePrivate::Kind::Parent);
    parents.append({pattern, filter, nsp});
    return nsp;
}

void ServerPrivate::resolve(const QString &name, const QVariantMap &auth, Found found)
{
    if (Namespace *nsp = namespaces.value(name))
        found(nsp);
    else
        tryParent(0, name, auth, found);
}

void ServerPrivate::tryParent(qsizetype index, const QString &name, const QVariantMap &auth,
                              const Found &found)
{
    for (; index < parents.size(); ++index) {
        const Parent parent = parents.at(index);
        if (!parent.nsp)
            continue;
        if (!parent.filter) {
            if (!parent.pattern.match(name).hasMatch())
                continue;
            found(mayHaveChild(parent) ? createChild(parent, name) : nullptr);
            return;
        }
        const auto answered = std::make_shared<bool>(false);
        parent.filter(
            name, auth,
            [guard = QPointer<Server>(q), answered, index, name, auth, found](bool allowed) {
                if (!guard || std::exchange(*answered, true))
                    return;
                ServerPrivate *d = get(guard);
                const Parent asked = d->parents.at(index);
                if (!allowed || !asked.nsp)
                    d->tryParent(index + 1, name, auth, found);
                else if (Namespace *nsp = d->namespaces.value(name))
                    found(nsp); // somebody else was faster
                else
                    found(d->mayHaveChild(asked) ? d->createChild(asked, name) : nullptr);
            });
        return;
    }
    found(nullptr);
}

void ServerPrivate::removeNamespace(Namespace *nsp)
{
    NamespacePrivate *d = NamespacePrivate::get(nsp);
    const auto it = namespaces.constFind(d->name);
    if (it != namespaces.cend() && it.value() == nsp)
        namespaces.erase(it);
    if (d->parent)
        NamespacePrivate::get(d->parent)->children.erase(d->numberAsChild);
}

void ServerPrivate::addConnection(EngineIo::Session *session)
{
    qCDebug(detail::lcServer).noquote().nospace()
        << "client " << session->id() << " has come from " << session->remoteAddress().toString()
        << " by " << session->transportName();
    openAdapters();
    encodesInIoThreads = engine->ioThreadCount() > 0;
    auto connection = std::make_shared<Connection>(this, session);
    connection->index = connections.size();
    connection->timeout = connectTimeouts.add(connection.get(), options.connectTimeout);
    QObject::connect(session, &QObject::destroyed, q,
                     [weak = std::weak_ptr<Connection>(connection)] {
                         if (const std::shared_ptr<Connection> left = weak.lock())
                             left->sessionDeleted();
                     });
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
