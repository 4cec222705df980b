// SPDX-License-Identifier: MIT
#ifndef REFERENCE_H
#define REFERENCE_H

#include <EngineIo/Client>
#include <EngineIo/HttpHeaders>
#include <EngineIo/Server>
#include <SocketIo/ClientSocket>
#include <SocketIo/ClusterBroadcast>
#include <SocketIo/Packet>
#include <SocketIo/Server>

// For the compiler: these are quoted, and not called.
void engineClient(EngineIo::Client *client, QObject *context);
void engineServer(EngineIo::Server *server, QObject *context);
EngineIo::HttpHeaders engineHeaders();
void engineOptions();
void options();
void namespaceOf(SocketIo::Server &io, QObject *context);
void sockets(SocketIo::Server &io, SocketIo::ClientSocket *client, QObject *context);
void values();
void routeEvents(QObject *context);
SocketIo::ServerOptions withLog();
SocketIo::ServerOptions withTable();
void ask(SocketIo::Adapter *adapter, const SocketIo::Packet &event);

// What emitters send
void publish(SocketIo::ClusterPublisher *publisher);

#endif
