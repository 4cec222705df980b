// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTP2PROTOCOL_P_H
#define ENGINEIO_HTTP2PROTOCOL_P_H

#include <QtCore/qbytearray.h>

#include <memory>

namespace EngineIo::detail {

class RequestExchange;
class IoContext;
class Stream;
struct HttpConnectionSettings;

// A connection that carries many requests at once.
class Http2Connection
{
public:
    virtual ~Http2Connection() = default;
    // firstBytes have been read from the stream already.
    virtual void start(const QByteArray &firstBytes) = 0;
    virtual void abort() = 0;
};

class Http2Observer
{
public:
    // A request has arrived; it may be for a session of another thread.
    virtual void http2RequestReceived(const std::shared_ptr<RequestExchange> &exchange) = 0;
    virtual void http2Closed(const std::shared_ptr<Http2Connection> &connection) = 0;

protected:
    ~Http2Observer() = default;
};

// HTTP/2 is implemented by an optional library that lies above this one.
class Http2Protocol
{
public:
    virtual ~Http2Protocol() = default;
    // Called in the I/O thread of the stream.
    virtual std::shared_ptr<Http2Connection> connection(std::unique_ptr<Stream> stream,
                                                        IoContext &context,
                                                        const HttpConnectionSettings &settings,
                                                        Http2Observer *observer) const = 0;
};

} // namespace EngineIo::detail

#endif
