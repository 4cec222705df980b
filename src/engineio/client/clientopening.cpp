// SPDX-License-Identifier: MIT
#include "engineio/client/client_p.h"

#include "base/logging_p.h"
#include "base/timelimits_p.h"
#include "engineio/client/clientaccess_p.h"
#include "engineio/client/clientcookiejar_p.h"
#include "engineio/client/clienterrorwriter_p.h"
#include "engineio/client/pollingclienttransport_p.h"
#include "engineio/client/serveraddress_p.h"
#include "engineio/client/transporterror_p.h"
#include "engineio/client/websocketclienttransport_p.h"
#include "engineio/client/websocketmemory_p.h"

namespace EngineIo {

using namespace Qt::StringLiterals;
using detail::lcEngine;
namespace WebSocketMemory = detail::WebSocketMemory;

void ClientPrivate::open()
{
    if (state != State::Closed)
        return;
    requestUrl = std::make_shared<detail::RequestUrl>(url, options);
    protocol = &detail::WireProtocol::of(options.protocol);
    inbox = std::make_shared<detail::ClientInbox>();
    candidates = firstCandidates();
    handshake = {};
    const auto thisOne = inbox;
    CallOut out(q);
    out.call([this] { setState(State::Opening); });
    if (!out || state != State::Opening || inbox != thisOne)
        return;
    // What is built from an invalid URL may be valid: the host at another port.
    if (!candidates.isEmpty() && url.isValid() && requestUrl->isValid()
        && requestUrl->isSupported()) {
        openTransport();
        return;
    }
    // As with all errors, the caller must be able to connect to the signal first.
    ClientError error;
    if (candidates.isEmpty()) {
        error = ClientError(
            ClientError::Type::NoTransport,
            u"cannot connect to %1: no transports are available"_s.arg(detail::givenAddress(url)));
        detail::ClientErrorWriter(error).setHint(
            u"Put at least one transport into the option transports."_s);
    } else {
        error = ClientError(ClientError::Type::Network,
                            requestUrl->isSupported() ? detail::invalidAddressText(url)
                                                      : detail::unsupportedSchemeText(url),
                            detail::givenAddress(url));
        detail::ClientErrorWriter(error).setHint(detail::addressHint());
    }
    QMetaObject::invokeMethod(
        q,
        [this, error, thisOne] {
            if (state == State::Opening && inbox == thisOne)
                fail(error, CloseReason::TransportError);
        },
        Qt::QueuedConnection);
}

// The transports to open with, in the order in which they are tried.
QList<TransportType> ClientPrivate::firstCandidates() const
{
    QList<TransportType> list = options.transports;
    if (!options.transports.contains(TransportType::WebSocket))
        return options.tryAllTransports ? list : list.first(std::min<qsizetype>(1, list.size()));
    if (options.tryAllTransports) {
        // A proxy on the way has swallowed it: it is useless to wait again.
        if (WebSocketMemory::isSwallowed(requestUrl->base())) {
            list.removeAll(TransportType::WebSocket);
            list.append(TransportType::WebSocket);
        }
    } else {
        list = list.first(1);
    }
    if (options.rememberUpgrade && WebSocketMemory::hasWorked()) {
        list.removeAll(TransportType::WebSocket);
        list.prepend(TransportType::WebSocket);
    }
    return list;
}

std::unique_ptr<QNetworkAccessManager>
detail::ClientAccess::createNetwork(const ClientOptions &options)
{
    auto manager = std::make_unique<QNetworkAccessManager>();
    manager->setCookieJar(new ClientCookieJar);
    if (options.proxy)
        manager->setProxy(*options.proxy);
    return manager;
}

detail::ClientTransportPtr ClientPrivate::createTransport(TransportType type)
{
    if (!networkManager) {
        ownNetworkManager = detail::ClientAccess::createNetwork(options);
        networkManager = ownNetworkManager.get();
    }
    if (!network)
        network.reset(new detail::ClientNetwork(url, networkManager), detail::RetireNetwork());
    if (type == TransportType::Polling) {
        return detail::ClientTransportPtr(
            new detail::PollingClientTransport(requestUrl, options, network, this));
    }
    ClientOptions own = options;
    if (!requestUrl->isAtHome()) // a redirect has led to another server
        own.extraHeaders = {};
    return detail::ClientTransportPtr(
        new detail::WebSocketClientTransport(*requestUrl, own, network.get(), this));
}

void ClientPrivate::openTransport()
{
    const TransportType type = candidates.constFirst();
    qCDebug(lcEngine).noquote() << "Opening" << transportName(type)
                                << requestUrl->url(type, {}).toDisplayString();
    transport = createTransport(type);
    if (candidates.size() > 1)
        openingTimer.start(int(detail::timerTime(options.transportTimeout).count()), q);
    transport->open();
    CallOut(q).emitSignal(&Client::transportChanged, q->transportName());
}

void ClientPrivate::openingTimedOut()
{
    openingTimer.stop();
    if (state != State::Opening || !transport)
        return;
    noteUnanswered();
    openNextTransport(detail::networkError(detail::Stage::Connecting, requestUrl->base(),
                                           u"no answer over %1 within %2 ms"_s.arg(
                                               transportName(transport->type()),
                                               QString::number(options.transportTimeout.count()))),
                      CloseReason::TransportError);
}

// The transport cannot open the connection.
void ClientPrivate::openNextTransport(const ClientError &error, CloseReason reason)
{
    WebSocketMemory::noteFailed();
    openingTimer.stop();
    candidates.removeFirst();
    if (candidates.isEmpty()) {
        end({.reason = reason, .details = error, .isError = true});
        return;
    }
    qCDebug(lcEngine).noquote() << error.text() << "- trying the next transport";
    openTransport();
}

// The attempt is given up before the transport has failed.
void ClientPrivate::noteUnanswered()
{
    if (state != State::Opening || !transport || transport->type() != TransportType::WebSocket)
        return;
    WebSocketMemory::noteFailed();
    if (candidates.size() > 1)
        WebSocketMemory::noteSwallowed(requestUrl->base());
}

} // namespace EngineIo
