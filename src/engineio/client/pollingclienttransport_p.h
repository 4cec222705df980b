// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_POLLINGCLIENTTRANSPORT_P_H
#define ENGINEIO_POLLINGCLIENTTRANSPORT_P_H

#include "engineio/client/clienttransport_p.h"
#include "engineio/client/requesturl_p.h"

#include <EngineIo/clientoptions.h>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qpointer.h>
#include <QtNetwork/qnetworkreply.h>
#include <QtNetwork/qnetworkrequest.h>

#include <memory>

QT_BEGIN_NAMESPACE
class QNetworkAccessManager;
QT_END_NAMESPACE

namespace EngineIo::detail {

// HTTP long-polling: a GET that waits for packets, and a POST at a time for those of the client.
class PollingClientTransport final : public ClientTransport
{
    Q_OBJECT

public:
    PollingClientTransport(std::shared_ptr<RequestUrl> url, const ClientOptions &options,
                           QNetworkAccessManager *network, ClientTransportListener *listener);
    ~PollingClientTransport() override;

    void open() override;
    void setSessionId(const QString &sid) override { m_sid = sid; }
    void send(const OutgoingPackets &packets) override;
    void measureLatency() override { m_measureNext = true; }
    void pause() override;
    void resume() override;
    void close() override;

protected:
    void stop() override;

private:
    enum class State { Opening, Open, Pausing, Paused, Closing };

    QNetworkRequest request() const;
    void watch(QNetworkReply *reply);
    void poll();
    void pollFinished();
    void handlePayload(const QByteArray &payload);
    void post(const QByteArray &payload);
    void postFinished();
    void finishPausing();
    void sendGoodbye();
    bool isAnswered(QNetworkReply *reply, const QString &what, ClientError *error) const;
    void fail(const ClientError &error);
    static void drop(QPointer<QNetworkReply> &reply);

    std::shared_ptr<RequestUrl> m_url;
    const ClientOptions m_options;
    QPointer<QNetworkAccessManager> m_network;
    QPointer<QNetworkReply> m_poll;
    QPointer<QNetworkReply> m_post;
    QElapsedTimer m_postTime;
    QString m_sid;
    State m_state = State::Opening;
    bool m_goodbye = false;
    bool m_measureNext = false;
    bool m_measuring = false;
};

} // namespace EngineIo::detail

#endif
