// SPDX-License-Identifier: MIT
#include "net/websocket/messagesocket_p.h"

#include "base/logging_p.h"
#include "base/warninglimit_p.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qthread.h>

#include <utility>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype MessageCost = 64; // bytes, beyond those of the message
} // namespace

MessageSocket::MessageSocket(qsizetype maxWaiting)
    : m_maxWaiting(maxWaiting)
{
}

MessageSocket::~MessageSocket() = default;

void MessageSocket::dispose(MessageSocket *socket)
{
    if (socket->thread() == QThread::currentThread())
        delete socket;
    else
        socket->deleteLater();
}

template<typename Function>
void MessageSocket::callInOwnThread(Function function)
{
    if (thread() == QThread::currentThread())
        function();
    else
        QMetaObject::invokeMethod(this, std::move(function), Qt::QueuedConnection);
}

void MessageSocket::post(std::vector<Message> messages)
{
    qsizetype size = 0;
    for (const Message &message : messages)
        size += message.bytes.size();
    m_posted += size;
    callInOwnThread([this, size, messages = std::move(messages)] {
        for (const Message &message : messages)
            send(message);
        m_unwritten = unwritten();
        m_posted -= size;
        wakeStream();
    });
}

void MessageSocket::postClose(int code, const QString &reason)
{
    callInOwnThread([this, code, reason] { close(code, reason); });
}

void MessageSocket::postAbort()
{
    callInOwnThread([this] { abort(); });
}

void MessageSocket::setWaker(const std::shared_ptr<StreamWaker> &waker)
{
    const std::lock_guard lock(m_mutex);
    m_waker = waker;
}

void MessageSocket::wakeStream()
{
    std::shared_ptr<StreamWaker> waker;
    {
        const std::lock_guard lock(m_mutex);
        waker = m_waker;
    }
    if (waker)
        waker->wake();
}

bool MessageSocket::take(Message *message)
{
    const std::lock_guard lock(m_mutex);
    if (m_received.empty())
        return false;
    *message = std::move(m_received.front());
    m_received.pop_front();
    m_receivedBytes -= message->bytes.size() + MessageCost;
    return true;
}

bool MessageSocket::hasEnded(QString *error) const
{
    const std::lock_guard lock(m_mutex);
    *error = m_error;
    return m_ended && m_received.empty();
}

// One message of any size may wait beyond the limit.
void MessageSocket::noteReceived(Message message)
{
    bool tooMuch = false;
    {
        const std::lock_guard lock(m_mutex);
        if (m_ended)
            return;
        tooMuch = m_receivedBytes > m_maxWaiting;
        if (!tooMuch) {
            m_receivedBytes += message.bytes.size() + MessageCost;
            m_received.push_back(std::move(message));
        }
    }
    if (tooMuch) {
        static const WarningLimit limit;
        warnIfDue(
            lcEngine(), limit.take(),
            QStringLiteral("A WebSocket of the application is closed: more than %1 bytes of its "
                           "messages wait for the server, which is busy, and it cannot be told "
                           "to wait (ServerOptions::maxReceiveBufferSize)")
                .arg(m_maxWaiting));
        noteEnded(u"too many messages wait"_s);
        abort();
        return;
    }
    wakeStream();
}

void MessageSocket::noteWritten()
{
    m_unwritten = unwritten();
    wakeStream();
}

void MessageSocket::noteEnded(const QString &error)
{
    {
        const std::lock_guard lock(m_mutex);
        if (std::exchange(m_ended, true))
            return;
        m_error = error;
    }
    wakeStream();
}

} // namespace EngineIo::detail
