// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_PERMESSAGEDEFLATEOPTIONS_H
#define ENGINEIO_PERMESSAGEDEFLATEOPTIONS_H

#include <EngineIo/engineioglobal.h>

namespace EngineIo {

// The settings of the compression of WebSocket messages (RFC 7692), with the names of npm's ws.
struct PerMessageDeflateOptions
{
    qsizetype threshold = 1024; // bytes
    bool serverNoContextTakeover = false;
    bool clientNoContextTakeover = false;
    int serverMaxWindowBits = 15; // 9 to 15
    int clientMaxWindowBits = 15; // 8 to 15
    int level = -1;               // 0 to 9; -1: zlib's choice
    int memLevel = 8;             // 1 to 9
};

} // namespace EngineIo

#endif
