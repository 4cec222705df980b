// SPDX-License-Identifier: MIT
#include "httpserver/httpexchange_p.h"

#include "net/http/httprequestwriter_p.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qurl.h>
#include <QtHttpServer/qhttpserverrequest.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslsocket.h>

#include <utility>

namespace EngineIo::detail {

namespace {

using StatusCode = QHttpServerResponder::StatusCode;

QByteArray methodName(QHttpServerRequest::Method method)
{
    const auto names = QMetaEnum::fromType<QHttpServerRequest::Method>();
    return QByteArray(names.valueToKey(int(method))).toUpper();
}

// QHttpServer only knows those that it has a name for.
StatusCode statusCode(int status)
{
    const auto codes = QMetaEnum::fromType<StatusCode>();
    return codes.valueToKey(status) ? StatusCode(status) : StatusCode::InternalServerError;
}

} // namespace

HttpExchange::HttpExchange(QHttpServerResponder &&responder)
    : m_responder(std::move(responder))
{
}

HttpExchange::~HttpExchange()
{
    abort();
}

HttpRequest HttpExchange::convert(const QHttpServerRequest &request) const
{
    HttpHeaders headers;
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    const QHttpHeaders &fields = request.headers();
    for (qsizetype i = 0; i < fields.size(); ++i)
        headers.append(QByteArray(fields.nameAt(i).data(), fields.nameAt(i).size()),
                       fields.valueAt(i).toByteArray());
#else
    const QList<QPair<QByteArray, QByteArray>> fields = request.headers();
    for (const auto &[name, value] : fields)
        headers.append(name, value);
#endif
    HttpRequest converted(
        methodName(request.method()),
        request.url().toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::RemoveFragment),
        headers, request.body());
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    converted.setRemote(request.remoteAddress(), request.remotePort());
    const QSslConfiguration tls = request.sslConfiguration();
    if (!tls.isNull())
        HttpRequestWriter(converted).setSecure(tls.peerCertificate());
#else
    const QTcpSocket *socket = m_responder->socket();
    converted.setRemote(socket->peerAddress(), socket->peerPort());
    if (const auto *tls = qobject_cast<const QSslSocket *>(socket))
        HttpRequestWriter(converted).setSecure(tls->peerCertificate());
#endif
    return converted;
}

void HttpExchange::setAbortHandler(const std::function<void()> &handler, const QObject *context)
{
#if QT_VERSION < QT_VERSION_CHECK(6, 8, 0)
    // What the responder refers to is gone then.
    if (m_responder)
        m_disconnected = QObject::connect(m_responder->socket(), &QTcpSocket::disconnected, context,
                                          [this, handler] {
                                              abort();
                                              handler();
                                          });
#else
    Q_UNUSED(handler)
    Q_UNUSED(context)
#endif
}

void HttpExchange::answer(const HttpResponse &response)
{
    if (!m_responder)
        return;
    const bool hasBody =
        response.status() >= 200 && response.status() != 204 && response.status() != 304;
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    QHttpHeaders headers;
    for (const HttpHeaders::FieldView &field : response.headers())
        headers.append(field.first, field.second);
    m_responder->write(response.body(), headers, statusCode(response.status()));
    Q_UNUSED(hasBody)
#else
    m_responder->writeStatusLine(statusCode(response.status()));
    for (const HttpHeaders::FieldView &field : response.headers())
        m_responder->writeHeader(field.first.toByteArray(), field.second.toByteArray());
    if (hasBody)
        m_responder->writeHeader("Content-Length", QByteArray::number(response.body().size()));
    m_responder->writeBody(response.body());
#endif
    abort();
}

void HttpExchange::abort()
{
    QObject::disconnect(m_disconnected);
    m_responder.reset();
}

} // namespace EngineIo::detail
