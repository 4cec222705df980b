// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_RESERVEDNAMES_P_H
#define SOCKETIO_RESERVEDNAMES_P_H

#include <SocketIo/error.h>

#include <QtCore/qstring.h>

namespace SocketIo::detail {

// Names that neither side may emit and that a decoder refuses.
inline bool isReservedEvent(QStringView name) noexcept
{
    switch (name.size()) {
    case 7:
        return name == u"connect";
    case 10:
        return name == u"disconnect";
    case 11:
        return name == u"newListener";
    case 13:
        return name == u"connect_error" || name == u"disconnecting";
    case 14:
        return name == u"removeListener";
    default:
        return false;
    }
}

// Names that servers cannot send to each other, because Socket.IO uses them for its own events.
inline bool isReservedServerSideEvent(QStringView name) noexcept
{
    return name == u"connect" || name == u"connection" || name == u"new_namespace";
}

// The class whose events a listener receives, and the language in which it is written.
enum class EventSource : quint8 { Server, Client, OtherServers };
enum class ListenerLanguage : quint8 { Cpp, Qml };

// The signal for what Socket.IO's JavaScript libraries report by the event name.
inline QString signalInsteadOf(QStringView name, EventSource source, ListenerLanguage language)
{
    const bool qml = language == ListenerLanguage::Qml;
    if (source == EventSource::Server) {
        if (name == u"connect")
            return qml ? QStringLiteral("onConnected")
                       : QStringLiteral("ClientSocket::connected()");
        if (name == u"connect_error")
            return qml ? QStringLiteral("onConnectError")
                       : QStringLiteral("ClientSocket::connectError()");
        if (name == u"disconnect" || name == u"disconnecting")
            return qml ? QStringLiteral("onDisconnected")
                       : QStringLiteral("ClientSocket::disconnected()");
        return {};
    }
    if (name == u"new_namespace")
        return qml ? QStringLiteral("onNewNamespace of SocketIoServer")
                   : QStringLiteral("Server::newNamespace()");
    if (name == u"connect" || name == u"connection")
        return qml ? QStringLiteral("onConnected of SocketIoServer or SocketIoNamespace")
                   : QStringLiteral("Server::connected() or Namespace::connected()");
    if (name == u"disconnect")
        return qml ? QStringLiteral("onDisconnected") : QStringLiteral("Socket::disconnected()");
    if (name == u"disconnecting")
        return qml ? QStringLiteral("onDisconnecting") : QStringLiteral("Socket::disconnecting()");
    return {};
}

// Returns the reason why a listener for the event name is never called and an alternative, or an
// empty string if it can be called.
inline QString neverReceivedText(const QString &name, EventSource source,
                                 ListenerLanguage language = ListenerLanguage::Cpp)
{
    const bool reserved = source == EventSource::OtherServers ? isReservedServerSideEvent(name)
                                                              : isReservedEvent(name);
    if (!reserved)
        return {};
    const QString text =
        QStringLiteral(
            "A listener of \"%1\" is never called, as nobody can send an event of this name: ")
            .arg(name);
    const QString signal = signalInsteadOf(name, source, language);
    if (signal.isEmpty())
        return text + QStringLiteral("choose another name");
    return text
        + (language == ListenerLanguage::Qml ? QStringLiteral("handle the signal with ")
                                             : QStringLiteral("connect to the signal "))
        + signal;
}

inline Error reservedEventError(const QString &event)
{
    Error error(Error::Type::Argument,
                QStringLiteral("\"%1\" is a reserved event name").arg(event));
    error.setHint(QStringLiteral("Give the event another name: Socket.IO keeps this one."));
    return error;
}

} // namespace SocketIo::detail

#endif
