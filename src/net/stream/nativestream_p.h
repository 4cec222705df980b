// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_NATIVESTREAM_P_H
#define ENGINEIO_NATIVESTREAM_P_H

#include "net/stream/outputqueue_p.h"
#include "net/stream/stream_p.h"

#include <memory>

namespace EngineIo::detail {

// A plain TCP stream directly on a Unix descriptor. It reads into a buffer that all connections of
// the thread share, and writes all queued blocks with one system call, so that an idle connection
// keeps no buffer and only the system copies a message.
class NativeStream final : public Stream
{
public:
    // Returns the peer's address; null if it is not known.
    static QHostAddress peerAddress(int descriptor);

    // Takes over the connected descriptor.
    NativeStream(int descriptor, IoContext &context);
    ~NativeStream() override;
    Q_DISABLE_COPY_MOVE(NativeStream)

    void setObserver(StreamObserver *observer) override;
    void write(const QByteArray &data, qsizetype offset) override;
    void flush() override;
    qsizetype bytesToWrite() const override { return m_output.bytes(); }
    qsizetype heldBytes() const override { return m_output.heldBytes(); }
    qsizetype undeliveredBytes() const override;
    void setReading(bool enabled) override;
    void close() override;
    bool canCloseForWriting() const override { return true; }
    void abort() override;
    Descriptor release() override;
    void detach() override;
    void attach(IoContext &context) override;
    QHostAddress peerAddress() const override;
    quint16 peerPort() const override;

private:
    class Notifier;

    void readable();
    void writable();
    void dropInput();
    void inputEnded();
    void updateReadNotifier();
    ssize_t sendOne(qsizetype limit, qsizetype *total) const;
    ssize_t sendMany(qsizetype limit, qsizetype *total) const;
    void writeLater();
    void shutDownIfDrained();
    void fail(const QString &error);
    void closeDescriptor();
    void readPeer() const;
    static void readPeer(int descriptor, QHostAddress *peer, quint16 *port);

    IoContext *m_context; // null while detached: the context may end meanwhile
    StreamObserver *m_observer = nullptr;
    std::unique_ptr<Notifier> m_readNotifier;
    std::unique_ptr<Notifier> m_writeNotifier; // created when a flush first leaves something
    OutputQueue m_output;
    mutable QHostAddress m_peerAddress;
    mutable quint16 m_peerPort = 0;
    int m_descriptor;
    bool m_reading = true;
    bool m_inRead = false;
    bool m_nested = false;  // readable() was called in a nested event loop
    bool m_closing = false; // by this side: further input is dropped
    bool m_ended = false;   // by the peer, while it is still written to
};

} // namespace EngineIo::detail

#endif
