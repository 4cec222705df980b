// SPDX-License-Identifier: MIT
#include <EngineIo/client.h>

#include "base/callapplication_p.h"
#include "base/movecheck_p.h"
#include "base/threadcheck_p.h"
#include "engineio/client/client_p.h"
#include "engineio/client/clientaccess_p.h"

#include <QtCore/qmetaobject.h>

namespace EngineIo {

ClientObserver::~ClientObserver() = default;

/*!
    \class EngineIo::Client
    \inmodule QtSocketIo
    \inheaderfile EngineIo/Client
    \since QtSocketIo 0.1
    \brief A connection to an Engine.IO server, over HTTP long-polling and WebSocket
    (Engine.IO: \c Socket of engine.io-client).

    \code
    auto *client = new EngineIo::Client(QUrl(u"https://example.org"_s), {}, this);
    connect(client, &EngineIo::Client::opened, this, [client] {
        client->send(EngineIo::Message::fromText(u"hello"_s));
    });
    connect(client, &EngineIo::Client::messageReceived, this, &Window::showMessage);
    client->open();
    \endcode

    It opens with the first of ClientOptions::transports and, if that is polling and the server
    agrees, goes on over WebSocket without losing a message or changing their order. It answers the
    server's heartbeat, and closes when that stays away, also when the machine has slept meanwhile.
    When a connection has ended it can be opened again; it does not do so by itself, which is what
    SocketIo::Manager adds.

    Signals are emitted from the event loop, and may run another, for example that of a dialog. The
    connection stays alive meanwhile and what is sent goes out, but further messages wait until the
    slot returns, in order, and so does closed(), unless the slot itself has called close() or
    abort().

    A Client lives in one thread, needs its event loop, and belongs to its parent or to the code
    that made it. It never blocks. It can be deleted at any time, also by a slot that one of its
    signals has called: that ends the connection at once, without signals and without sending what
    is still in its buffer.
*/

/*!
    \enum EngineIo::Client::State
    The stages of a connection (Engine.IO: \c readyState).

    \value Closed   there is none
    \value Opening  the server has not answered yet
    \value Open     messages can be sent and received
    \value Closing  close() was called: what was sent before is still being delivered
*/

/*! Constructs a client with \a parent. It needs a URL before open(). */
Client::Client(QObject *parent)
    : Client(QUrl(), {}, parent)
{
}

/*!
    Constructs a client for the server at \a url, whose scheme is http, https, ws or wss, with
    \a options and \a parent. The path of \a url means nothing, see ClientOptions::path; its query
    is sent to the server. It connects when open() is called.
*/
Client::Client(const QUrl &url, const ClientOptions &options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<ClientPrivate>(this))
{
    d->url = url;
    d->options = options;
    new detail::MoveCheck(this, "before open()",
                          [this] { return d->network || d->ownNetworkManager; });
}

/*! Ends the connection without signals. */
Client::~Client() = default;

/*!
    \property EngineIo::Client::url
    \brief the server's address. A change counts from the next open() on.
*/
QUrl Client::url() const
{
    return d->url;
}

void Client::setUrl(const QUrl &url)
{
    if (!detail::isInThreadOf(this, "EngineIo::Client::setUrl()"))
        return;
    if (d->url == url)
        return;
    d->url = url;
    detail::callApplication([&] { Q_EMIT urlChanged(url); });
}

/*! Returns the settings. */
ClientOptions Client::options() const
{
    return d->options;
}

/*! Sets the settings to \a options. They count from the next open() on. */
void Client::setOptions(const ClientOptions &options)
{
    if (!detail::isInThreadOf(this, "EngineIo::Client::setOptions()"))
        return;
    d->options = options;
}

/*!
    Returns the network access manager that the HTTP requests are made with, or \c nullptr if none
    was set and none has been needed so far.
*/
QNetworkAccessManager *Client::networkAccessManager() const
{
    return d->networkManager;
}

/*!
    Uses the cookie jar, the proxy and the signals for authentication and TLS errors of \a manager
    for HTTP requests, from the next open() on. Set one to share cookies between clients or to
    answer demands for a password. It remains the caller's, must live in the same thread, and brings
    its own proxy: ClientOptions::proxy then counts for the WebSocket only. By default the client
    has one of its own.

    The requests themselves are made on connections of the client's own, as any number of clients
    may share \a manager, while Qt opens no more than six connections to a host for each access
    manager, and a polling client always waits on one. If \a manager is of a class derived from
    QNetworkAccessManager, it does make the requests; then not more than five polling clients of one
    server should share it.

    A user name and password in the URL are sent when the server asks for them, and with each
    request for a WebSocket.
*/
void Client::setNetworkAccessManager(QNetworkAccessManager *manager)
{
    if (!detail::isInThreadOf(this, "EngineIo::Client::setNetworkAccessManager()"))
        return;
    d->networkManager = manager;
}

/*!
    \property EngineIo::Client::state
    \brief the stage that the connection is in (Engine.IO: \c readyState).
*/
Client::State Client::state() const
{
    return d->state;
}

/*!
    \property EngineIo::Client::id
    \brief the session's id, empty while there is none (Engine.IO: \c id).
*/
QString Client::id() const
{
    return d->handshake.sid;
}

/*! Returns the transport that is used now, or nothing while there is no connection. */
std::optional<TransportType> Client::transport() const
{
    if (!d->transport)
        return std::nullopt;
    return d->transport->type();
}

/*!
    \property EngineIo::Client::transportName
    \brief "polling" or "websocket", empty while there is no connection (Engine.IO:
    \c{transport.name}).
*/
QString Client::transportName() const
{
    return d->transport ? EngineIo::transportName(d->transport->type()) : QString();
}

/*! Returns whether the change to another transport is under way (Engine.IO: \c upgrading). */
bool Client::isUpgrading() const
{
    return d->upgrading;
}

/*!
    \property EngineIo::Client::latency
    \brief how long the server took to answer at the last heartbeat, in milliseconds; -1 before it
    was measured and when there is no connection.

    Over WebSocket a ping frame is sent along with the answer to a heartbeat, and when the
    connection is opened; with polling it is the time of the request that carries that answer.
*/
double Client::latency() const
{
    return d->latency;
}

/*! Returns how often the server sends a heartbeat, as it has said; 0 while not connected. */
std::chrono::milliseconds Client::pingInterval() const
{
    return d->handshake.pingInterval;
}

/*! Returns how long a heartbeat may be late, as the server has said; 0 while not connected. */
std::chrono::milliseconds Client::pingTimeout() const
{
    return d->handshake.pingTimeout;
}

/*! Returns how many bytes the server takes in one request, as it has said; 0: it did not. */
qint64 Client::maxPayload() const
{
    return d->handshake.maxPayload;
}

/*!
    Sends \a message, now or as soon as it can be, in the order of the calls (Engine.IO: \c send).
    With SendFlag::Volatile in \a flags it is dropped if it cannot be sent now, and with
    SendFlag::NoCompression a WebSocket does not compress it, see ClientOptions::perMessageDeflate.

    Returns whether the message was accepted: not so when the client is closed or closing, or when a
    slot of packetCreated() has ended the connection.
*/
bool Client::send(const Message &message, SendFlags flags)
{
    if (!detail::isInThreadOf(this, "EngineIo::Client::send()"))
        return false;
    return d->send({Frame::fromMessage(message)}, flags);
}

/*!
    \overload
    Sends \a frames, one message each, with \a flags.
*/
bool Client::send(const FrameList &frames, SendFlags flags)
{
    if (!detail::isInThreadOf(this, "EngineIo::Client::send()"))
        return false;
    return d->send(frames, flags);
}

/*!
    Returns whether a message would go out now rather than wait for others, for the transport or for
    the end of an upgrade (Engine.IO: \c{transport.writable}).
*/
bool Client::isWritable() const
{
    return d->isWritable();
}

/*! Returns how many packets wait to be sent (Engine.IO: \c{writeBuffer.length}). */
qsizetype Client::bufferedCount() const
{
    return d->buffer.size();
}

void Client::setObserver(ClientObserver *observer)
{
    d->observer = observer;
}

qsizetype detail::ClientAccess::undeliveredCount(const Client *client)
{
    return client->d->undeliveredCount();
}

bool detail::ClientAccess::hasHeartbeatExpired(Client *client)
{
    return client->d->hasHeartbeatExpired();
}

void Client::measureLatencyAnew()
{
    if (d->state == State::Open)
        d->transport->measureLatencyAnew();
}

/*!
    Connects to the server; opened() or errorOccurred() follows. Does nothing unless the client is
    closed.
*/
void Client::open()
{
    if (!detail::isInThreadOf(this, "EngineIo::Client::open()"))
        return;
    d->open();
}

/*!
    Ends the connection after all that was sent before has been delivered and a change of the
    transport that is under way has ended. closed() follows, with CloseReason::ForcedClose
    (Engine.IO: \c close). A server that takes nothing for 5 seconds is waited for no longer. If the
    server refuses what was sent before, such as a message that is too big for it, closed() has an
    error.
*/
void Client::close()
{
    if (!detail::isInThreadOf(this, "EngineIo::Client::close()"))
        return;
    d->close();
}

/*! Ends the connection at once. closed() follows, with CloseReason::ForcedClose. */
void Client::abort()
{
    abort(CloseReason::ForcedClose, {});
}

/*!
    \overload
    Ends the connection at once, for \a reason and with a \a description, with which closed() is
    emitted.
*/
void Client::abort(CloseReason reason, const QString &description)
{
    if (!detail::isInThreadOf(this, "EngineIo::Client::abort()"))
        return;
    d->abort(reason, description);
}

/*! \internal */
void Client::connectNotify(const QMetaMethod &signal)
{
    if (signal == QMetaMethod::fromSignal(&Client::packetReceived)
        || signal == QMetaMethod::fromSignal(&Client::packetCreated)) {
        d->packetSignals = true;
    }
}

/*! \internal */
void Client::timerEvent(QTimerEvent *event)
{
    d->timerEvent(event);
}

/*!
    \fn void EngineIo::Client::opened()
    This signal is emitted when the connection is open (Engine.IO: \c open).
*/
/*!
    \fn void EngineIo::Client::messageReceived(const EngineIo::Message &message)
    This signal is emitted when the server has sent \a message (Engine.IO: \c message).
*/
/*!
    \fn void EngineIo::Client::packetReceived(const EngineIo::Packet &packet)
    This signal is emitted when \a packet, of any type, has come (Engine.IO: \c packet).
*/
/*!
    \fn void EngineIo::Client::packetCreated(const EngineIo::Packet &packet)
    This signal is emitted when \a packet is to be sent, of type Message or Pong, or Ping with
    protocol revision 3 (Engine.IO: \c packetCreate). What a slot sends comes after all that was
    given to the same call of send().
*/
/*!
    \fn void EngineIo::Client::pinged()
    This signal is emitted when the server's heartbeat has come and was answered (Engine.IO:
    \c ping), or, with protocol revision 3, when the server has answered that of the client.
*/
/*!
    \fn void EngineIo::Client::flushed()
    This signal is emitted when packets have been given to the transport (Engine.IO: \c flush).
*/
/*!
    \fn void EngineIo::Client::drained()
    This signal is emitted when all packets have been sent (Engine.IO: \c drain).
*/
/*!
    \fn void EngineIo::Client::upgrading(EngineIo::TransportType transport)
    This signal is emitted when the server has answered on \a transport, which is about to be used
    (Engine.IO: \c upgrading).
*/
/*!
    \fn void EngineIo::Client::upgraded(EngineIo::TransportType transport)
    This signal is emitted when the connection has changed to \a transport (Engine.IO: \c upgrade).
*/
/*!
    \fn void EngineIo::Client::upgradeFailed(const EngineIo::ClientError &error)
    This signal is emitted when the connection stays on its transport, because of \a error
    (Engine.IO: \c upgradeError).
*/
/*!
    \fn void EngineIo::Client::errorOccurred(const EngineIo::ClientError &error)
    This signal is emitted when the connection cannot be opened or has failed, because of \a error.
    closed() follows (Engine.IO: \c error).
*/
/*!
    \fn void EngineIo::Client::closed(EngineIo::CloseReason reason,
                                      const EngineIo::ClientError &details)

    This signal is emitted when the connection has ended, or could not be opened, for \a reason.
    Where more is known it is in \a details (Engine.IO: \c close); also how many packets are lost at
    most, if the server took nothing more of what was sent before close() for 5 seconds.
*/

} // namespace EngineIo

#include "moc_client.cpp"
