// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENT_H
#define ENGINEIO_CLIENT_H

#include <EngineIo/clienterror.h>
#include <EngineIo/clientoptions.h>
#include <EngineIo/engineioglobal.h>
#include <EngineIo/enums.h>
#include <EngineIo/frame.h>
#include <EngineIo/message.h>
#include <EngineIo/packet.h>

#include <QtCore/qobject.h>
#include <QtCore/qurl.h>

#include <chrono>
#include <memory>
#include <optional>

QT_BEGIN_NAMESPACE
class QNetworkAccessManager;
QT_END_NAMESPACE

namespace EngineIo {

class ClientPrivate;
namespace detail {
class ClientAccess;
class ClientObserver;
} // namespace detail

class ENGINEIO_EXPORT Client final : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QUrl url READ url WRITE setUrl NOTIFY urlChanged)
    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    Q_PROPERTY(QString id READ id NOTIFY idChanged)
    Q_PROPERTY(QString transportName READ transportName NOTIFY transportChanged)
    Q_PROPERTY(double latency READ latency NOTIFY latencyChanged)

public:
    enum class State { Closed, Opening, Open, Closing };
    Q_ENUM(State)

    explicit Client(QObject *parent = nullptr);
    explicit Client(const QUrl &url, const ClientOptions &options = {}, QObject *parent = nullptr);
    ~Client() override;

    QUrl url() const;
    void setUrl(const QUrl &url);
    ClientOptions options() const;
    void setOptions(const ClientOptions &options);
    QNetworkAccessManager *networkAccessManager() const;
    void setNetworkAccessManager(QNetworkAccessManager *manager);

    State state() const;
    QString id() const;
    std::optional<TransportType> transport() const;
    QString transportName() const; // empty: none
    bool isUpgrading() const;
    double latency() const; // in milliseconds; -1: not measured yet
    std::chrono::milliseconds pingInterval() const;
    std::chrono::milliseconds pingTimeout() const;
    qint64 maxPayload() const; // in bytes; 0: no limit

    bool send(const Message &message, SendFlags flags = {});
    bool send(const FrameList &frames, SendFlags flags = {});
    bool isWritable() const;
    qsizetype bufferedCount() const;

public Q_SLOTS:
    void open();
    void close();
    void abort();

Q_SIGNALS:
    void opened();
    void messageReceived(const EngineIo::Message &message);
    void packetReceived(const EngineIo::Packet &packet);
    void packetCreated(const EngineIo::Packet &packet);
    void pinged();
    void flushed();
    void drained();
    void upgrading(EngineIo::TransportType transport);
    void upgraded(EngineIo::TransportType transport);
    void upgradeFailed(const EngineIo::ClientError &error);
    void errorOccurred(const EngineIo::ClientError &error);
    void closed(EngineIo::CloseReason reason, const EngineIo::ClientError &details);

    void urlChanged(const QUrl &url);
    void stateChanged(EngineIo::Client::State state);
    void idChanged(const QString &id);
    void transportChanged(const QString &transportName);
    void latencyChanged(double latency);

protected:
    void connectNotify(const QMetaMethod &signal) override;
    void timerEvent(QTimerEvent *event) override;

private:
    friend class detail::ClientAccess;
    friend class ClientPrivate;
    void setObserver(detail::ClientObserver *observer);
    void measureLatencyAnew();

    std::unique_ptr<ClientPrivate> d;
};

} // namespace EngineIo

#endif
