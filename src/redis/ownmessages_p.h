// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_OWNMESSAGES_P_H
#define SOCKETIO_OWNMESSAGES_P_H

#include "base/warninglimit_p.h"

#include <SocketIo/clustermessage.h>

#include <QtCore/qbytearraylist.h>
#include <QtCore/qlist.h>
#include <QtCore/qmap.h>

#include <algorithm>
#include <deque>
#include <optional>

namespace SocketIo::detail {

struct OwnMessage
{
    enum class Delivery {
        Done,     // the sender has delivered the message to this server's clients
        WhenRead, // deliver it when it is read from the stream, or Redis takes too long
    };

    ClusterMessage message;
    quint64 sequence = 0;
    QByteArrayList fields;
    qsizetype size = 0;
    qint64 time = 0; // in ms of the stream's clock
    Delivery delivery = Delivery::Done;
};

// The messages of this server that it has not read from the stream yet, by number, and which of them
// its clients have received early. What is known of each follows from numbers: many may wait.
class OwnMessages
{
public:
    using ConstIterator = std::deque<OwnMessage>::const_iterator;

    quint64 nextSequence() { return ++m_lastSequence; }
    // Returns false, and logs a warning, if more than maxSize bytes would wait.
    bool append(const OwnMessage &message, qsizetype maxSize);
    ConstIterator firstAfter(quint64 sequence) const;
    ConstIterator end() const { return m_messages.cend(); }

    // Removes the messages up to a number, which the stream has had, and returns those of them that
    // this server's clients have not received.
    QList<OwnMessage> takeUpTo(quint64 sequence);
    // Removes the messages after a number, up to another. Returns how many there were, by namespace.
    QMap<QString, int> remove(quint64 after, quint64 upTo);

    // The first message that this server's clients have not received, or null.
    const OwnMessage *nextUndelivered() const;
    // Returns that message, which counts as delivered early from now on. If there is none, all
    // messages so far count as delivered.
    std::optional<OwnMessage> takeEarly();
    // The number of the last message that was delivered early and that the stream still has to
    // bring, or 0.
    quint64 earlyUpTo() const { return m_earlyUpTo; }
    // The messages of a namespace that its clients have received early and the stream still has to
    // bring.
    QList<OwnMessage> early(const QString &nsp) const;
    // The messages of a namespace that its clients have not received yet.
    QList<ClusterMessage> undelivered(const QString &nsp) const;

private:
    ConstIterator findUndelivered() const;
    void removeRange(const ConstIterator &begin, const ConstIterator &end);

    std::deque<OwnMessage> m_messages;
    qsizetype m_size = 0;
    quint64 m_lastSequence = 0;
    quint64 m_deliveredUpTo = 0; // to this server's clients, before they were read
    quint64 m_earlyUpTo = 0;
    bool m_isFull = false;
    EngineIo::detail::WarningLimit m_warnings{EngineIo::detail::WarningLimit::Many};
};

} // namespace SocketIo::detail

#endif
