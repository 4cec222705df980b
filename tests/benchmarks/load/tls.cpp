// SPDX-License-Identifier: MIT
#include "tls.h"

#include "channel.h"

#ifdef BENCH_WITH_OPENSSL
#include <algorithm>
#include <cerrno>
#include <climits>
#include <openssl/ssl.h>
#endif

namespace Bench {

#ifdef BENCH_WITH_OPENSSL

namespace {

struct Release
{
    void operator()(SSL_CTX *context) const { SSL_CTX_free(context); }
    void operator()(SSL *ssl) const { SSL_free(ssl); }
    void operator()(SSL_SESSION *session) const { SSL_SESSION_free(session); }
};

class OpenSslSession final : public TlsSession
{
public:
    OpenSslSession(SSL_CTX *context, SSL_SESSION *resumed, int fd)
        : m_ssl(SSL_new(context))
    {
        if (!m_ssl || SSL_set_fd(m_ssl.get(), fd) != 1)
            fail("no TLS session");
        if (resumed != nullptr)
            SSL_set_session(m_ssl.get(), resumed);
        SSL_set_connect_state(m_ssl.get());
    }

    // A connection that ends without a good-bye would make its session unfit for another.
    ~OpenSslSession() override
    {
        SSL_set_shutdown(m_ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }

    ssize_t write(const char *bytes, std::size_t size) override
    {
        return result(SSL_write(m_ssl.get(), bytes, limited(size)));
    }

    ssize_t read(char *buffer, std::size_t size) override
    {
        return result(SSL_read(m_ssl.get(), buffer, limited(size)));
    }

private:
    static int limited(std::size_t size)
    {
        return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
    }

    ssize_t result(int count)
    {
        if (count > 0)
            return count;
        switch (SSL_get_error(m_ssl.get(), count)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            errno = EAGAIN;
            return -1;
        case SSL_ERROR_ZERO_RETURN:
            return 0;
        default:
            errno = ECONNRESET;
            return -1;
        }
    }

    std::unique_ptr<SSL, Release> m_ssl;
};

class OpenSslClient final : public TlsClient
{
public:
    explicit OpenSslClient(bool resume)
        : m_context(SSL_CTX_new(TLS_client_method()))
    {
        if (!m_context)
            fail("no TLS");
        SSL_CTX_set_mode(m_context.get(),
                         SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        if (!resume)
            return;
        SSL_CTX_set_session_cache_mode(m_context.get(),
                                       SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
        SSL_CTX_set_app_data(m_context.get(), this);
        SSL_CTX_sess_set_new_cb(m_context.get(), [](SSL *ssl, SSL_SESSION *session) {
            auto *client = static_cast<OpenSslClient *>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
            client->m_last.reset(session);
            return 1;
        });
    }

    std::unique_ptr<TlsSession> session(int fd) override
    {
        return std::make_unique<OpenSslSession>(m_context.get(), m_last.get(), fd);
    }

private:
    std::unique_ptr<SSL_CTX, Release> m_context;
    std::unique_ptr<SSL_SESSION, Release> m_last;
};

} // namespace

std::unique_ptr<TlsClient> tlsClient(const Options &options)
{
    return options.tls ? std::make_unique<OpenSslClient>(options.resume) : nullptr;
}

#else

std::unique_ptr<TlsClient> tlsClient(const Options &options)
{
    if (options.tls)
        fail("built without OpenSSL, which --tls needs");
    return nullptr;
}

#endif

} // namespace Bench
