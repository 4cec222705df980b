// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SERVERNAMESPACES_P_H
#define SOCKETIO_SERVERNAMESPACES_P_H

#include <SocketIo/server.h>

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>
#include <QtCore/qregularexpression.h>

#include <functional>

namespace SocketIo {

class NamespacePrivate;
class ServerPrivate;

namespace detail {

// The namespaces of a server by name, and the patterns and functions that define which others can
// be created when a client requests them. The namespaces themselves are children of the server.
class ServerNamespaces
{
public:
    explicit ServerNamespaces(ServerPrivate *server);

    const QHash<QString, Namespace *> &all() const { return m_all; }
    // What function does is not known: it may delete namespaces, and the server.
    void forEach(const std::function<void(NamespacePrivate &)> &function) const;

    // Finds or makes it. Null if the application has deleted it at once.
    Namespace *of(const QString &name);
    Namespace *addParent(const QRegularExpression &pattern, const NamespaceFilter &filter);
    // Finds or makes the namespace that a client asks for; found may be called later, and with
    // null if there is none.
    using Found = std::function<void(Namespace *nsp)>;
    void resolve(const QString &name, const QVariantMap &auth, const Found &found);
    void remove(Namespace *nsp);

private:
    // Namespaces made on demand, in the order in which they are tried.
    struct Question;
    struct Parent
    {
        QRegularExpression pattern; // used unless there is a filter
        NamespaceFilter filter;
        QPointer<Namespace> nsp;
        quint64 number = 0; // in the order of creation
    };

    QPointer<Namespace> make(const QString &name);
    Namespace *create(const QString &name);
    Namespace *createChild(const Parent &parent, const QString &name);
    bool mayHaveChild(const Parent &parent) const;
    void tryParents(quint64 first, const QString &name, const QVariantMap &auth,
                    const Found &found);

    ServerPrivate *const m_server;
    QHash<QString, Namespace *> m_all;
    QList<Parent> m_parents; // by their numbers
    quint64 m_nextParent = 0;
};

} // namespace detail
} // namespace SocketIo

#endif
