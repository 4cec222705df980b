// SPDX-License-Identifier: MIT
#include "socketio/client/retryqueue_p.h"

#include "socketio/client/clientsocket_p.h"
#include "socketio/events/pendingack_p.h"

#include <utility>

namespace SocketIo::detail {

void RetryQueue::add(const QString &event, const QVariantList &args, EngineIo::SendFlags flags,
                     std::optional<std::chrono::milliseconds> timeout, PendingAck *ack)
{
    m_items.push_back({++m_lastNumber, event, args, flags, timeout, ack});
    const QPointer<ClientSocket> guard(m_socket->q);
    Q_EMIT m_socket->q->queueLengthChanged(count());
    if (guard)
        drain();
}

void RetryQueue::drain(Drain mode)
{
    const QPointer<ClientSocket> guard(m_socket->q);
    while (guard && !m_items.empty() && m_socket->canSendNow()) {
        Item &head = m_items.front();
        if (head.underWay && mode == Drain::Next)
            return;
        mode = Drain::Next;
        head.underWay = true;
        ++head.tryCount;
        const quint64 number = head.number;
        const qint64 id = m_socket->nextAckId++;
        m_socket->acks.add(
            id, AckRegistry::Kind::ErrorAware,
            [this, number](const Error &error, const QVariantList &args) {
                answered(number, error, args);
            },
            m_socket->ackTimeout(head.timeout));
        if (m_socket->sendEvent(m_socket->eventPacket(head.event, head.args, id), head.flags))
            return;
        // It cannot be encoded, so trying again is of no use.
        if (guard && m_socket->acks.remove(id))
            removeHead(ClientSocketPrivate::notSentError(), {});
    }
}

void RetryQueue::answered(quint64 number, const Error &error, const QVariantList &args)
{
    // An earlier try of an event that was answered meanwhile.
    if (m_items.empty() || m_items.front().number != number)
        return;
    if (error && m_items.front().tryCount <= m_socket->retries) {
        m_items.front().underWay = false;
        drain();
        return;
    }
    const QPointer<ClientSocket> guard(m_socket->q);
    removeHead(error, args);
    if (guard)
        drain();
}

void RetryQueue::removeHead(const Error &error, const QVariantList &args)
{
    const QPointer<PendingAck> ack = m_items.front().ack;
    m_items.pop_front();
    Q_EMIT m_socket->q->queueLengthChanged(count());
    if (error)
        PendingAckPrivate::fail(ack, error);
    else
        PendingAckPrivate::acknowledge(ack, args);
}

} // namespace SocketIo::detail
