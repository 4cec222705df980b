// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPREQUEST_H
#define ENGINEIO_HTTPREQUEST_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/httpheaders.h>

#include <QtCore/qmap.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>
#include <QtNetwork/qhostaddress.h>

QT_BEGIN_NAMESPACE
class QSslCertificate;
QT_END_NAMESPACE

namespace EngineIo {

namespace detail {
class HttpRequestWriter;
}
class HttpRequestData;

class ENGINEIO_EXPORT HttpRequest
{
public:
    HttpRequest();
    HttpRequest(const QByteArray &method, const QByteArray &target, const HttpHeaders &headers = {},
                const QByteArray &body = {});
    HttpRequest(const HttpRequest &other);
    HttpRequest(HttpRequest &&other) noexcept;
    HttpRequest &operator=(const HttpRequest &other);
    HttpRequest &operator=(HttpRequest &&other) noexcept;
    ~HttpRequest();

    QByteArray method() const;
    QByteArray target() const;
    QByteArray path() const;
    QMap<QString, QString> query() const;
    QString queryValue(QStringView name) const;
    bool hasQueryValue(QStringView name) const;
    const HttpHeaders &headers() const;
    QByteArray header(QByteArrayView name) const;
    QByteArray body() const;
    int majorVersion() const;
    int minorVersion() const;
    bool isKeepAlive() const;
    bool isUpgrade() const;

    QHostAddress remoteAddress() const;
    quint16 remotePort() const;
    void setRemote(const QHostAddress &address, quint16 port);
    bool isSecure() const;
    void setSecure(bool secure);
    QSslCertificate peerCertificate() const;

    QVariant attribute(const QString &name) const;
    QVariantMap attributes() const;
    void setAttribute(const QString &name, const QVariant &value);

private:
    friend class detail::HttpRequestWriter;
    const HttpRequestData &data() const;
    HttpRequestData &ownData();

    QExplicitlySharedDataPointer<HttpRequestData> d;
};

} // namespace EngineIo

Q_DECLARE_METATYPE(EngineIo::HttpRequest)

#endif
