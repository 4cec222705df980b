// SPDX-License-Identifier: MIT
#include "engineio/client/websocketclienttransport_p.h"

#include "base/logging_p.h"
#include "base/utf8text_p.h"
#include "engineio/client/clienterrorwriter_p.h"
#include "engineio/client/transporterror_p.h"
#include "engineio/client/transportreasons_p.h"

#include <utility>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxQueuedForPong = 64 * 1024; // bytes
// What browsers and ws report for a close frame without a code (RFC 6455, 7.1.5).
constexpr int NoStatusReceived = 1005;

QByteArray closePayload(WebSocketCloseCode code)
{
    char bytes[2];
    qToBigEndian(quint16(code), bytes);
    return QByteArray(bytes, sizeof bytes);
}

} // namespace

WebSocketClientTransport::WebSocketClientTransport(const RequestUrl &url,
                                                   const ClientOptions &options,
                                                   ClientNetwork *network,
                                                   ClientTransportObserver *observer)
    : ClientTransport(TransportType::WebSocket, options.maxPacketsPerTurn, observer)
    , m_url(url)
    , m_options(options)
    , m_protocol(WireProtocol::of(options.protocol))
    , m_network(network)
    , m_context(clientIoContext())
    , m_decoder(options.maxReceiveSize, WebSocketRole::Client)
{
}

WebSocketClientTransport::~WebSocketClientTransport() = default;

void WebSocketClientTransport::stop()
{
    m_state = State::Ended;
    disposeConnector();
    if (!m_stream)
        return;
    m_stream->abort();
    if (m_context)
        m_context->dispose(std::shared_ptr<Stream>(std::move(m_stream)));
    else
        m_stream.reset(); // nor is there an event loop that a function of it could be called from
}

// It may be calling at this moment.
void WebSocketClientTransport::disposeConnector()
{
    if (!m_connector)
        return;
    m_connector->abort();
    if (m_context)
        m_context->dispose(std::move(m_connector));
    m_connector.reset();
}

void WebSocketClientTransport::open()
{
    WebSocketConnectorObserver *const observer = this;
    m_connector = std::make_shared<WebSocketConnector>(m_url.base(), m_url.url(type(), m_sid),
                                                       m_options, m_network, *m_context, observer);
    m_connector->open();
}

void WebSocketClientTransport::webSocketOpened(OpenedWebSocket &&opened)
{
    disposeConnector();
    m_stream = std::move(opened.stream);
    if (opened.deflate) {
        qCDebug(lcEngine) << "The WebSocket compresses";
        m_deflate = std::make_unique<MessageDeflate>(*opened.deflate, *m_options.perMessageDeflate,
                                                     WebSocketRole::Client);
        m_decoder.setCompressible(true);
    }
    m_state = State::Open;
    noteSignOfLife();
    setWritable(true);
    tellOpened();
    m_stream->setObserver(this);
    streamReceived(opened.rest.data(), opened.rest.size());
}

void WebSocketClientTransport::webSocketRefused(const ClientError &error)
{
    m_state = State::Ended;
    disposeConnector();
    tellFailed(error);
}

// What the server has not confirmed yet shows that a long message is on its way.
bool WebSocketClientTransport::isDelivering()
{
    const qsizetype undelivered = m_stream ? m_stream->undeliveredBytes() : 0;
    return std::exchange(m_undelivered, undelivered) != undelivered && undelivered > 0;
}

void WebSocketClientTransport::streamReceived(char *data, qsizetype size)
{
    noteSignOfLife();
    if (!hasInput())
        decode(data, size);
    if (size == 0)
        return;
    m_input.append(data, size);
    updateReading();
    readInputLater();
}

bool WebSocketClientTransport::hasInput() const
{
    return !m_input.isEmpty() && (m_state == State::Open || m_state == State::Closing);
}

void WebSocketClientTransport::readInput()
{
    char *data = m_input.data() + m_inputOffset;
    qsizetype size = m_input.size() - m_inputOffset;
    decode(data, size);
    m_inputOffset = m_input.size() - size;
    if (size == 0) {
        m_input.clear();
        m_inputOffset = 0;
        updateReading();
    }
}

// Input that waits, here or for the application, is not added to.
void WebSocketClientTransport::updateReading()
{
    if (m_state == State::Open || m_state == State::Closing)
        m_stream->setReading(!hasInput() && !isHeldBack());
}

// Decodes as much as a turn may have.
void WebSocketClientTransport::decode(char *&data, qsizetype &size)
{
    using Received = WebSocketDecoder::Event;
    for (int left = maxPacketsPerTurn(); left > 0 && size > 0 && hasRoom(); --left) {
        if (m_state != State::Open && m_state != State::Closing) {
            size = 0; // nothing that follows counts
            return;
        }
        const Received event = m_decoder.next(data, size);
        if (event == Received::NeedMore)
            return;
        // After the client's good-bye only the server's close frame still counts.
        if (m_state == State::Closing && event != Received::Close && event != Received::Error)
            continue;
        switch (event) {
        case Received::NeedMore:
            break;
        case Received::Text:
        case Received::Binary:
            handleMessage(event == Received::Text);
            break;
        case Received::Ping:
            // A server that pings but does not read cannot make the answers pile up.
            if (m_stream->bytesToWrite() <= MaxQueuedForPong)
                writeControl(WebSocketOpcode::Pong, m_decoder.payload());
            break;
        case Received::Pong:
            handlePong(m_decoder.payload());
            break;
        case Received::Close:
            handleClose(m_decoder.payload());
            break;
        case Received::Error:
            if (m_decoder.closeCode() == WebSocketCloseCode::MessageTooBig) {
                failTooBig(u"a message"_s);
            } else {
                fail(m_decoder.closeCode(),
                     protocolError(m_url.base(), u"invalid WebSocket frame"_s));
            }
            break;
        }
    }
}

void WebSocketClientTransport::handleMessage(bool text)
{
    if (!m_decoder.isCompressed()) {
        if (text)
            handleText(m_decoder.payload());
        else
            handleBinary(m_decoder.takePayload());
        return;
    }
    QByteArray message;
    const Inflater::Status status =
        m_deflate->inflate(m_decoder.payload(), m_decoder.maxMessageSize(), &message);
    if (status == Inflater::Status::TooBig) {
        failTooBig(u"a message, once inflated,"_s);
    } else if (status != Inflater::Status::Ok || (text && !message.isValidUtf8())) {
        fail(WebSocketCloseCode::InvalidPayload,
             protocolError(m_url.base(), u"invalid compressed message"_s));
    } else if (text) {
        handleText(message);
    } else {
        handleBinary(std::move(message));
    }
}

void WebSocketClientTransport::handleText(QByteArrayView text)
{
    std::optional<Packet> packet = m_protocol.decodeText(text);
    if (!packet) {
        refusePacket();
    } else if (packet->type == PacketType::Close) {
        m_state = State::Ended;
        tellClosed(networkError(Stage::Connected, m_url.base(), u"the server ended the session"_s));
    } else {
        tellPacket(std::move(*packet));
    }
}

void WebSocketClientTransport::handleBinary(QByteArray &&bytes)
{
    const QByteArrayView prefix = m_protocol.binaryPrefix();
    if (!bytes.startsWith(prefix)) {
        refusePacket();
        return;
    }
    if (!prefix.isEmpty())
        bytes.remove(0, prefix.size());
    tellPacket(Packet{PacketType::Message, true, std::move(bytes)});
}

void WebSocketClientTransport::refusePacket()
{
    fail(WebSocketCloseCode::Normal,
         protocolError(m_url.base(), u"what it sent cannot be understood"_s));
}

void WebSocketClientTransport::send(const OutgoingPackets &packets)
{
    setWritable(false);
    if (m_state != State::Open)
        return; // the news of its end is on its way
    qsizetype size = 0;
    for (const OutgoingPacket &packet : packets)
        size += MaxWebSocketHeaderSize + qsizetype(sizeof(WebSocketMask)) + packet.size();
    QByteArray output;
    output.reserve(size);
    for (const OutgoingPacket &packet : packets)
        append(output, packet);
    m_stream->write(output);
    flushLater();
}

void WebSocketClientTransport::append(QByteArray &output, const OutgoingPacket &packet)
{
    WebSocketOpcode opcode = WebSocketOpcode::Text;
    QByteArrayView prefix;
    QByteArrayView payload = packet.text();
    QByteArray base64;
    if (packet.isBinary() && m_options.forceBase64) {
        base64 = packet.binary().toBase64();
        prefix = m_protocol.base64Prefix();
        payload = base64;
    } else if (packet.isBinary()) {
        opcode = WebSocketOpcode::Binary;
        prefix = m_protocol.binaryPrefix();
        payload = packet.binary();
    }
    const bool compresses = m_deflate && packet.isMessage()
        && !packet.flags().testFlag(SendFlag::NoCompression)
        && packet.size() >= m_deflate->threshold();
    if (!compresses) {
        appendMaskedFrame(output, opcode, prefix, payload);
        return;
    }
    const QByteArray compressed = prefix.isEmpty()
        ? m_deflate->compress(payload, {})
        : m_deflate->compress(prefix.toByteArray() + payload.toByteArray(), {});
    appendMaskedFrame(output, opcode, {}, compressed, WebSocketCompressedBit);
}

void WebSocketClientTransport::writeControl(WebSocketOpcode opcode, QByteArrayView payload)
{
    QByteArray frame;
    appendMaskedFrame(frame, opcode, {}, payload);
    m_stream->write(frame);
    flushLater();
}

// All that is sent in a turn of the event loop is written together.
void WebSocketClientTransport::flushLater()
{
    if (m_context && !isRetired())
        m_context->scheduleFlush(std::shared_ptr<Flushable>(hold(), this));
}

void WebSocketClientTransport::flush()
{
    if (m_deflate)
        MessageDeflate::forgetShared();
    if (m_stream)
        m_stream->flush();
}

void WebSocketClientTransport::streamDrained()
{
    noteSignOfLife();
    if (m_state != State::Open || isWritable())
        return;
    setWritable(true);
    tellDrained();
}

void WebSocketClientTransport::measureLatency()
{
    // One at a time, whatever makes the server slow to answer.
    if (m_state != State::Open || m_pingTime.isValid())
        return;
    m_measureAgain = false;
    m_pingTime.start();
    writeControl(WebSocketOpcode::Ping, QByteArray::number(++m_pingNumber));
}

// The answer also says that the server has read what was sent before. That of a ping which is on
// its way says nothing of what followed it.
void WebSocketClientTransport::measureLatencyAnew()
{
    if (m_pingTime.isValid())
        m_measureAgain = true;
    else
        measureLatency();
}

void WebSocketClientTransport::handlePong(QByteArrayView payload)
{
    if (payload != QByteArray::number(m_pingNumber) || !m_pingTime.isValid())
        return;
    const std::chrono::nanoseconds latency(m_pingTime.nsecsElapsed());
    m_pingTime.invalidate();
    if (m_measureAgain)
        measureLatency();
    else
        tellLatency(latency);
}

void WebSocketClientTransport::close()
{
    setWritable(false);
    if (m_state == State::Open) {
        m_state = State::Closing;
        setHeldBack(false);
        writeControl(WebSocketOpcode::Close, closePayload(WebSocketCloseCode::Normal));
    } else if (m_state == State::Connecting) {
        // Nothing of this connection is known to the server.
        m_state = State::Ended;
        disposeConnector();
        tellClosed();
    }
}

void WebSocketClientTransport::handleClose(QByteArrayView payload)
{
    const bool afterGoodbye = m_state == State::Closing;
    m_state = State::Ended;
    const bool hasCode = payload.size() >= 2;
    if (!afterGoodbye)
        writeControl(WebSocketOpcode::Close, payload.first(hasCode ? 2 : 0));
    m_stream->close();
    const int code = hasCode ? qFromBigEndian<quint16>(payload.data()) : NoStatusReceived;
    // Another code is no answer to the good-bye: it refuses something that was sent before.
    if (afterGoodbye && (code == int(WebSocketCloseCode::Normal) || code == NoStatusReceived)) {
        tellClosed();
        return;
    }
    QString text = u"the server closed the connection, "_s + closeCodeText(code);
    if (payload.size() > 2)
        text += u": "_s + utf8Text(payload.sliced(2));
    ClientError details = networkError(Stage::Connected, m_url.base(), text);
    ClientErrorWriter(details).setCloseCode(code);
    tellClosed(details);
}

void WebSocketClientTransport::failTooBig(const QString &what)
{
    fail(WebSocketCloseCode::MessageTooBig,
         receivedTooBigError(Stage::Connected, m_url.base(), what, m_options.maxReceiveSize));
}

// Tells the server why, and ignores whatever else it sends.
void WebSocketClientTransport::fail(WebSocketCloseCode code, const ClientError &error)
{
    const bool closing = std::exchange(m_state, State::Ended) == State::Closing;
    if (closing) {
        m_stream->close();
        tellClosed();
        return;
    }
    writeControl(WebSocketOpcode::Close, closePayload(code));
    m_stream->close();
    ClientError details = error;
    if (code != WebSocketCloseCode::Normal)
        ClientErrorWriter(details).setCloseCode(int(code));
    tellFailed(details);
}

void WebSocketClientTransport::streamClosed(const QString &error)
{
    const State state = std::exchange(m_state, State::Ended);
    if (state == State::Closing) {
        tellClosed();
    } else if (state == State::Open) {
        qCDebug(lcEngine).noquote() << "The connection ended:" << error;
        tellClosed(networkError(Stage::Connected, m_url.base(),
                                u"the server closed the connection"_s, error));
    }
}

} // namespace EngineIo::detail

#include "moc_websocketclienttransport_p.cpp"
