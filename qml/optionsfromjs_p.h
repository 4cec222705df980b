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

// Returns the members of the value of the property options. If it is not an object, returns none
// and logs a warning.
QVariantMap optionsMapFromJs(const QVariant &value, const QObject *object);
// Reads options with socket.io's names and times in milliseconds. For options that are unknown or
// have the wrong type, a warning of object is logged; they are ignored otherwise. limits: the
// limits of sent values; maxValues is not part of ClientOptions.
ClientOptions clientOptionsFromJs(const QVariantMap &map, const QObject *object,
                                  JsLimits *limits = nullptr);
// tls: set if there is an option sslConfiguration, which is not part of ServerOptions either.
ServerOptions serverOptionsFromJs(const QVariantMap &map, const QObject *object,
                                  std::optional<QSslConfiguration> *tls = nullptr,
                                  JsLimits *limits = nullptr);

} // namespace SocketIo::detail

#endif
