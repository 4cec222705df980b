// SPDX-License-Identifier: MIT
#include "socketio/server/answercollector_p.h"

#include "socketio/events/ackregistry_p.h"
#include "socketio/events/pendingack_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/server_p.h"

#include <algorithm>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

AnswerCollector::AnswerCollector(NamespacePrivate *nsp, const QString &event)
    : m_nsp(nsp->q)
    , m_ack(PendingAckPrivate::create(
          nsp->q, event, u"all receivers in namespace %1"_s.arg(nsp->name), nsp->ackWarnings))
    , m_id(nsp->nextTimeoutId++)
{
}

PendingAck *AnswerCollector::start(const Packet &packet, const BroadcastOptions &options)
{
    const auto self = shared_from_this();
    const QPointer<PendingAck> ack = m_ack;
    NamespacePrivate *nsp = NamespacePrivate::get(m_nsp);
    if (options.timeout) {
        nsp->timeouts().add(
            m_id, AckRegistry::Kind::ErrorAware,
            [self](const Error &error, const QVariantList &) { self->fail(error); },
            options.timeout);
    }
    const BroadcastReplies replies{
        [self](int count) {
            self->m_clients += count;
            ++self->m_tally.counted;
            self->check();
        },
        [self](const QVariant &answer) {
            if (!self->m_finished)
                self->m_answers.append(answer);
            self->check();
        },
        [self](int count) {
            self->m_lost += count;
            self->check();
        },
        [self] {
            self->m_tally.allCounted = true;
            self->check();
        },
        [self](const Error &error) { self->m_error = error; },
    };
    const auto noteServers = [self](int count) {
        self->m_tally.expected = std::max(count, 1);
        self->check();
    };
    if (nsp->callAdapter(
            [&](Adapter &adapter) { adapter.broadcastWithAck(packet, options, replies); })) {
        self->m_tally.isSent = true;
        nsp->callAdapter([&](Adapter &adapter) { adapter.serverCount(noteServers); });
        self->check();
    }
    return PendingAckPrivate::handOut(ack);
}

void AnswerCollector::check()
{
    if (!m_tally.isComplete() || m_answers.size() + m_lost < m_clients)
        return;
    if (m_lost > 0) {
        fail(m_error ? m_error : lostError());
    } else if (finish()) {
        PendingAckPrivate::acknowledge(m_ack, m_answers);
    }
}

Error AnswerCollector::lostError() const
{
    Error error = Error::disconnected();
    // When the application closes the server, it knows that.
    const ServerPrivate *server = m_nsp ? NamespacePrivate::get(m_nsp)->server : nullptr;
    if (!server || server->isClosed())
        return error;
    const QString text = u"%1 of %2 clients left before they answered"_s.arg(
        QString::number(m_lost), QString::number(m_clients));
    error = Error(error.type(), error.message(), QVariantMap{{u"description"_s, text}});
    error.setHint(u"Handle this with onFailed(): arguments() has the answers that came."_s);
    return error;
}

void AnswerCollector::fail(const Error &error)
{
    if (finish())
        PendingAckPrivate::fail(m_ack, error, m_answers);
}

bool AnswerCollector::finish()
{
    if (m_finished)
        return false;
    m_finished = true;
    if (m_nsp)
        NamespacePrivate::get(m_nsp)->timeouts().remove(m_id);
    return m_ack != nullptr;
}

} // namespace SocketIo::detail
