// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTACCESS_P_H
#define ENGINEIO_CLIENTACCESS_P_H

#include <EngineIo/client.h>
#include <EngineIo/clientoptions.h>
#include <EngineIo/frame.h>

#include <memory>

namespace EngineIo::detail {

// Receives a client's messages without a signal for each. It may delete the client.
class ENGINEIO_EXPORT ClientObserver
{
public:
    virtual ~ClientObserver();
    virtual void messageReceived(const Message &message) = 0;
};

// Functions of a client that a protocol on top of Engine.IO needs, but an application does not.
class ClientAccess
{
public:
    // Sets the observer that is called for each message before messageReceived() is emitted, or
    // removes it if observer is nullptr. It must exist until another one is set.
    static void setObserver(Client *client, ClientObserver *observer)
    {
        client->setObserver(observer);
    }
    // Over WebSocket latencyChanged() follows when the server has read all that was sent before;
    // over polling it follows the next request.
    static void measureLatency(Client *client) { client->measureLatencyAnew(); }
    // The access manager of a client that the application has given none: its cookies are bounded.
    ENGINEIO_EXPORT static std::unique_ptr<QNetworkAccessManager>
    createNetwork(const ClientOptions &options);
    // The number of packets that are queued or being written or, after the client has been closed,
    // that were lost. The system may still have sent some of the packets that were being written.
    ENGINEIO_EXPORT static qsizetype undeliveredCount(const Client *client);
    // Whether the server's heartbeat is overdue although no timer has noticed yet, because the machine
    // slept or the thread was busy. The client then closes with "ping timeout" when control returns to
    // the event loop.
    ENGINEIO_EXPORT static bool hasHeartbeatExpired(Client *client);
};

} // namespace EngineIo::detail

#endif
