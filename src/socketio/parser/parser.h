// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PARSER_H
#define SOCKETIO_PARSER_H

#include <SocketIo/packet.h>
#include <SocketIo/socketioglobal.h>

#include <EngineIo/Frame>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <atomic>
#include <memory>

namespace SocketIo {

// Converts the messages of a connection to packets. Stores packets until all their attachments have
// been received.
class SOCKETIO_EXPORT Decoder
{
public:
    enum class Status { Complete, NeedMore, Error };

    virtual ~Decoder();
    virtual Status addText(QByteArrayView utf8, Packet *packet) = 0;
    virtual Status addBinary(const QByteArray &bytes, Packet *packet) = 0;
    QByteArray errorString() const { return m_error; }

protected:
    Status fail(const QByteArray &error);

private:
    QByteArray m_error;
};

// A wire format, which must be the same on both ends of a connection. encode() and createDecoder()
// are called in several threads at the same time and must not modify the parser (Socket.IO:
// parser).
class SOCKETIO_EXPORT Parser
{
public:
    virtual ~Parser();
    virtual EngineIo::FrameList encode(const Packet &packet) const = 0;
    virtual std::unique_ptr<Decoder> createDecoder() const = 0;
};

// socket.io-parser's format: JSON text with binary attachments.
class SOCKETIO_EXPORT JsonParser final : public Parser
{
public:
    struct Limits
    {
        int maxAttachments = 10; // of one packet
        int maxDepth = 512;      // of nested arrays and objects
        // Bytes of packets with missing attachments, for all peers together; 0: no limit.
        qsizetype maxUnfinishedSize = qsizetype(64) * 1024 * 1024;
        // Bytes of a packet that is sent, with its attachments; 0: no limit.
        qsizetype maxSentSize = qsizetype(256) * 1024 * 1024;
    };

    JsonParser();
    explicit JsonParser(const Limits &limits);
    EngineIo::FrameList encode(const Packet &packet) const override;
    std::unique_ptr<Decoder> createDecoder() const override;

private:
    Limits m_limits;
    std::shared_ptr<std::atomic<qsizetype>> m_unfinished; // bytes, of all decoders
};

} // namespace SocketIo

#endif
