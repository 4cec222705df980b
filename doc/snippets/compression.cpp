// SPDX-License-Identifier: MIT
#include "snippets.h"

using namespace Qt::StringLiterals;

//! [server]
std::unique_ptr<SocketIo::Server> makeCompressingServer()
{
    SocketIo::ServerOptions options;
    options.perMessageDeflate = EngineIo::PerMessageDeflateOptions();
    return std::make_unique<SocketIo::Server>(options);
}
//! [server]

std::unique_ptr<SocketIo::Server> makeCompressingServerForMany()
{
    SocketIo::ServerOptions options;
    //! [many clients]
    EngineIo::PerMessageDeflateOptions deflate;
    deflate.serverNoContextTakeover = true;
    deflate.clientNoContextTakeover = true;
    options.perMessageDeflate = deflate;
    //! [many clients]
    return std::make_unique<SocketIo::Server>(options);
}

void sendImage(SocketIo::Server *io, const QByteArray &image)
{
    //! [single message]
    io->compress(SocketIo::Compression::Off).emitEvent(u"image"_s, image);
    //! [single message]
}
