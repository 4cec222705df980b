// SPDX-License-Identifier: MIT
#include "socketio/server/servernamespaces_p.h"

#include "base/callapplication_p.h"
#include "base/callout_p.h"
#include "base/homethread_p.h"
#include "base/paths_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/namespacename_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::callApplication;
using EngineIo::detail::CallOut;

// What a client has asked for, while a filter decides.
struct ServerNamespaces::Question
{
    QVariantMap auth;
    Found found;
};

ServerNamespaces::ServerNamespaces(ServerPrivate *server)
    : m_server(server)
{
}

void ServerNamespaces::forEach(const std::function<void(NamespacePrivate &)> &function) const
{
    QList<QPointer<Namespace>> all;
    for (Namespace *nsp : std::as_const(m_all))
        all.append(nsp);
    for (const QPointer<Namespace> &nsp : std::as_const(all)) {
        if (nsp)
            function(*NamespacePrivate::get(nsp));
    }
}

Namespace *ServerNamespaces::of(const QString &given)
{
    const QString name = EngineIo::detail::withLeadingSlash(given);
    if (Namespace *nsp = m_all.value(name))
        return nsp;
    if (name.contains(u',') && dynamic_cast<const JsonParser *>(m_server->parser.get())) {
        qCWarning(lcServer).noquote()
            << u"No client can join the namespace \"%1\": in packets a comma ends the name"_s.arg(
                   name);
    }
    for (const Parent &parent : std::as_const(m_parents)) {
        if (parent.nsp && !parent.filter && parent.pattern.match(name).hasMatch())
            return createChild(parent, name);
    }
    return create(name);
}

// Null if the adapter has deleted the server or the namespace, or has had one of that name made.
QPointer<Namespace> ServerNamespaces::make(const QString &name)
{
    CallOut out(m_server->q);
    QPointer<Namespace> nsp = NamespacePrivate::create(m_server, name);
    if (out && nsp && m_all.contains(name))
        delete nsp;
    return nsp;
}

Namespace *ServerNamespaces::create(const QString &name)
{
    CallOut out(m_server->q);
    const QPointer<Namespace> nsp = make(name);
    if (!nsp)
        return out ? m_all.value(name) : nullptr;
    m_all.insert(name, nsp);
    if (name != u"/") {
        qCDebug(lcServer).noquote() << "The namespace" << name << "has been made";
        callApplication([&] { Q_EMIT m_server->q->newNamespace(nsp); });
    }
    return nsp;
}

Namespace *ServerNamespaces::createChild(const Parent &parent, const QString &name)
{
    qCDebug(lcServer).noquote() << "The namespace" << name
                                << "has been made, of a pattern or a function";
    CallOut out(m_server->q);
    CallOut above(parent.nsp.data());
    const QPointer<Namespace> nsp = make(name);
    if (!nsp)
        return out ? m_all.value(name) : nullptr;
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
    m_all.insert(name, nsp);
    callApplication([&] { Q_EMIT m_server->q->newNamespace(nsp); });
    return nsp;
}

bool ServerNamespaces::mayHaveChild(const Parent &parent) const
{
    const NamespacePrivate *above = NamespacePrivate::get(parent.nsp);
    const int limit = m_server->options.maxChildNamespaces;
    if (limit <= 0 || qsizetype(above->children.size()) < limit)
        return true;
    EngineIo::detail::warnIfDue(
        lcServer(), m_server->warnings.namespaces.take(),
        u"No namespace is made for a client: there are %1 of its kind, the limit that "
        "maxChildNamespaces sets"_s.arg(limit));
    return false;
}

Namespace *ServerNamespaces::addParent(const QRegularExpression &pattern,
                                       const NamespaceFilter &filter)
{
    // No client can ask for that name: it is not in the list.
    const quint64 number = m_nextParent++;
    const QString name = u"/_%1"_s.arg(number);
    Namespace *nsp = NamespacePrivate::create(m_server, name, NamespacePrivate::Kind::Parent);
    m_parents.append({pattern, filter, nsp, number});
    return nsp;
}

void ServerNamespaces::resolve(const QString &name, const QVariantMap &auth, const Found &found)
{
    if (Namespace *nsp = m_all.value(name))
        found(nsp);
    else if (name.size() > LongestNamespaceName)
        found(nullptr);
    else
        tryParents(0, name, auth, found);
}

// Tries the parents from the number first on: others may be deleted while one is being asked.
void ServerNamespaces::tryParents(quint64 first, const QString &name, const QVariantMap &auth,
                                  const Found &found)
{
    const auto parent = std::find_if(m_parents.cbegin(), m_parents.cend(), [&](const Parent &one) {
        return one.number >= first && (one.filter || one.pattern.match(name).hasMatch());
    });
    if (parent == m_parents.cend()) {
        found(nullptr);
        return;
    }
    // A copy: what is called may change the list.
    const Parent asked = *parent; // NOLINT(performance-unnecessary-copy-initialization)
    if (!asked.filter) {
        found(mayHaveChild(asked) ? createChild(asked, name) : nullptr);
        return;
    }
    // Gone with the first answer, whatever the application keeps.
    const auto waiting = std::make_shared<std::optional<Question>>(Question{auth, found});
    const auto allow = EngineIo::detail::callableInAnyThread(
        [this, guard = QPointer<Server>(m_server->q), waiting, nsp = asked.nsp,
         number = asked.number, name](bool allowed) {
            if (!guard || !*waiting)
                return;
            const Question question = *std::exchange(*waiting, std::nullopt);
            const Parent above{{}, {}, nsp, number};
            if (!allowed || !nsp)
                tryParents(number + 1, name, question.auth, question.found);
            else if (Namespace *made = m_all.value(name))
                question.found(made); // meanwhile
            else
                question.found(mayHaveChild(above) ? createChild(above, name) : nullptr);
        });
    if (!callApplication([&] { asked.filter(name, auth, allow); }))
        allow(false);
}

void ServerNamespaces::remove(Namespace *nsp)
{
    NamespacePrivate *d = NamespacePrivate::get(nsp);
    const auto it = m_all.constFind(d->name);
    if (it != m_all.cend() && it.value() == nsp)
        m_all.erase(it);
    // What a filter has captured may do anything when it goes.
    QList<Parent> removed;
    if (d->kind == NamespacePrivate::Kind::Parent) {
        const auto isIt = [nsp](const Parent &parent) { return parent.nsp == nsp; };
        std::copy_if(m_parents.cbegin(), m_parents.cend(), std::back_inserter(removed), isIt);
        m_parents.removeIf(isIt);
    }
    if (d->parent)
        NamespacePrivate::get(d->parent)->children.erase(d->numberAsChild);
}

} // namespace SocketIo::detail
