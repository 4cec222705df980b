// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ANSWERCOLLECTOR_P_H
#define SOCKETIO_ANSWERCOLLECTOR_P_H

#include "socketio/server/servertally_p.h"

#include <SocketIo/broadcastoptions.h>
#include <SocketIo/error.h>
#include <SocketIo/namespace.h>
#include <SocketIo/packet.h>
#include <SocketIo/pendingack.h>

#include <QtCore/qpointer.h>
#include <QtCore/qvariant.h>

#include <memory>

namespace SocketIo {

class NamespacePrivate;

namespace detail {

// Gathers the answers to one broadcast. The adapter's functions share it.
class AnswerCollector : public std::enable_shared_from_this<AnswerCollector>
{
public:
    AnswerCollector(NamespacePrivate *nsp, const QString &event);

    // Sends the packet. Returns what the caller hands out.
    PendingAck *start(const Packet &packet, const BroadcastOptions &options);

private:
    void check();
    Error lostError() const;
    void fail(const Error &error);
    bool finish();

    const QPointer<Namespace> m_nsp;
    const QPointer<PendingAck> m_ack;
    const qint64 m_id;
    QVariantList m_answers;
    Error m_error; // why it could not be sent to all
    qsizetype m_clients = 0;
    qsizetype m_lost = 0;
    ServerTally m_tally;
    bool m_finished = false;
};

} // namespace detail

} // namespace SocketIo

#endif
