// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_VIRTUALSTREAM_P_H
#define ENGINEIO_VIRTUALSTREAM_P_H

#include "net/stream/stream_p.h"

#include <QtCore/qobject.h>

#include <memory>
#include <mutex>

namespace EngineIo::detail {

// Wakes a stream, from any thread, for as long as there is one.
class StreamWaker
{
public:
    void wake();

private:
    friend class VirtualStream;

    std::mutex m_mutex;
    QObject *m_stream = nullptr;
    bool m_posted = false;
};

// The peer of a connection that another server has accepted.
struct StreamPeer
{
    QHostAddress address;
    quint16 port = 0;
    bool secure = false;
    QSslCertificate certificate;
};

// A stream without a descriptor: its bytes come from, and go to, something other than a socket that
// the engine reads.
//
// The observer is only called from events of the stream itself, so that no code of the foreign
// server is on the stack.
class VirtualStream : public QObject, public Stream
{
public:
    VirtualStream(IoContext &context, StreamPeer peer);
    ~VirtualStream() override;

    void setObserver(StreamObserver *observer) final;
    void write(const QByteArray &data, qsizetype offset) override;
    qsizetype heldBytes() const override { return bytesToWrite(); }
    qsizetype undeliveredBytes() const override { return bytesToWrite(); }
    void setReading(bool enabled) final;
    void detach() final { moveToThread(nullptr); }
    void attach(IoContext &context) final;
    QHostAddress peerAddress() const final { return m_peer.address; }
    quint16 peerPort() const final { return m_peer.port; }
    bool isSecure() const final { return m_peer.secure; }
    QSslCertificate peerCertificate() const final { return m_peer.certificate; }

    const std::shared_ptr<StreamWaker> &waker() const noexcept { return m_waker; }

protected:
    // Reports to the observer what there is to report. Called in an event after wake(), and when an
    // observer has been set or reading has been enabled.
    virtual void work() = 0;
    void wake() { m_waker->wake(); }
    StreamObserver *observer() const noexcept { return m_observer; }
    void clearObserver() noexcept { m_observer = nullptr; }
    bool isReading() const noexcept { return m_observer && m_reading; }
    // Reports the end, once.
    void reportClosed(const QString &error);
    IoContext &context() const noexcept { return *m_context; }
    bool event(QEvent *event) override;

    QByteArray m_output; // written, but not flushed yet

private:
    IoContext *m_context;
    const StreamPeer m_peer;
    const std::shared_ptr<StreamWaker> m_waker = std::make_shared<StreamWaker>();
    StreamObserver *m_observer = nullptr;
    bool m_reading = true;
    bool m_working = false;
};

} // namespace EngineIo::detail

#endif
