// SPDX-License-Identifier: MIT
#ifndef REDISADAPTERS_H
#define REDISADAPTERS_H

#include <SocketIo/ServerOptions>

#include <QtCore/qjsonobject.h>

// The adapter that the members "adapter", "redis", "prefix" and "mode" describe, as for the servers
// on Node.js.
SocketIo::AdapterFactory clusterAdapter(const QJsonObject &config);

#endif
