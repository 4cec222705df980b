// SPDX-License-Identifier: MIT
#ifndef WEBPAGE_H
#define WEBPAGE_H

#include <QtCore/qstring.h>

namespace EngineIo {
class Server;
}

// Answers the requests that are none of Socket.IO's with the files of a folder.
void servePage(EngineIo::Server *engine, const QString &folder);

#endif
