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

// An open WebSocket that is read and written by somebody else, and takes and gives whole messages.
// It lives in the server's thread; the MessageStream that it serves, in any.
class ENGINEIO_EXPORT MessageSocket : public QObject
{
public:
    struct Message
    {
        bool binary = false;
        QByteArray bytes;
    };

    ~MessageSocket() override;
    // Ends the life of a socket, from any thread.
    static void destroy(MessageSocket *socket);

    // From any thread. The socket does it at once if the thread is its own.
    void post(std::vector<Message> messages);
    void postClose(int code, const QString &reason);
    void postAbort();
    qsizetype bytesToWrite() const { return m_posted + m_unwritten; }

    void setWaker(const std::shared_ptr<StreamWaker> &waker);
    // The next message that has come. False: there is none.
    bool take(Message *message);
    // Whether no further message will come, and why.
    bool hasEnded(QString *error) const;

protected:
    // maxWaiting: bytes of messages that nobody has taken. With more, the connection ends: there
    // is no way to have the peer wait.
    explicit MessageSocket(qsizetype maxWaiting);

    virtual void send(const Message &message) = 0;
    virtual void close(int code, const QString &reason) = 0;
    virtual void abort() = 0;
    // Bytes that the system has not taken.
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
    // Between the threads:
    mutable std::mutex m_mutex;
    std::shared_ptr<StreamWaker> m_waker;
    std::deque<Message> m_received;
    qsizetype m_receivedBytes = 0;
    QString m_error;
    bool m_ended = false;
};

} // namespace EngineIo::detail

#endif
