// SPDX-License-Identifier: MIT
#ifndef COROUTINES_H
#define COROUTINES_H

#include <SocketIo/ClientSocket>

#include <QCoroTask>

QCoro::Task<QString> saveTwice(SocketIo::ClientSocket *socket);
QCoro::Task<QString> saveOnce(SocketIo::ClientSocket *socket);

#endif
