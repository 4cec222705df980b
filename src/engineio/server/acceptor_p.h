// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_ACCEPTOR_P_H
#define ENGINEIO_ACCEPTOR_P_H

#include <EngineIo/engineioglobal.h>

#include "engineio/server/acceptretry_p.h"
#include "net/stream/descriptor_p.h"

#include <QtCore/qsocketnotifier.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qtcpserver.h>

#include <functional>
#include <memory>
#include <optional>

namespace EngineIo::detail {

// Where to accept connections: the address of a new socket, or a socket that is already listening.
struct ListenTarget
{
    QHostAddress address;
    quint16 port = 0;
    std::optional<qintptr> descriptor{};
};

// Accepts connections and hands on their descriptors, without making a socket of them.
//
// On Unix it calls accept() itself: QTcpServer binds and listens, but if there are no descriptors
// left, it may not detect why accept() fails and retry for as long as a client waits.
class ENGINEIO_EXPORT Acceptor final : public QTcpServer
{
public:
    explicit Acceptor(std::function<void(Descriptor)> accepted);
    ~Acceptor() override;

    // With a reason that names the address if that fails.
    bool start(const ListenTarget &target, QString *error);

protected:
    void incomingConnection(qintptr descriptor) override { m_accepted(Descriptor(descriptor)); }

private:
    void acceptPending();
    void pause(const QString &reason, AcceptWarning::Cause cause);
    void resume();

    std::function<void(Descriptor)> m_accepted;
    std::unique_ptr<QSocketNotifier> m_notifier; // Unix only
    QTimer m_retry;
    const AcceptWarning m_warning{};
};

} // namespace EngineIo::detail

#endif
