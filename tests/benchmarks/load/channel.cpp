// SPDX-License-Identifier: MIT
#include "channel.h"

#include "tls.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace Bench {

namespace {

constexpr std::size_t receiveSize = 256 * 1024;
// A source address has some 28,000 ports; connections that ended keep theirs for a minute.
constexpr unsigned sourceAddresses = 100;

std::array<char, receiveSize> &receiveBuffer()
{
    static std::array<char, receiveSize> buffer;
    return buffer;
}

std::string systemError(const char *call)
{
    return std::string(call) + ": " + std::strerror(errno);
}

sockaddr_in loopback(unsigned host, int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host);
    return address;
}

} // namespace

void fail(const std::string &message)
{
    std::fprintf(stderr, "bench-load: %s\n", message.c_str());
    std::exit(1);
}

long long now()
{
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<long long>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

Loop::Loop(int port, std::unique_ptr<TlsClient> tls)
    : m_epoll(epoll_create1(EPOLL_CLOEXEC))
    , m_port(port)
    , m_tls(std::move(tls))
{
    if (m_epoll < 0)
        fail(systemError("epoll_create1"));
}

Loop::~Loop()
{
    ::close(m_epoll);
}

void Loop::turn(long long until)
{
    std::array<epoll_event, 512> events;
    const long long left = (until - now() + 999'999) / 1'000'000;
    const int timeout = static_cast<int>(std::clamp<long long>(left, 0, 1000));
    const int count = epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), timeout);
    if (count < 0 && errno != EINTR)
        fail(systemError("epoll_wait"));
    for (int i = 0; i < count; ++i) {
        const epoll_event &event = events[static_cast<std::size_t>(i)];
        static_cast<Channel *>(event.data.ptr)->handle(event.events);
    }
}

Channel::Channel(Loop &loop, Owner &owner)
    : m_loop(loop)
    , m_owner(owner)
{
}

Channel::~Channel()
{
    close();
}

void Channel::open()
{
    close();
    ++m_generation;
    m_fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (m_fd < 0)
        fail(systemError("socket"));
    const int on = 1;
    setsockopt(m_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // The port is chosen by connect(), which can reuse one that is busy with another peer.
    setsockopt(m_fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    const sockaddr_in source = loopback(2 + m_loop.m_opened++ % sourceAddresses, 0);
    if (::bind(m_fd, reinterpret_cast<const sockaddr *>(&source), sizeof source) != 0)
        fail(systemError("bind"));
    const sockaddr_in server = loopback(1, m_loop.port());
    if (::connect(m_fd, reinterpret_cast<const sockaddr *>(&server), sizeof server) != 0
        && errno != EINPROGRESS)
        fail(systemError("connect"));
    m_bytesSent = 0;
    m_stopped = false;
    if (m_loop.m_tls)
        m_tls = m_loop.m_tls->session(m_fd);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = this;
    if (epoll_ctl(m_loop.m_epoll, EPOLL_CTL_ADD, m_fd, &event) != 0)
        fail(systemError("epoll_ctl"));
}

void Channel::close()
{
    if (m_fd < 0)
        return;
    m_tls.reset();
    ::close(m_fd);
    m_fd = -1;
    m_in.clear();
    m_out.clear();
}

void Channel::send(std::string_view bytes)
{
    // What answers the same read leaves together, as from an event loop's clients.
    if (m_out.empty() && !m_delivering) {
        const ssize_t sent = transmit(bytes);
        if (sent > 0)
            bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    // An error is seen by the read that follows it.
    m_out.append(bytes);
    // TLS takes a record at a time, after which the system announces no room, as there was room.
    if (m_tls && !m_delivering)
        flush();
}

ssize_t Channel::transmit(std::string_view bytes)
{
    const ssize_t sent = m_tls ? m_tls->write(bytes.data(), bytes.size())
                               : ::send(m_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0)
        m_bytesSent += static_cast<unsigned long long>(sent);
    return sent;
}

ssize_t Channel::receive(char *buffer, std::size_t size)
{
    return m_tls ? m_tls->read(buffer, size) : ::recv(m_fd, buffer, size, 0);
}

void Channel::flush()
{
    while (!m_out.empty()) {
        const ssize_t sent = transmit(m_out);
        if (sent <= 0)
            return;
        m_out.erase(0, static_cast<std::size_t>(sent));
    }
}

void Channel::handle(std::uint32_t events)
{
    if (m_fd < 0)
        return;
    if ((events & EPOLLOUT) != 0)
        flush();
    if (m_stopped && (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
        return close();
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
        read((events & EPOLLRDHUP) != 0);
}

void Channel::read(bool toEnd)
{
    const unsigned generation = m_generation;
    auto &buffer = receiveBuffer();
    while (!m_stopped) {
        const ssize_t count = receive(buffer.data(), buffer.size());
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
            // The end of a TLS handshake is a read, and what waited for it is sent.
            if (m_tls)
                flush();
            return;
        }
        if (count <= 0) {
            close();
            m_owner.ended(*this);
            return;
        }
        m_delivering = true;
        deliver({buffer.data(), static_cast<std::size_t>(count)});
        m_delivering = false;
        if (m_fd >= 0)
            flush();
        if (m_fd < 0 || m_generation != generation)
            return;
        // A short read has emptied the socket: the next arrival is a new edge. An end that came
        // with the bytes is not, and TLS reads a record at a time.
        if (!toEnd && !m_tls && static_cast<std::size_t>(count) < buffer.size())
            return;
    }
}

void Channel::deliver(std::string_view bytes)
{
    const unsigned generation = m_generation;
    if (m_in.empty()) {
        const std::size_t used = m_owner.received(*this, bytes);
        if (m_fd >= 0 && m_generation == generation && used < bytes.size())
            m_in.assign(bytes.substr(used));
        return;
    }
    m_in.append(bytes);
    const std::size_t used = m_owner.received(*this, m_in);
    if (m_fd >= 0 && m_generation == generation)
        m_in.erase(0, used);
}

} // namespace Bench
