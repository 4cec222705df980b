// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SLOTWATCH_P_H
#define SOCKETIO_SLOTWATCH_P_H

#include <SocketIo/packet.h>
#include <SocketIo/pendingack.h>

#include <QtCore/qpointer.h>
#include <QtCore/qstring.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <functional>

namespace SocketIo::detail {

// Warns of a slot that was called for a packet, requests an acknowledgement and waits for it in an
// event loop: no answer can arrive before the slot returns.
class SOCKETIO_AUTOTEST_EXPORT SlotWatch
{
public:
    // address: returns the server's, for people.
    SlotWatch(QObject *parent, std::function<QString()> address);

    // How long a slot may wait; 3 seconds by default.
    void setPatience(std::chrono::milliseconds patience) { m_timer.setInterval(patience); }
    // The slots that are called until leave() are called for the packet, which must exist until
    // then.
    void enter(const Packet &packet) { m_packet = &packet; }
    void leave();
    void noteAckAsked(PendingAck *ack);

private:
    void warn() const;

    const std::function<QString()> m_address;
    const Packet *m_packet = nullptr;
    QPointer<PendingAck> m_ack; // the first that was requested meanwhile
    QTimer m_timer;
};

} // namespace SocketIo::detail

#endif
