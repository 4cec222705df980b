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
    m_requestUrl = std::make_shared<detail::RequestUrl>(url, options);
    m_protocol = &detail::WireProtocol::of(options.protocol);
    m_inbox = std::make_shared<detail::ClientInbox>();
    m_candidates = firstCandidates();
    handshake = {};
    const auto thisOne = m_inbox;
    CallOut out(q);
    out.call([this] { setState(State::Opening); });
    if (!out || state != State::Opening || m_inbox != thisOne)
        return;
    // What is built from an invalid URL may be valid: the host at another port.
    if (!m_candidates.isEmpty() && url.isValid() && m_requestUrl->isValid()
        && m_requestUrl->isSupported()) {
        openTransport();
        return;
    }
    // As with all errors, the caller must be able to connect to the signal first.
    ClientError error;
    if (m_candidates.isEmpty()) {
        error = ClientError(
            ClientError::Type::NoTransport,
            u"cannot connect to %1: no transports are available"_s.arg(detail::givenAddress(url)));
        detail::ClientErrorWriter(error).setHint(
            u"Put at least one transport into the option transports."_s);
    } else {
        error = ClientError(ClientError::Type::Network,
                            m_requestUrl->isSupported() ? detail::invalidAddressText(url)
                                                        : detail::unsupportedSchemeText(url),
                            detail::givenAddress(url));
        detail::ClientErrorWriter(error).setHint(detail::addressHint());
    }
    QMetaObject::invokeMethod(
        q,
        [this, error, thisOne] {
            if (state == State::Opening && m_inbox == thisOne)
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
        if (WebSocketMemory::isSwallowed(m_requestUrl->base())) {
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
            new detail::PollingClientTransport(m_requestUrl, options, network, this));
    }
    ClientOptions own = options;
    if (!m_requestUrl->isAtHome()) // a redirect has led to another server
        own.extraHeaders = {};
    return detail::ClientTransportPtr(
        new detail::WebSocketClientTransport(*m_requestUrl, own, network.get(), this));
}

void ClientPrivate::openTransport()
{
    const TransportType type = m_candidates.constFirst();
    qCDebug(lcEngine).noquote() << "Opening" << transportName(type)
                                << m_requestUrl->url(type, {}).toDisplayString();
    transport = createTransport(type);
    if (m_candidates.size() > 1)
        m_openingTimer.start(int(detail::timerTime(options.transportTimeout).count()), q);
    transport->open();
    CallOut(q).emitSignal(&Client::transportChanged, q->transportName());
}

void ClientPrivate::openingTimedOut()
{
    m_openingTimer.stop();
    if (state != State::Opening || !transport)
        return;
    noteUnanswered();
    openNextTransport(detail::networkError(detail::Stage::Connecting, m_requestUrl->base(),
                                           u"no answer over %1 within %2 ms"_s.arg(
                                               transportName(transport->type()),
                                               QString::number(options.transportTimeout.count()))),
                      CloseReason::TransportError);
}

// The transport cannot open the connection.
void ClientPrivate::openNextTransport(const ClientError &error, CloseReason reason)
{
    WebSocketMemory::noteFailed();
    m_openingTimer.stop();
    m_candidates.removeFirst();
    if (m_candidates.isEmpty()) {
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
    if (m_candidates.size() > 1)
        WebSocketMemory::noteSwallowed(m_requestUrl->base());
}

} // namespace EngineIo
