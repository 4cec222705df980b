// SPDX-License-Identifier: MIT
#ifndef BENCH_TLS_H
#define BENCH_TLS_H

#include "options.h"

#include <cstddef>
#include <memory>
#include <sys/types.h>

namespace Bench {

// One connection's TLS over a non-blocking socket, which it does not own.
class TlsSession
{
public:
    virtual ~TlsSession() = default;
    // As send() and recv(): bytes, 0 at the end, or -1 with errno.
    virtual ssize_t write(const char *bytes, std::size_t size) = 0;
    virtual ssize_t read(char *buffer, std::size_t size) = 0;
};

// What the sessions have in common: they believe every certificate.
class TlsClient
{
public:
    virtual ~TlsClient() = default;
    virtual std::unique_ptr<TlsSession> session(int fd) = 0;
};

// Nothing without --tls. Ends the process if it is asked for and was not built in.
std::unique_ptr<TlsClient> tlsClient(const Options &options);

} // namespace Bench

#endif // BENCH_TLS_H
