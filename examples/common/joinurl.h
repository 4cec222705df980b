// SPDX-License-Identifier: MIT
#ifndef JOINURL_H
#define JOINURL_H

#include <QtCore/qurl.h>
#include <QtNetwork/qhostaddress.h>

// Where others reach a server that listens at address. If it listens at all of them, that is this
// computer's address in its network; without a network, only this computer reaches it.
QUrl joinUrl(const QHostAddress &address, quint16 port);

// Where the server's own computer reaches it, with or without a network.
QUrl localUrl(const QHostAddress &address, quint16 port);

// The command that joins the server at url from another window or computer. examples/run tells how it
// was called, because its user knows nothing of the build folder.
QString joinCommand(const QUrl &url);

// Whether the URL names this computer, whichever that is.
bool isLoopback(const QUrl &url);

#endif
