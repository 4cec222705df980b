// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_STREAM_P_H
#define ENGINEIO_STREAM_P_H

#include "net/stream/proxyheader_p.h"

#include <QtCore/qbytearray.h>
#include <QtNetwork/qhostaddress.h>
#include <QtNetwork/qsslcertificate.h>

#include <memory>

QT_BEGIN_NAMESPACE
class QSslConfiguration;
QT_END_NAMESPACE

namespace EngineIo::detail {

class IoContext;

// Told what happens on a stream. May destroy the stream's owner, but not the stream itself before
// the call returns: see IoContext::dispose().
class StreamObserver
{
public:
    // The bytes may be changed in place and are gone when the call returns.
    virtual void streamReceived(char *data, qsizetype size) = 0;
    // The peer has closed, or the connection broke; nothing more is reported.
    virtual void streamClosed(const QString &error) = 0;
    // All that was written has been handed to the system.
    virtual void streamDrained() = 0;
    // The system has taken some of what had to wait, as the peer has made room.
    virtual void streamProgressed() { }

protected:
    ~StreamObserver() = default;
};

// A connected byte stream, plain or over TLS. Writing only queues: flush() hands the bytes to the
// system, as many as it takes, and the rest follows by itself. In a turn of the event loop a stream
// reads and writes no more than its context's budget allows.
class ENGINEIO_EXPORT Stream
{
public:
    virtual ~Stream();

    // The best stream for a connected descriptor, which it takes over. tls: speak TLS, or null.
    static std::unique_ptr<Stream> open(qintptr descriptor, const QSslConfiguration *tls,
                                        IoContext &context);

    virtual void setObserver(StreamObserver *observer) = 0;
    virtual void write(const QByteArray &data, qsizetype offset = 0) = 0;
    virtual void flush() = 0;
    virtual qsizetype bytesToWrite() const = 0;
    // The memory that bytesToWrite() bytes take.
    virtual qsizetype heldBytes() const = 0;
    // What the peer has not confirmed to have received, as far as the system tells: at least
    // bytesToWrite(). It falls while the peer reads.
    virtual qsizetype undeliveredBytes() const = 0;
    // Reads, or does not: then nothing is reported, not even the end, and what the peer sends
    // waits at its side. A nested event loop in streamReceived() has the same effect.
    virtual void setReading(bool enabled) = 0;
    // Sends what is queued and then ends the connection; streamClosed() follows, nothing else.
    virtual void close() = 0;
    // Whether close() lets the peer go on writing until it has read all and closes as well.
    virtual bool canCloseForWriting() const { return false; }
    // Ends the connection now; the observer hears nothing more.
    virtual void abort() = 0;

    // Gives up the descriptor, as abort() but open; -1 if that cannot be done, and nothing happens.
    virtual qintptr release() { return -1; }

    // Takes the stream out of its thread, and into the current thread of the new context.
    virtual void detach() = 0;
    virtual void attach(IoContext &context) = 0;

    virtual QHostAddress peerAddress() const = 0;
    virtual quint16 peerPort() const = 0;
    virtual bool isSecure() const { return false; }
    virtual QSslCertificate peerCertificate() const { return QSslCertificate(); }

    // What a trusted proxy has said of the connection; null if there is nothing. It stands for the
    // peer then.
    const ProxyHeader *proxyHeader() const noexcept { return m_proxyHeader.get(); }
    void setProxyHeader(const ProxyHeader &header)
    {
        m_proxyHeader = std::make_unique<const ProxyHeader>(header);
    }
    QHostAddress clientAddress() const
    {
        return isProxied() ? m_proxyHeader->address : peerAddress();
    }
    quint16 clientPort() const { return isProxied() ? m_proxyHeader->port : peerPort(); }

    // Keeps something for as long as the stream lives.
    void hold(std::shared_ptr<void> object) { m_held = std::move(object); }

protected:
    // Bytes that the system has taken and the peer has not confirmed; 0 where it does not tell.
    static qsizetype unconfirmedBytes(qintptr descriptor);

private:
    bool isProxied() const noexcept { return m_proxyHeader && !m_proxyHeader->address.isNull(); }

    std::unique_ptr<const ProxyHeader> m_proxyHeader;
    std::shared_ptr<void> m_held;
};

} // namespace EngineIo::detail

#endif
