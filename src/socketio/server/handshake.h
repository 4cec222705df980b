// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_HANDSHAKE_H
#define SOCKETIO_HANDSHAKE_H

#include <SocketIo/socketioglobal.h>

#include <EngineIo/HttpRequest>

#include <QtCore/qdatetime.h>
#include <QtCore/qmap.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

namespace SocketIo {

// The data of a client from the request that opened its connection and from its CONNECT packet.
class SOCKETIO_EXPORT Handshake
{
    Q_GADGET
    Q_PROPERTY(QVariantMap auth READ auth)
    Q_PROPERTY(QString address READ address)
    Q_PROPERTY(QString url READ url)
    Q_PROPERTY(QString time READ time)
    Q_PROPERTY(QDateTime issued READ issued)
    Q_PROPERTY(bool secure READ isSecure)
    Q_PROPERTY(bool xdomain READ isCrossDomain)

public:
    Handshake();
    Handshake(const EngineIo::HttpRequest &request, const QVariantMap &auth,
              const QDateTime &issued = QDateTime::currentDateTimeUtc());

    const QVariantMap &auth() const noexcept { return m_auth; }
    const EngineIo::HttpRequest &request() const noexcept { return m_request; }
    const EngineIo::HttpHeaders &headers() const { return m_request.headers(); }
    QMap<QString, QString> query() const { return m_request.query(); }
    QString queryValue(QStringView name) const { return m_request.queryValue(name); }
    QString url() const;
    QString address() const;
    bool isSecure() const { return m_request.isSecure(); }
    bool isCrossDomain() const;
    QString time() const;
    QDateTime issued() const;

    // With Socket.IO's member names, as sent between the servers of a cluster.
    QVariantMap toVariantMap() const;
    static Handshake fromVariantMap(const QVariantMap &map);

private:
    EngineIo::HttpRequest m_request;
    QVariantMap m_auth;
    qint64 m_issued = 0; // ms since the epoch
};

} // namespace SocketIo

Q_DECLARE_METATYPE(SocketIo::Handshake)

#endif
