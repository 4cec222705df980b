// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_POLLINGCLIENTTRANSPORT_P_H
#define ENGINEIO_POLLINGCLIENTTRANSPORT_P_H

#include "engineio/client/clientiocontext_p.h"
#include "engineio/client/clienttransport_p.h"
#include "engineio/client/pollingrequest_p.h"
#include "engineio/client/requesturl_p.h"
#include "engineio/protocol/wireprotocol_p.h"

#include <EngineIo/clientoptions.h>

#include <QtCore/qbasictimer.h>
#include <QtCore/qpointer.h>
#include <QtNetwork/qnetworkrequest.h>

#include <memory>
#include <optional>

namespace EngineIo::detail {

// HTTP long-polling: a pending GET for packets from the server, and one POST at a time for packets
// from the client.
class PollingClientTransport final : public ClientTransport
{
    Q_OBJECT

public:
    PollingClientTransport(std::shared_ptr<RequestUrl> url, const ClientOptions &options,
                           const ClientNetworkPtr &network, ClientTransportObserver *observer);
    ~PollingClientTransport() override;

    void open() override;
    void setSessionId(const QString &sid) override;
    void send(const OutgoingPackets &packets) override;
    void measureLatency() override { m_measureNext = true; }
    void pause() override;
    void resume() override;
    void close() override;

protected:
    bool hasInput() const override { return m_reader != nullptr; }
    void readInput() override;
    void updateReading() override;
    void stop() override;
    void timerEvent(QTimerEvent *event) override;

private:
    enum class State { Opening, Open, Pausing, Paused, Closing };

    QNetworkRequest request() const;
    QNetworkRequest request(const QUrl &url) const;
    std::optional<QNetworkRequest> redirected(const QUrl &from, const QUrl &target) const;
    bool mayFollow(const QUrl &from, const QUrl &target) const;
    std::unique_ptr<PollingRequest> createRequest(void (PollingClientTransport::*finished)());
    void poll();
    void pollFinished();
    void refuseAnswer(const QString &why);
    void takeAnswer(const QByteArray &payload, PayloadFormat format);
    bool tellPacketOf(std::optional<Packet> packet);
    QString otherRevision(const QByteArray &payload) const;
    void goOn();
    void post(const Payload &payload);
    void postFinished();
    void finishPausing();
    void sendGoodbye();
    void fail(const ClientError &error);
    void tellEnded(const ClientError &details = {});
    bool mustTakeLeave() const;
    void takeLeave();
    void leave();
    Stage stage() const { return m_sid.isEmpty() ? Stage::Connecting : Stage::Connected; }

    std::shared_ptr<RequestUrl> m_url;
    const ClientOptions m_options;
    const WireProtocol &m_protocol;
    ClientNetworkPtr m_network;
    QPointer<IoContext> m_context; // that keeps this transport, after stop()
    std::unique_ptr<PollingRequest> m_poll;
    std::unique_ptr<PollingRequest> m_post;
    QByteArray m_answer;                     // that the reader is in
    std::unique_ptr<PayloadReader> m_reader; // while some of it has not been told
    QString m_sid;
    State m_state = State::Opening;
    bool m_opened = false;   // the first answer has come
    bool m_handling = false; // what the last poll has brought is being told
    bool m_goodbye = false;
    bool m_ended = false; // the server's session, as far as is known
    bool m_measureNext = false;
    bool m_measuring = false;
    std::weak_ptr<ClientTransport> m_leaving; // this transport, after stop()
    QBasicTimer m_leaveTimer;
};

} // namespace EngineIo::detail

#endif
