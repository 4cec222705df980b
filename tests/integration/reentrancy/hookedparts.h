// SPDX-License-Identifier: MIT
#ifndef REENTRANCY_HOOKEDPARTS_H
#define REENTRANCY_HOOKEDPARTS_H

#include <SocketIo/ClientOptions>
#include <SocketIo/ServerOptions>

#include <initializer_list>

class QObject;
class SioWorld;

// Adapters and parsers of an application's own, which call hooks.

inline constexpr std::initializer_list<const char *> partsOfServer = {
    "adapter addAll",         "adapter del",
    "adapter delAll",         "adapter broadcast",
    "adapter persistSession", "adapter restoreSession",
    "parser of the server",   "cluster publish",
};
inline constexpr std::initializer_list<const char *> partsOfClient = {
    "parser of the client",
    "parser decoder of the client",
};

// To be called for the adapter of a cluster.
void hearOfAnotherServer(QObject *adapter);

void hookParts(SocketIo::ServerOptions *options, SioWorld *world, const QByteArray &hook);
void hookParts(SocketIo::ClientOptions *options, SioWorld *world, const QByteArray &hook);

#endif
