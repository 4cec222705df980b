// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_NATIVESTREAM_P_H
#define ENGINEIO_NATIVESTREAM_P_H

#include "engineio/io/stream_p.h"

#include <memory>
#include <vector>

namespace EngineIo::detail {

// A plain TCP stream straight on a Unix descriptor. It reads into the buffer that its thread's
// connections share and writes all queued blocks with one system call, so an idle connection keeps
// no buffer and a message is copied by the system alone.
class NativeStream final : public Stream
{
public:
    // Takes over the connected descriptor.
    NativeStream(int descriptor, IoContext &context);
    ~NativeStream() override;
    Q_DISABLE_COPY_MOVE(NativeStream)

    void setHandler(StreamHandler *handler) override;
    void write(const QByteArray &data, qsizetype offset) override;
    void flush() override;
    qsizetype bytesToWrite() const override { return m_bytesToWrite; }
    void setReading(bool enabled) override;
    void close() override;
    bool canCloseForWriting() const override { return true; }
    void abort() override;
    void detach() override;
    void attach(IoContext &context) override;
    QHostAddress peerAddress() const override;
    quint16 peerPort() const override;

private:
    class Notifier;
    struct Block
    {
        QByteArray data;
        qsizetype offset;

        QByteArrayView rest() const { return QByteArrayView(data).sliced(offset); }
    };

    void readable();
    void writable();
    void discardInput();
    ssize_t sendOne(qsizetype *total) const;
    ssize_t sendMany(qsizetype *total) const;
    void removeWritten(qsizetype size);
    void shutDownIfDrained();
    void fail(const QString &error);
    void closeDescriptor();
    void readPeer() const;

    IoContext *m_context;
    StreamHandler *m_handler = nullptr;
    std::unique_ptr<Notifier> m_readNotifier;
    std::unique_ptr<Notifier> m_writeNotifier; // made when the system first takes less than all
    std::vector<Block> m_blocks;
    qsizetype m_bytesToWrite = 0;
    mutable QHostAddress m_peerAddress;
    mutable quint16 m_peerPort = 0;
    int m_descriptor;
    bool m_reading = true;
    bool m_inRead = false;
    bool m_closing = false; // by us: what still comes is thrown away
};

} // namespace EngineIo::detail

#endif
