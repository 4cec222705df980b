// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_POLLINGCLIENTTRANSPORT_P_H
#define ENGINEIO_POLLINGCLIENTTRANSPORT_P_H

#include "engineio/client/clienttransport_p.h"
#include "engineio/client/pollingrequest_p.h"
#include "engineio/client/requesturl_p.h"
#include "engineio/protocol/wireprotocol_p.h"

#include <EngineIo/clientoptions.h>

#include <QtCore/qpointer.h>
#include <QtNetwork/qnetworkrequest.h>

#include <memory>

namespace EngineIo::detail {

// HTTP long-polling: a GET that waits for packets, and a POST at a time for those of the client.
class PollingClientTransport final : public ClientTransport
{
    Q_OBJECT

public:
    PollingClientTransport(std::shared_ptr<RequestUrl> url, const ClientOptions &options,
                           ClientNetwork *network, ClientTransportObserver *observer);
    ~PollingClientTransport() override;

    void open() override;
    void setSessionId(const QString &sid) override;
    void send(const OutgoingPackets &packets) override;
    void measureLatency() override { m_measureNext = true; }
    void pause() override;
    void resume() override;
    bool holdBack(bool held) override;
    void close() override;

protected:
    void stop() override;

private:
    enum class State { Opening, Open, Pausing, Paused, Closing };

    QNetworkRequest request() const;
    std::unique_ptr<PollingRequest> createRequest(void (PollingClientTransport::*finished)());
    void poll();
    void pollFinished();
    void refuseAnswer(const QString &why);
    void tellPayload(const QByteArray &payload, PayloadFormat format);
    QString otherRevision(const QByteArray &payload) const;
    void goOn();
    void post(const Payload &payload);
    void postFinished();
    void finishPausing();
    void sendGoodbye();
    void fail(const ClientError &error);
    Stage stage() const { return m_sid.isEmpty() ? Stage::Connecting : Stage::Connected; }

    std::shared_ptr<RequestUrl> m_url;
    const ClientOptions m_options;
    const WireProtocol &m_protocol;
    const QPointer<ClientNetwork> m_network;
    std::unique_ptr<PollingRequest> m_poll;
    std::unique_ptr<PollingRequest> m_post;
    QString m_sid;
    State m_state = State::Opening;
    bool m_opened = false;   // the first answer has come
    bool m_handling = false; // what the last poll has brought is being told
    bool m_heldBack = false;
    bool m_goodbye = false;
    bool m_measureNext = false;
    bool m_measuring = false;
};

} // namespace EngineIo::detail

#endif
