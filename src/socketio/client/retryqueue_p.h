// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_RETRYQUEUE_P_H
#define SOCKETIO_RETRYQUEUE_P_H

#include <SocketIo/error.h>
#include <SocketIo/pendingack.h>

#include <EngineIo/enums.h>

#include <QtCore/qpointer.h>
#include <QtCore/qstring.h>
#include <QtCore/qtimer.h>
#include <QtCore/qvariant.h>

#include <chrono>
#include <deque>
#include <optional>

namespace SocketIo {

class ClientSocketPrivate;

namespace detail {

// The events of a socket with retries. One event is in transit at a time; the next one is sent
// after it has been acknowledged or has failed too often.
class RetryQueue
{
public:
    explicit RetryQueue(ClientSocketPrivate *socket);

    qsizetype count() const { return qsizetype(m_items.size()); }
    QString first() const { return m_items.empty() ? QString() : m_items.front().event; }
    // Those that were never sent: all but the first, at most.
    qsizetype untriedCount() const { return count() - (isHeadTried() ? 1 : 0); }
    QString firstUntried() const
    {
        const size_t index = isHeadTried() ? 1 : 0;
        return index < m_items.size() ? m_items[index].event : QString();
    }
    // ack: null if the application does not wait for the answer.
    void add(const QString &event, const QVariantList &args, EngineIo::SendFlags flags,
             std::optional<std::chrono::milliseconds> timeout, PendingAck *ack);
    enum class Drain { Next, SendAgain };
    // Sends the first event unless that is under way; with SendAgain also then.
    void drain(Drain mode = Drain::Next);
    // What helps those that wait for the answer to the first one.
    static QString unansweredHint();

private:
    struct Item
    {
        quint64 number;
        QString event;
        QVariantList args;
        EngineIo::SendFlags flags;
        std::optional<std::chrono::milliseconds> timeout;
        QPointer<PendingAck> ack;
        int tryCount = 0;
        bool underWay = false;
    };

    bool isHeadTried() const { return !m_items.empty() && m_items.front().tryCount > 0; }
    void answered(quint64 number, const Error &error, const QVariantList &args);
    void tellGivenUp(const Error &error) const;
    void warnOfSilence();
    void removeHead(const Error &error, const QVariantList &args);

    ClientSocketPrivate *m_socket;
    std::deque<Item> m_items;
    quint64 m_lastNumber = 0;
    QTimer m_silence; // of an acknowledgement that is waited for without a limit
    bool m_silenceTold = false;
};

} // namespace detail

} // namespace SocketIo

#endif
