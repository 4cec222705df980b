// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_RELAY_P_H
#define ENGINEIO_RELAY_P_H

#include "base/iocontext_p.h"
#include "net/http/requestexchange_p.h"
#include "net/stream/stream_p.h"

#include <memory>
#include <vector>

// A connection with many concurrent requests (HTTP/2) stays in its I/O thread. Its requests for
// sessions in other threads are relayed to these threads. This happens only if a client uses
// several connections, or if a proxy distributes its requests over several connections.
namespace EngineIo::detail {

class TaskQueue;
class IoWorker;

// One thread of a relay. Only its own thread may keep the worker alive, so that it ends there.
struct RelayThread
{
    explicit RelayThread(IoWorker &owner);

    std::weak_ptr<IoWorker> worker;
    std::shared_ptr<TaskQueue> queue;
};

// The two threads of a relay.
struct RelayThreads
{
    RelayThread origin; // of the connection
    RelayThread target; // of the session

    // Call the function in the thread, later, unless that has ended. From any thread.
    void tellOrigin(std::function<void(IoContext &context)> function) const;
    void tellTarget(std::function<void(IoContext &context)> function) const;
};

// Represents a request in the session's thread.
class RelayedExchange final : public RequestExchange,
                              public std::enable_shared_from_this<RelayedExchange>
{
public:
    // In the connection's thread: reads the body, then passes the request to the session's thread.
    static void start(const RelayThreads &threads,
                      const std::shared_ptr<RequestExchange> &original);

    // bodyStatus: what receiveBody() reports.
    RelayedExchange(RelayThreads threads, const std::shared_ptr<RequestExchange> &original,
                    int bodyStatus);

    QString peerText() const override { return m_peerText; }
    bool isEnded() const noexcept override { return m_ended; }
    void receiveBody(BodyOwner owner, std::function<void(int status)> done) override;
    void respond(const HttpResponse &response) override;
    qsizetype undeliveredBytes() const override { return 0; } // not known here
    std::unique_ptr<Stream> upgrade(const HttpResponse &response, QByteArray *rest) override;

private:
    static void pass(const RelayThreads &threads, const std::shared_ptr<RequestExchange> &original,
                     int bodyStatus);
    void abort();

    const RelayThreads m_threads;
    const std::weak_ptr<RequestExchange> m_original; // used in its thread only
    const QString m_peerText;
    const int m_bodyStatus;
    bool m_ended = false;
};

class RelayEnd;

// Represents a stream in the session's thread.
class RelayedStream final : public Stream
{
public:
    RelayedStream(RelayThreads threads, const HttpRequest &request);
    ~RelayedStream() override;

    const std::shared_ptr<RelayEnd> &end() const noexcept { return m_end; }

    void setObserver(StreamObserver *observer) override;
    void write(const QByteArray &data, qsizetype offset) override;
    void flush() override;
    qsizetype bytesToWrite() const override { return m_outputBytes + m_onItsWay; }
    qsizetype heldBytes() const override { return bytesToWrite(); }
    qsizetype undeliveredBytes() const override { return m_outputBytes + m_undelivered; }
    void setReading(bool enabled) override;
    void close() override;
    bool canCloseForWriting() const override { return true; }
    void abort() override;
    void detach() override { }
    void attach(IoContext &) override { }
    QHostAddress peerAddress() const override { return m_request.remoteAddress(); }
    quint16 peerPort() const override { return m_request.remotePort(); }
    bool isSecure() const override { return m_request.isSecure(); }
    QSslCertificate peerCertificate() const override { return m_request.peerCertificate(); }

private:
    friend class RelayEnd;
    // Identifies this object in the other thread. The object may have been deleted when a call from
    // that thread arrives.
    struct Handle
    {
        RelayedStream *stream;
    };

    void received(const QByteArray &bytes);
    void progressed(qsizetype written, qsizetype left, qsizetype undelivered);
    void closed();
    void deliver();

    const RelayThreads m_threads;
    const HttpRequest m_request;
    const std::shared_ptr<Handle> m_handle;
    const std::shared_ptr<RelayEnd> m_end; // used in its thread only
    StreamObserver *m_observer = nullptr;
    std::vector<QByteArray> m_output; // until flush()
    QByteArray m_input;
    qsizetype m_outputBytes = 0;
    qsizetype m_onItsWay = 0; // to the other thread, or waiting there
    qsizetype m_undelivered = 0;
    bool m_reading = true;
    bool m_delivering = false;
    bool m_closing = false;
    bool m_closed = false;
};

// The other end of a RelayedStream: in the connection's thread, with the stream itself.
class RelayEnd final : public std::enable_shared_from_this<RelayEnd>,
                       public Flushable,
                       private StreamObserver
{
public:
    RelayEnd(RelayThreads threads, std::shared_ptr<RelayedStream::Handle> handle);

    void open(std::unique_ptr<Stream> stream, const QByteArray &rest, IoContext &context);
    void write(const std::vector<QByteArray> &blocks);
    void consumed(qsizetype size);
    void close();
    void abort();
    void flush() override;

private:
    void streamReceived(char *data, qsizetype size) override;
    void streamClosed(const QString &error) override;
    void streamDrained() override { tellProgress(); }
    void streamProgressed() override { tellProgress(); }

    void tell(std::function<void(RelayedStream &stream)> function) const;
    void tellProgress();
    void finish();

    const RelayThreads m_threads;
    const std::shared_ptr<RelayedStream::Handle> m_handle; // of the other thread
    std::unique_ptr<Stream> m_stream;
    IoContext *m_context = nullptr;
    qsizetype m_unread = 0;   // what the other thread has not handled
    qsizetype m_reported = 0; // of what has been written, what the other thread still counts
};

} // namespace EngineIo::detail

#endif
