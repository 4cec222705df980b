// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_TCPSTREAM_P_H
#define ENGINEIO_TCPSTREAM_P_H

#include "net/stream/outputqueue_p.h"
#include "net/stream/stream_p.h"

#include <QtCore/qobject.h>

#include <memory>

QT_BEGIN_NAMESPACE
class QSslConfiguration;
class QTcpSocket;
QT_END_NAMESPACE

namespace EngineIo::detail {

// A stream over Qt's socket classes: TLS, sockets that the application accepted itself, and every
// connection where there is no NativeStream.
class ENGINEIO_AUTOTEST_EXPORT TcpStream final : public QObject, public Stream
{
public:
    // Takes over the socket, which must be connected; a QSslSocket may still be in its handshake.
    TcpStream(QTcpSocket *socket, IoContext &context);
    ~TcpStream() override;

    // Returns a socket for a connected descriptor, which does not use TLS yet; null if that is not
    // possible.
    static std::unique_ptr<QTcpSocket> socketFor(Descriptor descriptor,
                                                 const QSslConfiguration *tls);
    // Begins the handshake if that is a QSslSocket. False if it has ended at once.
    static bool startEncryption(QTcpSocket *given);
    static std::unique_ptr<TcpStream> open(Descriptor descriptor, const QSslConfiguration *tls,
                                           IoContext &context);

    void setObserver(StreamObserver *observer) override;
    void write(const QByteArray &data, qsizetype offset) override;
    void flush() override;
    qsizetype bytesToWrite() const override { return m_output.bytes() + socketBytes(); }
    qsizetype heldBytes() const override { return m_output.heldBytes() + socketBytes(); }
    qsizetype undeliveredBytes() const override;
    void setReading(bool enabled) override;
    void close() override;
    void abort() override;
    void detach() override;
    void attach(IoContext &context) override;
    QHostAddress peerAddress() const override;
    quint16 peerPort() const override;
    bool isSecure() const override;
    QSslCertificate peerCertificate() const override;

private:
    void read();
    void readLater();
    void reportClosed();
    void bytesWritten();
    void encryptedWritten();
    qsizetype socketBytes() const;

    IoContext *m_context; // null while detached: the context may end meanwhile
    QTcpSocket *m_socket; // a child
    StreamObserver *m_observer = nullptr;
    OutputQueue m_output; // what the socket has not been given yet
    bool m_reading = true;
    bool m_closing = false; // by this side: further input is dropped
    bool m_closed = false;
    bool m_inRead = false;
    bool m_inFlush = false;
    bool m_readPosted = false;
    bool m_flushPosted = false;
    bool m_waitsForSystem = false; // which has not accepted everything from the last flush()
    bool m_writtenPosted = false;
};

} // namespace EngineIo::detail

#endif
