// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_COMPRESSION_H
#define SOCKETIO_COMPRESSION_H

namespace SocketIo {

// Whether a transport that can compress may compress an event.
enum class Compression : bool { Off, On };

} // namespace SocketIo

#endif
