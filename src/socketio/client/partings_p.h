// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PARTINGS_P_H
#define SOCKETIO_PARTINGS_P_H

#include <SocketIo/packet.h>

#include <EngineIo/Client>

#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstring.h>
#include <QtCore/qtimer.h>

namespace SocketIo::detail {

// Acts for Partings, and may delete it.
class PartingObserver
{
public:
    // The server has let the connection into a namespace that nobody waits for any more: it must be
    // left, and Partings::noteLeft() called.
    virtual void joinedInVain(const QString &nsp) = 0;
    // The namespace can be joined now.
    virtual void partingEnded(const QString &nsp) = 0;

protected:
    ~PartingObserver() = default;
};

// The ends of the sessions in the namespaces of a connection. A namespace that was left, or whose
// CONNECT nobody waits for any more, can be joined again only when the server has read that: its
// packets do not say which session they are for.
class SOCKETIO_AUTOTEST_EXPORT Partings
{
public:
    // joinsMainNamespace: see ServerProtocol.
    Partings(QObject *parent, PartingObserver *observer, bool joinsMainNamespace);

    // There is a connection, or none any more: nothing is noted without one.
    void begin(EngineIo::Client *engine);
    void end();

    // A CONNECT was sent, and nobody waits for the answer any more.
    void noteAbandoned(const QString &nsp);
    // A DISCONNECT was sent.
    void noteLeft(const QString &nsp);
    // Whether the namespace cannot be joined yet; partingEnded() follows.
    bool isLeaving(const QString &nsp) const;
    // Returns whether the packet is not for the socket that has the namespace now, but for one, or
    // for a session of the same, that has given the namespace up.
    bool settle(const Packet &received);
    // Asks the server whether it has read the DISCONNECTs, if they have been sent.
    void confirm();
    // The server has read what was sent before confirm() asked.
    void confirmed();

private:
    enum class Parting : quint8 {
        Unanswered, // the CONNECT that nobody waits for any more
        Leaving,    // the DISCONNECT is sent, or waits to be
        Asked,      // whether the server has read it
        Left        // but something may still be on its way
    };
    void finish(const QString &nsp);

    QObject *const m_parent;
    PartingObserver *const m_observer;
    const bool m_joinsMainNamespace;
    QPointer<EngineIo::Client> m_engine; // while there is a connection
    QHash<QString, Parting> m_partings;
    QTimer m_timer; // until the server is taken to have read it
};

} // namespace SocketIo::detail

#endif
