// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_STREAM_P_H
#define ENGINEIO_STREAM_P_H

#include "net/stream/descriptor_p.h"
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

// Receives what happens on a stream. It may destroy the stream's owner, but not the stream itself
// before the call returns: see IoContext::dispose().
class StreamObserver
{
public:
    // The bytes may be changed in place, and are only valid during the call.
    virtual void streamReceived(char *data, qsizetype size) = 0;
    // The peer has closed, or the connection broke; nothing more is reported.
    virtual void streamClosed(const QString &error) = 0;
    // Everything that was written has been handed to the system.
    virtual void streamDrained() = 0;
    // The system has accepted some of the waiting bytes, as the peer has made room.
    virtual void streamProgressed() { }
    // Whether what waits is still for the peer after it has closed its side for writing, as a client
    // may that has sent its last request. streamClosed() then comes when all is written.
    virtual bool writesAfterTheEnd() const { return false; }

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

    // Returns the best stream for a connected descriptor; null if there is none for it, or the
    // connection is broken. With tls, it uses TLS.
    static std::unique_ptr<Stream> open(Descriptor descriptor, const QSslConfiguration *tls,
                                        IoContext &context);

    virtual void setObserver(StreamObserver *observer) = 0;
    virtual void write(const QByteArray &data, qsizetype offset = 0) = 0;
    virtual void flush() = 0;
    virtual qsizetype bytesToWrite() const = 0;
    // The memory that the bytes to write take.
    virtual qsizetype heldBytes() const = 0;
    // The number of bytes whose receipt the peer has not confirmed, as far as the system knows: at
    // least bytesToWrite(). It decreases while the peer reads.
    virtual qsizetype undeliveredBytes() const = 0;
    // Sets whether the stream reads. While it does not, nothing is reported, not even the end, and
    // what the peer sends waits on its side. A nested event loop in streamReceived() has the same
    // effect.
    virtual void setReading(bool enabled) = 0;
    // Sends what is queued and then ends the connection; streamClosed() follows, nothing else.
    virtual void close() = 0;
    // Whether the peer can keep writing after close(), until it has read everything and closes as
    // well.
    virtual bool canCloseForWriting() const { return false; }
    // Ends the connection now; the observer hears nothing more. What is queued is lost, except in the
    // context's last turn: then the system is given as much of it as it takes at once.
    virtual void abort() = 0;

    // Gives up the descriptor, like abort(), but leaves it open. Does nothing and returns an invalid
    // one if that is not possible.
    virtual Descriptor release() { return {}; }

    // Takes the stream out of its thread, and into the current thread of the new context.
    virtual void detach() = 0;
    virtual void attach(IoContext &context) = 0;

    virtual QHostAddress peerAddress() const = 0;
    virtual quint16 peerPort() const = 0;
    virtual bool isSecure() const { return false; }
    virtual QSslCertificate peerCertificate() const { return QSslCertificate(); }

    // What a trusted proxy has reported about the connection, or null. Its address then replaces
    // that of the peer.
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
    // The number of bytes that the system has accepted and the peer has not confirmed; 0 where that
    // is not known.
    static qsizetype unconfirmedBytes(qintptr descriptor);

private:
    bool isProxied() const noexcept { return m_proxyHeader && !m_proxyHeader->address.isNull(); }

    std::unique_ptr<const ProxyHeader> m_proxyHeader;
    std::shared_ptr<void> m_held;
};

} // namespace EngineIo::detail

#endif
