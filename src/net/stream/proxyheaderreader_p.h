// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_PROXYHEADERREADER_P_H
#define ENGINEIO_PROXYHEADERREADER_P_H

#include "base/deadlinetimer_p.h"
#include "net/stream/descriptor_p.h"
#include "net/stream/proxyheader_p.h"

#include <QtCore/qobject.h>

#include <chrono>
#include <functional>
#include <memory>

QT_BEGIN_NAMESPACE
class QSocketNotifier;
class QTcpSocket;
QT_END_NAMESPACE

namespace EngineIo::detail {

class IoContext;

// Reads the PROXY header of a new connection, and nothing beyond it, as TLS may begin there.
class ProxyHeaderReader final : public QObject,
                                public std::enable_shared_from_this<ProxyHeaderReader>
{
public:
    // Called once, from an event of its own or from within start(). Without an error, take the
    // connection; otherwise it ends with the reader.
    using Done = std::function<void(ProxyHeaderReader &reader, const QByteArray &error)>;

    ProxyHeaderReader(IoContext &context, qsizetype maxSize, Done done);
    ~ProxyHeaderReader() override;

    // Reads from a native descriptor. firstBytes have been read from it already.
    void start(Descriptor descriptor, const QByteArray &firstBytes,
               std::chrono::milliseconds timeout);
    void start(std::unique_ptr<QTcpSocket> socket, const QByteArray &firstBytes,
               std::chrono::milliseconds timeout);

    // Ends the connection; done is not called.
    void abort();

    const ProxyHeader &header() const { return m_parser.header(); }
    Descriptor takeDescriptor() { return std::move(m_descriptor); }
    std::unique_ptr<QTcpSocket> takeSocket();
    // The part of the first bytes that follows the header.
    QByteArray rest() const { return m_rest; }
    // Keeps an object until the connection is taken or ends.
    void hold(std::shared_ptr<void> object) { m_held = std::move(object); }
    std::shared_ptr<void> takeHeld() { return std::move(m_held); }

private:
    bool begin(const QByteArray &firstBytes, std::chrono::milliseconds timeout);
    void readDescriptor();
    void readSocket();
    void socketClosed();
    void parsed(ProxyHeaderParser::Status status);
    void timedOut();
    void finish(const QByteArray &error);

    IoContext &m_context;
    ProxyHeaderParser m_parser;
    Done m_done;
    DeadlineTimer m_timer;
    Descriptor m_descriptor;
    std::unique_ptr<QSocketNotifier> m_notifier;
    std::unique_ptr<QTcpSocket> m_socket;
    QByteArray m_rest;
    std::shared_ptr<void> m_held;
};

} // namespace EngineIo::detail

#endif
