// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_OPTIONSFROMJS_P_H
#define SOCKETIO_OPTIONSFROMJS_P_H

#include "jslimits_p.h"

#include <SocketIo/ClientOptions>
#include <SocketIo/ServerOptions>

#include <QtCore/qvariant.h>
#include <QtNetwork/qsslconfiguration.h>

#include <optional>

QT_BEGIN_NAMESPACE
class QObject;
QT_END_NAMESPACE

namespace SocketIo::detail {

// The members of what the property options is set to; none, with a warning, if that is no object.
QVariantMap optionsMapFromJs(const QVariant &value, const QObject *object);
// Options by socket.io's names, times in milliseconds. What is unknown or of the wrong kind is
// reported as a warning of object and otherwise ignored.
// limits: of what is sent; maxValues is no part of ClientOptions.
ClientOptions clientOptionsFromJs(const QVariantMap &map, const QObject *object,
                                  JsLimits *limits = nullptr);
// tls: set if there is the option sslConfiguration, which is no part of ServerOptions either.
ServerOptions serverOptionsFromJs(const QVariantMap &map, const QObject *object,
                                  std::optional<QSslConfiguration> *tls = nullptr,
                                  JsLimits *limits = nullptr);

} // namespace SocketIo::detail

#endif
