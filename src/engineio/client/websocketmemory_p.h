// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETMEMORY_P_H
#define ENGINEIO_WEBSOCKETMEMORY_P_H

#include <QtCore/qglobal.h>

QT_BEGIN_NAMESPACE
class QUrl;
QT_END_NAMESPACE

namespace EngineIo::detail {

// Process-wide information about the availability of WebSocket on the network.
namespace WebSocketMemory {

// Whether the last connection that was able to use WebSocket did so (Engine.IO:
// priorWebsocketSuccess).
bool hasWorked();
void noteWorked(const QUrl &server);
void noteFailed();

// Whether the last attempt to open a WebSocket connection to the server was never answered, as
// happens behind proxies that do not support it.
bool isSwallowed(const QUrl &server);
void noteSwallowed(const QUrl &server);

} // namespace WebSocketMemory

} // namespace EngineIo::detail

#endif
