// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_LISTENER_P_H
#define ENGINEIO_LISTENER_P_H

#include <QtCore/qtimer.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>

#include <chrono>
#include <functional>
#include <utility>

namespace EngineIo::detail {

// A descriptor on its way to the worker that will serve it; closed if it does not get there.
class AcceptedSocket
{
public:
    explicit AcceptedSocket(qintptr descriptor)
        : m_descriptor(descriptor)
    {
    }
    AcceptedSocket(AcceptedSocket &&other) noexcept
        : m_descriptor(std::exchange(other.m_descriptor, -1))
    {
    }
    AcceptedSocket &operator=(AcceptedSocket &&) = delete;
    ~AcceptedSocket()
    {
        if (m_descriptor != -1)
            QTcpSocket().setSocketDescriptor(m_descriptor); // which takes it over, and closes it
    }
    qintptr release() { return std::exchange(m_descriptor, -1); }

private:
    qintptr m_descriptor;
};

// Accepts connections and hands on their descriptors, without making a socket of them.
class Listener final : public QTcpServer
{
public:
    explicit Listener(std::function<void(qintptr)> accepted)
        : m_accepted(std::move(accepted))
    {
        // A whole crowd of clients may come back at once.
        setListenBacklogSize(4096);
        // Out of descriptors, QTcpServer stops for good; a later try finds some free again.
        connect(this, &QTcpServer::acceptError, this,
                [this] { QTimer::singleShot(RetryDelay, this, &QTcpServer::resumeAccepting); });
    }

protected:
    void incomingConnection(qintptr descriptor) override { m_accepted(descriptor); }

private:
    static constexpr std::chrono::milliseconds RetryDelay{100};

    std::function<void(qintptr)> m_accepted;
};

} // namespace EngineIo::detail

#endif
