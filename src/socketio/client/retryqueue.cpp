// SPDX-License-Identifier: MIT
#include "socketio/client/retryqueue_p.h"

#include "base/callout_p.h"
#include "socketio/client/clientsocket_p.h"
#include "socketio/client/manager_p.h"
#include "socketio/events/pendingack_p.h"

#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::CallOut;

RetryQueue::RetryQueue(ClientSocketPrivate *socket)
    : m_socket(socket)
    , m_silence(socket->q)
{
    m_silence.setSingleShot(true);
    QObject::connect(&m_silence, &QTimer::timeout, &m_silence, [this] { warnOfSilence(); });
}

QString RetryQueue::unansweredHint()
{
    return u"Have the server's listener take an acknowledgement and call it, and set "
           "ClientOptions::ackTimeout: without it an event is sent again only when the connection "
           "was made anew."_s;
}

// With retries each event waits for the one before.
void RetryQueue::warnOfSilence()
{
    if (m_items.empty() || !m_items.front().underWay || !m_socket->canSendNow()
        || std::exchange(m_silenceTold, true)) {
        return;
    }
    m_socket->warn(u"the event \"%1\" to %2 has not been acknowledged for %3 ms, and %4. %5"_s.arg(
        first(), m_socket->placeText(), QString::number(m_silence.interval()),
        count() == 1 ? u"all that follow will wait for that"_s
                     : u"%1 more wait for that"_s.arg(count() - 1),
        unansweredHint()));
}

void RetryQueue::add(const QString &event, const QVariantList &args, EngineIo::SendFlags flags,
                     std::optional<std::chrono::milliseconds> timeout, PendingAck *ack)
{
    m_items.push_back({++m_lastNumber, event, args, flags, timeout, ack});
    CallOut out(m_socket->q);
    out.emitSignal(&ClientSocket::queuedCountChanged, count());
    out.call([this] { drain(); });
    out.call([this] { m_socket->noteWaiting(); });
}

void RetryQueue::drain(Drain mode)
{
    CallOut out(m_socket->q);
    while (out && !m_items.empty() && m_socket->canSendNow()) {
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
            [this, guard = QPointer<ClientSocket>(m_socket->q), number](const Error &error,
                                                                        const QVariantList &args) {
                if (guard)
                    answered(number, error, args);
            },
            m_socket->ackTimeout(head.timeout));
        if (!m_socket->ackTimeout(head.timeout))
            m_silence.start(m_socket->manager->ackPatience);
        const QString event = head.event;
        if (m_socket->sendEvent(m_socket->eventPacket(event, head.args, id), head.flags))
            return;
        // It cannot be encoded, so trying again is useless.
        if (out && m_socket->acks.remove(id))
            removeHead(m_socket->notSentError(event), {});
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
    if (error)
        tellGivenUp(error);
    CallOut out(m_socket->q);
    removeHead(error, args);
    out.call([this] { drain(); });
}

// Retries are asked for by those who must not lose an event. What the application has ended itself
// it knows.
void RetryQueue::tellGivenUp(const Error &error) const
{
    const Item &head = m_items.front();
    if (PendingAckPrivate::isOwnEnd(error) || PendingAckPrivate::isAwaited(head.ack))
        return;
    QString reason = error.data().toMap().value(u"description"_s).toString();
    QString remedy = u"Emit it again, or raise the option retries."_s;
    const auto timeout = m_socket->ackTimeout(head.timeout);
    if (timeout && error.type() == Error::Type::Timeout) {
        reason = u"the server did not acknowledge it within %1 ms"_s.arg(timeout->count());
        remedy = u"Check that the server's listener takes an acknowledgement and calls it, or "
                 "raise the options retries or ackTimeout."_s;
    }
    m_socket->warn(u"the event \"%1\" to %2 is given up after %3: %4. %5"_s.arg(
        head.event, m_socket->placeText(),
        head.tryCount == 1 ? u"1 attempt"_s : u"%1 attempts"_s.arg(head.tryCount), reason, remedy));
}

void RetryQueue::removeHead(const Error &error, const QVariantList &args)
{
    const QPointer<PendingAck> ack = m_items.front().ack;
    m_items.pop_front();
    m_silence.stop();
    CallOut out(m_socket->q);
    out.emitSignal(&ClientSocket::queuedCountChanged, count());
    if (error)
        PendingAckPrivate::fail(ack, error);
    else
        PendingAckPrivate::acknowledge(ack, args);
    out.call([this] { m_socket->reportFlushed(); });
}

} // namespace SocketIo::detail
