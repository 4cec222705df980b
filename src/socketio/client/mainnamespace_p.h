// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MAINNAMESPACE_P_H
#define SOCKETIO_MAINNAMESPACE_P_H

#include <SocketIo/packet.h>

#include <QtCore/qtimer.h>

#include <chrono>
#include <functional>

namespace SocketIo::detail {

// The membership of a connection in the main namespace, if the server joins that by itself, as
// Socket.IO 2 does. There, a refusal of the main namespace may be one of all namespaces.
class SOCKETIO_AUTOTEST_EXPORT MainNamespace
{
public:
    // None: it is joined by a CONNECT, as others are; Expected: the server is about to join it;
    // Refused: the server has refused it, and a CONNECT is answered.
    enum class Membership { None, Expected, Joined, Refused };
    // Is called with the refusal, and may delete the MainNamespace.
    using RefuseOthers = std::function<void(const Packet &refusal)>;
    // How long to wait for the answer to a CONNECT behind the refusal: Socket.IO 2 does not answer
    // it.
    static constexpr std::chrono::milliseconds Patience{2000};

    // joinsByItself: see ServerProtocol::joinsMainNamespace().
    MainNamespace(QObject *parent, bool joinsByItself, const RefuseOthers &refuseOthers,
                  std::chrono::milliseconds patience = Patience);

    // There is a connection, or none any more.
    void begin();
    void end() { m_timer.stop(); }

    Membership membership() const noexcept { return m_membership; }
    // A DISCONNECT was sent.
    void noteLeft() { m_membership = Membership::None; }
    // received: a packet for any namespace.
    void noteReceived(const Packet &received);
    // Whether the packet says that the server has refused the main namespace or, if that is joined,
    // that there is an error in any namespace.
    bool isError(const Packet &received) const;
    void refused(const Packet &refusal, bool areOthersJoined);

private:
    const bool m_joinsByItself;
    Membership m_membership = Membership::None;
    Packet m_refusal;
    QTimer m_timer; // until it is clear whether the refusal is that of all namespaces
};

} // namespace SocketIo::detail

#endif
