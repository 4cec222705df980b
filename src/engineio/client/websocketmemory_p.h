// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETMEMORY_P_H
#define ENGINEIO_WEBSOCKETMEMORY_P_H

#include <QtCore/qglobal.h>

QT_BEGIN_NAMESPACE
class QUrl;
QT_END_NAMESPACE

namespace EngineIo::detail {

// What the process has learned of WebSocket on its network, in all threads.
namespace WebSocketMemory {

// Whether the last connection that could use it did (Engine.IO: priorWebsocketSuccess).
bool hasWorked();
void noteWorked(const QUrl &server);
void noteFailed();

// Whether the last attempt to open a connection to the server with it was never answered, as
// happens behind proxies that know nothing of it.
bool isSwallowed(const QUrl &server);
void noteSwallowed(const QUrl &server);

} // namespace WebSocketMemory

} // namespace EngineIo::detail

#endif
