// SPDX-License-Identifier: MIT
#include <EngineIo/client.h>

#include "base/callapplication_p.h"
#include "base/movecheck_p.h"
#include "base/threadcheck_p.h"
#include "engineio/client/client_p.h"
#include "engineio/client/clientaccess_p.h"

#include <QtCore/qmetaobject.h>

namespace EngineIo {

detail::ClientObserver::~ClientObserver() = default;

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

    The connection is opened with the first of ClientOptions::transports. If that is polling and the
    server supports it, the connection is then upgraded to WebSocket; no message is lost or
    reordered. The client answers the server's heartbeats and closes the connection when they stop,
    including after the machine has been asleep. A connection that has ended can be opened again,
    but the client does not reconnect automatically; use SocketIo::Manager for that.

    Signals are emitted from the event loop. A slot may run a nested event loop, for example that of
    a dialog. Meanwhile, the connection stays alive and messages are still sent, but incoming
    messages, and closed(), are delivered in order only after the slot has returned, unless the slot
    itself has called close() or abort().

    A Client belongs to the thread that it was created in and requires an event loop there. It is
    owned by its parent or, without a parent, by the application. It never blocks. It can be deleted
    at any time, even in a slot connected to one of its signals. Deleting it ends the connection
    immediately, without emitting signals and without sending messages that are still buffered.
*/

/*!
    \enum EngineIo::Client::State
    The stages of a connection (Engine.IO: \c readyState).

    \value Closed there is no connection
    \value Opening  the server has not answered yet
    \value Open     messages can be sent and received
    \value Closing close() was called; messages sent before are still being delivered
*/

/*! Constructs a client with the given \a parent. Set the url before calling open(). */
Client::Client(QObject *parent)
    : Client(QUrl(), {}, parent)
{
}

/*!
    Constructs a client for the server at \a url, whose scheme is http, https, ws or wss, with
    \a options and the given \a parent. The path of \a url is ignored, see ClientOptions::path; its
    query is sent to the server. Call open() to connect.
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

/*! Destroys the client and ends the connection without emitting signals. */
Client::~Client() = default;

/*!
    \property EngineIo::Client::url
    \brief the server's address. A change takes effect the next time open() is called.
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

/*! Sets the settings to \a options. They take effect the next time open() is called. */
void Client::setOptions(const ClientOptions &options)
{
    if (!detail::isInThreadOf(this, "EngineIo::Client::setOptions()"))
        return;
    d->options = options;
}

/*!
    Returns the network access manager that is used for HTTP requests, or \c nullptr if none has
    been set or created yet.
*/
QNetworkAccessManager *Client::networkAccessManager() const
{
    return d->networkManager;
}

/*!
    Uses \a manager for HTTP requests from the next call of open() on: its cookie jar, its proxy and
    its signals for authentication and TLS errors. Set a manager to share cookies between clients or
    to answer authentication requests. The client does not take ownership of \a manager, which must
    live in the same thread. ClientOptions::proxy then applies to the WebSocket only. By default the
    client creates a manager of its own.

    The requests themselves use connections of the client's own, because Qt opens at most six
    connections to a host for each access manager and a polling client always has one request
    pending. This way any number of clients can share \a manager. If the class of \a manager is
    derived from QNetworkAccessManager, \a manager makes the requests itself; at most five clients
    that poll the same server should share it then.

    A user name and password in the URL are sent when the server requests them and with each
    WebSocket handshake.
*/
void Client::setNetworkAccessManager(QNetworkAccessManager *manager)
{
    if (!detail::isInThreadOf(this, "EngineIo::Client::setNetworkAccessManager()"))
        return;
    d->networkManager = manager;
}

/*!
    \property EngineIo::Client::state
    \brief the state of the connection (Engine.IO: \c readyState).
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

/*! Returns the transport in use, or \c std::nullopt while there is no connection. */
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

/*! Returns whether an upgrade to another transport is in progress (Engine.IO: \c upgrading). */
bool Client::isUpgrading() const
{
    return d->upgrading;
}

/*!
    \property EngineIo::Client::latency
    \brief the round-trip time in milliseconds that was measured at the last heartbeat, or -1 if it
    has not been measured yet or there is no connection.

    Over WebSocket, it is measured with a ping frame that is sent when the connection is opened and
    with each answer to a heartbeat. With polling, it is the duration of the request that carries
    that answer.
*/
double Client::latency() const
{
    return d->latency;
}

/*!
    Returns the interval between heartbeats that the server has announced, or 0 while not connected.
*/
std::chrono::milliseconds Client::pingInterval() const
{
    return d->handshake.pingInterval;
}

/*! Returns the heartbeat timeout that the server has announced, or 0 while not connected. */
std::chrono::milliseconds Client::pingTimeout() const
{
    return d->handshake.pingTimeout;
}

/*!
    Returns the maximum size in bytes of a request that the server has announced, or 0 if it has not
    announced any.
*/
qint64 Client::maxPayload() const
{
    return d->handshake.maxPayload;
}

/*!
    Sends \a message, immediately or as soon as possible, in the order of the calls (Engine.IO:
    \c send). If \a flags contains SendFlag::Volatile, the message is dropped unless it can be sent
    immediately. If it contains SendFlag::NoCompression, a WebSocket does not compress the message;
    see ClientOptions::perMessageDeflate.

    Returns \c true if the message was accepted. Returns \c false if the client is closed or
    closing, or if a slot connected to packetCreated() has ended the connection.
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
    Returns whether a message would be sent immediately instead of waiting for other messages, for
    the transport or for the end of an upgrade (Engine.IO: \c{transport.writable}).
*/
bool Client::isWritable() const
{
    return d->isWritable();
}

/*!
    Returns the number of packets that are waiting to be sent (Engine.IO: \c{writeBuffer.length}).
*/
qsizetype Client::bufferedCount() const
{
    return d->buffer.size();
}

void Client::setObserver(detail::ClientObserver *observer)
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
    Ends the connection when all messages sent before have been delivered and an upgrade in progress
    has finished. closed() is then emitted with CloseReason::ForcedClose (Engine.IO: \c close). The
    client waits at most 5 seconds for a server that accepts no data. If the server rejects a
    message sent before, for example because it is too large, the details of closed() are an error.
*/
void Client::close()
{
    if (!detail::isInThreadOf(this, "EngineIo::Client::close()"))
        return;
    d->close();
}

/*! Ends the connection immediately. closed() is then emitted with CloseReason::ForcedClose. */
void Client::abort()
{
    if (!detail::isInThreadOf(this, "EngineIo::Client::abort()"))
        return;
    d->abort();
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
    This signal is emitted when \a message has been received from the server (Engine.IO:
    \c message).
*/
/*!
    \fn void EngineIo::Client::packetReceived(const EngineIo::Packet &packet)
    This signal is emitted when \a packet, of any type, has been received (Engine.IO: \c packet).
*/
/*!
    \fn void EngineIo::Client::packetCreated(const EngineIo::Packet &packet)
    This signal is emitted when \a packet is about to be sent. Its type is Message or Pong, or Ping
    with revision 3 of the protocol (Engine.IO: \c packetCreate). Messages that a slot sends follow
    all messages of the call of send() that emitted the signal.
*/
/*!
    \fn void EngineIo::Client::pinged()
    This signal is emitted when the server's heartbeat has been received and answered (Engine.IO:
    \c ping) or, with revision 3 of the protocol, when the server has answered the client's
    heartbeat.
*/
/*!
    \fn void EngineIo::Client::flushed()
    This signal is emitted when packets have been passed to the transport (Engine.IO: \c flush).
*/
/*!
    \fn void EngineIo::Client::drained()
    This signal is emitted when all packets have been sent (Engine.IO: \c drain).
*/
/*!
    \fn void EngineIo::Client::upgrading(EngineIo::TransportType transport)
    This signal is emitted when the server has responded over \a transport and the connection is
    about to be upgraded to it (Engine.IO: \c upgrading).
*/
/*!
    \fn void EngineIo::Client::upgraded(EngineIo::TransportType transport)
    This signal is emitted when the connection has been upgraded to \a transport (Engine.IO:
    \c upgrade).
*/
/*!
    \fn void EngineIo::Client::upgradeFailed(const EngineIo::ClientError &error)
    This signal is emitted when an upgrade has failed because of \a error and the connection keeps
    its transport (Engine.IO: \c upgradeError).
*/
/*!
    \fn void EngineIo::Client::errorOccurred(const EngineIo::ClientError &error)
    This signal is emitted when the connection could not be opened or has failed because of
    \a error. closed() is emitted next (Engine.IO: \c error).
*/
/*!
    \fn void EngineIo::Client::closed(EngineIo::CloseReason reason,
                                      const EngineIo::ClientError &details)

    This signal is emitted when the connection has ended or could not be opened, for \a reason
    (Engine.IO: \c close). \a details describes the cause, if it is known. If the server has
    accepted no data for 5 seconds after close(), \a details also gives the maximum number of
    packets that may have been lost.
*/

} // namespace EngineIo

#include "moc_client.cpp"
