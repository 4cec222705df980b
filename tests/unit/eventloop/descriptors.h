// SPDX-License-Identifier: MIT
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <QtCore/qsocketnotifier.h>
#include <QtTest/qtest.h>

#include <functional>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace DispatcherTest {

// A connected pair of stream sockets that do not block.
class SocketPair
{
public:
    SocketPair()
    {
        int fds[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
            qFatal("socketpair failed");
        near = fds[0];
        far = fds[1];
        ::fcntl(near, F_SETFL, O_NONBLOCK);
        ::fcntl(far, F_SETFL, O_NONBLOCK);
    }
    SocketPair(SocketPair &&other) noexcept
        : near(std::exchange(other.near, -1))
        , far(std::exchange(other.far, -1))
    {
    }
    SocketPair &operator=(SocketPair &&) = delete;
    ~SocketPair()
    {
        closeNear();
        closeFar();
    }
    void closeNear() { close(near); }
    void closeFar() { close(far); }

    // What is sent can be read at the near end.
    void send(int bytes = 1) const
    {
        const QByteArray data(bytes, 'x');
        QCOMPARE(::write(far, data.constData(), size_t(bytes)), ssize_t(bytes));
    }
    // Takes that many bytes at most; how many there were.
    int receive(int bytes = 65536) const
    {
        QByteArray data(bytes, Qt::Uninitialized);
        return int(::read(near, data.data(), size_t(bytes)));
    }

    int near;
    int far;

private:
    static void close(int &fd)
    {
        if (fd >= 0)
            ::close(std::exchange(fd, -1));
    }
};

using Notifier = std::unique_ptr<QSocketNotifier>;

inline Notifier notifier(int fd, QSocketNotifier::Type type, std::function<void()> slot)
{
    auto created = std::make_unique<QSocketNotifier>(fd, type);
    QObject::connect(created.get(), &QSocketNotifier::activated, created.get(),
                     [slot = std::move(slot)] { slot(); });
    return created;
}

inline Notifier readNotifier(const SocketPair &pair, std::function<void()> slot)
{
    return notifier(pair.near, QSocketNotifier::Read, std::move(slot));
}

// Whether the process may open that many descriptors.
inline bool allowDescriptors(rlim_t count)
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return false;
    if (limit.rlim_cur < count) {
        limit.rlim_cur = std::min(count, limit.rlim_max);
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur >= count;
}

} // namespace DispatcherTest

#endif
