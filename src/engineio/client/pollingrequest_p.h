// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_POLLINGREQUEST_P_H
#define ENGINEIO_POLLINGREQUEST_P_H

#include "engineio/client/clientnetwork_p.h"
#include "engineio/client/transporterror_p.h"
#include "engineio/client/transportreasons_p.h"
#include "engineio/protocol/wireprotocol_p.h"

#include <EngineIo/clienterror.h>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtNetwork/qnetworkreply.h>

#include <functional>
#include <memory>

namespace EngineIo::detail {

class RequestBody;

// One HTTP request of the polling transport. It is made only once: if Qt repeated it after the
// connection was lost, the contents of the first response might be lost, so that is an error.
// Repetitions with a password or after a redirect are safe.
class PollingRequest final : public QObject
{
    Q_OBJECT

public:
    struct Hooks
    {
        std::function<void()> finished; // from an event of its own
        std::function<void()> progress; // bytes have come or gone
        // Returns the request to make instead when the answer sends it from one place to another.
        // Without, the redirect is the answer.
        std::function<std::optional<QNetworkRequest>(const QUrl &from, const QUrl &target)>
            redirected;
    };

    PollingRequest(ClientNetwork *network, Hooks hooks, qint64 maxSize);
    ~PollingRequest() override;

    void get(const QNetworkRequest &request);
    void post(const QNetworkRequest &request, const QByteArray &payload);

    bool isAnswered() const { return m_answered; }
    const QByteArray &answer() const { return m_answer; }
    PayloadFormat format() const { return m_format; }
    QUrl url() const { return m_url; } // after redirects
    ClientError error(Stage stage) const;
    qint64 nanoseconds() const { return m_time.nsecsElapsed(); }

private:
    void watch(QNetworkReply *reply);
    void requestSent();
    void challenged();
    void noteHeaders();
    void checkHeaders();
    void checkSize();
    void replyFinished();
    bool follow();
    bool inflateAnswer();
    void finish();
    bool isCutOff() const;
    Reason lossReason() const;
    bool mayStart();
    void refuse(const Reason &why);
    void refuseLater(const Reason &why);
    void refuseTooBig();
    void release();

    const QPointer<ClientNetwork> m_network;
    const Hooks m_hooks;
    const qint64 m_maxSize;
    ClientNetwork::Use m_use = ClientNetwork::Use::Poll;
    QPointer<QNetworkReply> m_reply;
    QPointer<RequestBody> m_body;
    QElapsedTimer m_time;
    QUrl m_url;
    QUrl m_asked; // before redirects
    QList<QNetworkReply::RawHeaderPair> m_headers;
    QByteArray m_answer;
    PayloadFormat m_format = PayloadFormat::Text;
    QString m_phrase;
    QByteArray m_location; // of a redirect that is not followed
    QUrl m_redirected;     // the last place that was
    Reason m_reason;       // why there is no answer
    QString m_description;
    int m_status = 0;
    int m_sent = 0;
    int m_mayBeSent = 1;
    int m_challenges = 0;
    int m_redirects = 0;
    bool m_answerBegun = false;
    bool m_headersLost = false;
    bool m_tooBig = false;
    bool m_answered = false;
    bool m_finished = false;
};

} // namespace EngineIo::detail

#endif
