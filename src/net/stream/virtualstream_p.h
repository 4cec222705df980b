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

// The peer of a connection that somebody else has accepted.
struct StreamPeer
{
    QHostAddress address;
    quint16 port = 0;
    bool secure = false;
    QSslCertificate certificate;
};

// A stream with no descriptor of its own: what goes through it comes from, and goes to, something
// else than a socket that the engine reads.
//
// The observer is only told from events of the stream's own, so that nothing of what it stands
// for lies below.
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
    // What there is to tell the observer: called in an event after wake(), and when there is an
    // observer, or reading has been enabled.
    virtual void work() = 0;
    void wake() { m_waker->wake(); }
    StreamObserver *observer() const noexcept { return m_observer; }
    void clearObserver() noexcept { m_observer = nullptr; }
    bool isReading() const noexcept { return m_observer && m_reading; }
    // Tells the end, once.
    void reportClosed(const QString &error);
    IoContext &context() const noexcept { return *m_context; }
    bool event(QEvent *event) override;

    QByteArray m_output; // written, and not flushed yet

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
