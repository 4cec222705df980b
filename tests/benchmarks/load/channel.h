// SPDX-License-Identifier: MIT
#ifndef BENCH_CHANNEL_H
#define BENCH_CHANNEL_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace Bench {

class Channel;
class TlsClient;
class TlsSession;

// A monotonic clock, in nanoseconds.
long long now();

// Waits for channels, edge-triggered, so that a channel costs one epoll_ctl() in its life.
class Loop
{
public:
    // Channels use TLS if a client for it is given.
    explicit Loop(int port, std::unique_ptr<TlsClient> tls = {});
    ~Loop();
    Loop(const Loop &) = delete;
    Loop &operator=(const Loop &) = delete;

    // Waits for events until the time given at most, and handles those that there are.
    void turn(long long until);
    int port() const { return m_port; }

private:
    friend class Channel;
    int m_epoll;
    int m_port;
    std::unique_ptr<TlsClient> m_tls;
    unsigned m_opened = 0;
};

// A non-blocking TCP connection to the server on the loopback interface.
class Channel
{
public:
    // Receives what a channel reads.
    class Owner
    {
    public:
        virtual ~Owner() = default;
        // Returns how many bytes were used; the rest is shown again with what follows it.
        virtual std::size_t received(Channel &channel, std::string_view bytes) = 0;
        virtual void ended(Channel &channel) = 0;
    };

    Channel(Loop &loop, Owner &owner);
    ~Channel();
    Channel(const Channel &) = delete;
    Channel &operator=(const Channel &) = delete;

    // Ends the process with a message if the system refuses.
    void open();
    bool isOpen() const { return m_fd >= 0; }
    void close();
    void send(std::string_view bytes);
    // What arrives from now on stays in the system's buffer.
    void stopReading() { m_stopped = true; }
    // Nothing waits for room in the system's buffer.
    bool isDrained() const { return m_out.empty(); }
    // What the system has taken since the channel was opened.
    unsigned long long bytesSent() const { return m_bytesSent; }

private:
    friend class Loop;
    void handle(std::uint32_t events);
    // As send() and recv(): bytes, 0 at the end, or -1 with errno.
    ssize_t transmit(std::string_view bytes);
    ssize_t receive(char *buffer, std::size_t size);
    void flush();
    void read(bool toEnd);
    void deliver(std::string_view bytes);

    Loop &m_loop;
    Owner &m_owner;
    int m_fd = -1;
    std::unique_ptr<TlsSession> m_tls;
    unsigned long long m_bytesSent = 0;
    // Counts openings: a handler may close and open the channel again.
    unsigned m_generation = 0;
    bool m_delivering = false;
    bool m_stopped = false;
    std::string m_in;
    std::string m_out;
};

// Ends the process: a benchmark that goes on after an error measures something else.
[[noreturn]] void fail(const std::string &message);

} // namespace Bench

#endif // BENCH_CHANNEL_H
