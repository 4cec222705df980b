// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SESSION_H
#define ENGINEIO_SESSION_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/enums.h>
#include <EngineIo/frame.h>
#include <EngineIo/httprequest.h>
#include <EngineIo/message.h>
#include <EngineIo/packet.h>

#include <QtCore/qobject.h>
#include <QtNetwork/qhostaddress.h>

#include <memory>

QT_BEGIN_NAMESPACE
class QSslCertificate;
QT_END_NAMESPACE

namespace EngineIo {

namespace detail {
class FrameSource;
class SessionAccess;
class SessionObserver;
} // namespace detail
class SessionPrivate;

class ENGINEIO_EXPORT Session final : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QString id READ id CONSTANT)
    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    Q_PROPERTY(QString transportName READ transportName NOTIFY upgraded)

public:
    enum class State { Open, Closing, Closed };
    Q_ENUM(State)

    ~Session() override;

    QString id() const;
    State state() const;
    TransportType transport() const;
    QString transportName() const;
    bool isUpgraded() const;
    int protocol() const;
    HttpRequest request() const;
    QHostAddress remoteAddress() const;
    QSslCertificate peerCertificate() const;

    void send(const Message &message, SendFlags flags = {});
    void send(const FrameList &frames, SendFlags flags = {});

public Q_SLOTS:
    void close();
    void abort();

Q_SIGNALS:
    void messageReceived(const EngineIo::Message &message);
    void packetReceived(const EngineIo::Packet &packet);
    void packetCreated(const EngineIo::Packet &packet);
    void heartbeat();
    void upgrading();
    void upgraded();
    void drained();
    void stateChanged(EngineIo::Session::State state);
    void closed(EngineIo::CloseReason reason, const QString &description);

protected:
    void connectNotify(const QMetaMethod &signal) override;

private:
    friend class detail::SessionAccess;
    friend class SessionPrivate;
    explicit Session(std::unique_ptr<SessionPrivate> d, QObject *parent);
    void sendNow(const FrameList &frames, SendFlags flags);
    void send(std::unique_ptr<detail::FrameSource> source, SendFlags flags);
    static void sendToAll(const QList<Session *> &sessions, const FrameList &frames,
                          SendFlags flags);
    void setObserver(detail::SessionObserver *observer);
    void abortBecause(CloseReason reason, const QString &description);

    std::unique_ptr<SessionPrivate> d;
};

} // namespace EngineIo

#endif
