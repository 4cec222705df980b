// SPDX-License-Identifier: MIT
#include "snippets.h"

//! [enable]
#include <EngineIo/Http2>

void serveHttp2(SocketIo::Server *io, const QSslConfiguration &tls)
{
    io->setSslConfiguration(tls);
    EngineIo::Http2::enable(io->engine());
    io->listen(QHostAddress::Any, 3000);
}
//! [enable]

void serveProxies(SocketIo::Server *io)
{
    //! [options]
    EngineIo::Http2Options options;
    options.maxConcurrentStreams = 1000; // each client of the proxy has one or two
    options.maxResets = 5000;            // clients that go away
    EngineIo::Http2::enable(io->engine(), options);
    //! [options]
}
