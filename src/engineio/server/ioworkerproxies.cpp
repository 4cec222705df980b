// SPDX-License-Identifier: MIT
#include "engineio/server/ioworker_p.h"

#include "base/logging_p.h"
#include "net/stream/tcpstream_p.h"
#if defined(Q_OS_UNIX) && !defined(QTSOCKETIO_PORTABLE)
#include "net/stream/nativestream_p.h"
#endif

#include <QtNetwork/qsslsocket.h>

// Connections that begin with a header of the PROXY protocol.
namespace EngineIo::detail {

using namespace Qt::StringLiterals;

bool IoWorker::expectsProxyHeaders() const
{
    return m_config->options.proxyProtocol == ProxyProtocol::FromTrustedProxies
        && m_config->trustedProxies;
}

// Takes the connection over and returns true if it must begin with a header.
bool IoWorker::awaitProxyHeader(Descriptor *descriptor, const QByteArray &firstBytes)
{
#if defined(Q_OS_UNIX) && !defined(QTSOCKETIO_PORTABLE)
    const QHostAddress peer = NativeStream::peerAddress(descriptor->number());
    if (!m_config->trustedProxies->contains(peer))
        return false;
    addProxyReader(peer)->start(std::move(*descriptor), firstBytes,
                                m_config->options.requestTimeout);
#else
    std::unique_ptr<QTcpSocket> socket =
        TcpStream::socketFor(std::move(*descriptor), m_config->tls.get());
    if (!socket)
        return true;
    const QHostAddress peer = socket->peerAddress();
    if (m_config->trustedProxies->contains(peer)) {
        addProxyReader(peer)->start(std::move(socket), firstBytes,
                                    m_config->options.requestTimeout);
    } else {
        if (TcpStream::startEncryption(socket.get()))
            addStream(std::make_unique<TcpStream>(socket.release(), m_context), firstBytes);
    }
#endif
    return true;
}

bool IoWorker::awaitProxyHeader(QTcpSocket *socket)
{
    const QHostAddress peer = socket->peerAddress();
    if (!m_config->trustedProxies->contains(peer))
        return false;
    const auto *sslSocket = qobject_cast<const QSslSocket *>(socket);
    if (sslSocket && sslSocket->mode() != QSslSocket::UnencryptedMode) {
        warnIfDue(lcEngine(), m_config->proxyMistakes.take(),
                  u"Closed a connection of the proxy %1 that the application has begun TLS on: the "
                  "PROXY header comes before TLS, so let the server listen by itself, with "
                  "setSslConfiguration()"_s.arg(peer.toString()));
        delete socket;
        return true;
    }
    addProxyReader(peer)->start(std::unique_ptr<QTcpSocket>(socket), {},
                                m_config->options.requestTimeout);
    return true;
}

std::shared_ptr<ProxyHeaderReader> IoWorker::addProxyReader(const QHostAddress &proxy)
{
    auto reader = std::make_shared<ProxyHeaderReader>(
        m_context, m_config->options.maxHeaderSize,
        [this, proxy](ProxyHeaderReader &finished, const QByteArray &error) {
            proxyHeaderRead(finished, proxy, error);
        });
    // Counted from now on; when the header has been read, the stream is counted instead.
    m_config->connectionCount->fetch_add(1);
    reader->hold(connectionCounted());
    m_proxyReaders.insert(reader);
    return reader;
}

void IoWorker::proxyHeaderRead(ProxyHeaderReader &reader, const QHostAddress &proxy,
                               const QByteArray &error)
{
    const auto self = shared_from_this();
    m_proxyReaders.erase(reader.shared_from_this());
    reader.takeHeld();
    const ProxyHeader &header = reader.header();
    if (!error.isEmpty()) {
        // Health checks open the port and send nothing.
        if (header.bytes.isEmpty())
            qCDebug(lcEngine).noquote()
                << "Closed a connection of the proxy" << proxy.toString() << '-' << error;
        else
            warnIfDue(
                lcEngine(), m_config->proxyMistakes.take(),
                u"Closed a connection of the proxy %1: %2. It is among "
                "ServerOptions::trustedProxies, and with proxyProtocol each of them must send "
                "that header"_s.arg(proxy.toString(), QString::fromUtf8(error)));
        return;
    }
    std::unique_ptr<Stream> stream;
    if (std::unique_ptr<QTcpSocket> socket = reader.takeSocket()) {
        if (m_config->tls && !TcpStream::startEncryption(socket.get()))
            return;
        stream = std::make_unique<TcpStream>(socket.release(), m_context);
    } else {
        stream = Stream::open(reader.takeDescriptor(), m_config->tls.get(), m_context);
    }
    if (!stream)
        return;
    stream->setProxyHeader(header);
    addStream(std::move(stream), reader.rest());
}

} // namespace EngineIo::detail
