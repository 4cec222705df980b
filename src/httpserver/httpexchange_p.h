// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPEXCHANGE_P_H
#define ENGINEIO_HTTPEXCHANGE_P_H

#include <EngineIo/httprequest.h>
#include <EngineIo/httpresponse.h>

#include <QtCore/qobject.h>
#include <QtHttpServer/qhttpserverresponder.h>

#include <functional>
#include <optional>

QT_BEGIN_NAMESPACE
class QHttpServerRequest;
QT_END_NAMESPACE

namespace EngineIo::detail {

// As QHttpServer gives it to the function of a route, which may take it over in either case.
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
using RouteResponder = QHttpServerResponder &;
#else
using RouteResponder = QHttpServerResponder &&;
#endif

// A request that a QHttpServer has received, until it is answered. Here is all that is different
// between the versions of Qt.
class HttpExchange
{
public:
    explicit HttpExchange(QHttpServerResponder &&responder);
    ~HttpExchange();
    Q_DISABLE_COPY_MOVE(HttpExchange)

    HttpRequest convert(const QHttpServerRequest &request) const;
    // Calls handler if the client goes before it has been answered, as far as Qt tells: since 6.8
    // it does not.
    void setAbortHandler(const std::function<void()> &handler, const QObject *context);
    // Once; a client that has gone is not written to.
    void answer(const HttpResponse &response);
    void abort();

private:
    std::optional<QHttpServerResponder> m_responder; // none: it is over
    QMetaObject::Connection m_disconnected;
};

} // namespace EngineIo::detail

#endif
