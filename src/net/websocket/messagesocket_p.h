// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_MESSAGESOCKET_P_H
#define ENGINEIO_MESSAGESOCKET_P_H

#include "net/stream/virtualstream_p.h"

#include <EngineIo/engineioglobal.h>

#include <QtCore/qobject.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace EngineIo::detail {

// An open WebSocket that another server reads and writes, and that accepts and delivers whole
// messages. It lives in the server's thread; the MessageStream that uses it may live in any thread.
class ENGINEIO_EXPORT MessageSocket : public QObject
{
public:
    struct Message
    {
        bool binary = false;
        QByteArray bytes;
    };

    ~MessageSocket() override;
    // Deletes a socket. Can be called from any thread.
    static void dispose(MessageSocket *socket);

    // Can be called from any thread. In the socket's own thread they take effect at once.
    void post(std::vector<Message> messages);
    void postClose(int code, const QString &reason);
    void postAbort();
    qsizetype bytesToWrite() const { return m_posted + m_unwritten; }

    void setWaker(const std::shared_ptr<StreamWaker> &waker);
    // Takes the next message that has arrived. Returns false if there is none.
    bool take(Message *message);
    // Whether no further message will come, and why.
    bool hasEnded(QString *error) const;

protected:
    // maxWaiting is the number of bytes of messages that may wait to be taken. With more, the
    // connection ends, as there is no way to make the peer wait.
    explicit MessageSocket(qsizetype maxWaiting);

    virtual void send(const Message &message) = 0;
    virtual void close(int code, const QString &reason) = 0;
    virtual void abort() = 0;
    // The number of bytes that the system has not accepted yet.
    virtual qsizetype unwritten() const = 0;

    void noteReceived(Message message);
    void noteWritten();
    void noteEnded(const QString &error);

private:
    template<typename Function>
    void callInOwnThread(Function function);
    void wakeStream();

    const qsizetype m_maxWaiting;
    std::atomic<qsizetype> m_posted = 0; // on the way to this thread
    std::atomic<qsizetype> m_unwritten = 0;
    // Shared by the threads:
    mutable std::mutex m_mutex;
    std::shared_ptr<StreamWaker> m_waker;
    std::deque<Message> m_received;
    qsizetype m_receivedBytes = 0;
    QString m_error;
    bool m_ended = false;
};

} // namespace EngineIo::detail

#endif
