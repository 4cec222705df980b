// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_DESCRIPTOR_P_H
#define SOCKETIO_DESCRIPTOR_P_H

#include <QtCore/qglobal.h>

#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace SocketIo::detail {

// For send() and sendmsg(): no SIGPIPE, and no blocking.
#ifdef MSG_NOSIGNAL
constexpr int SendOptions = MSG_NOSIGNAL | MSG_DONTWAIT;
#else
constexpr int SendOptions = MSG_DONTWAIT;
#endif

// Owns an open file descriptor and closes it unless it is released.
class Descriptor
{
public:
    Descriptor() = default;
    explicit Descriptor(int number)
        : m_number(number)
    {
    }
    Descriptor(Descriptor &&other) noexcept
        : m_number(other.release())
    {
    }
    Descriptor &operator=(Descriptor &&other) noexcept
    {
        if (this != &other) {
            reset();
            m_number = other.release();
        }
        return *this;
    }
    ~Descriptor() { reset(); }

    int number() const noexcept { return m_number; }
    bool isValid() const noexcept { return m_number >= 0; }
    int release() noexcept { return std::exchange(m_number, -1); }
    void reset()
    {
        if (const int number = release(); number >= 0)
            ::close(number);
    }

private:
    int m_number = -1;
};

} // namespace SocketIo::detail

#endif
