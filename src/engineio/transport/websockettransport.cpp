// SPDX-License-Identifier: MIT
#include "engineio/transport/websockettransport_p.h"

#include "base/utf8text_p.h"

namespace EngineIo::detail {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

// How long the peer has to answer a close frame, or to take what is queued in front of it.
constexpr std::chrono::milliseconds CloseFrameTimeout = 5s;
constexpr qsizetype MaxQueuedForPong = 64 * 1024; // bytes

// A frame up to and with the beginning of its payload, of which so many bytes are still to follow.
QByteArray frameStart(WebSocketOpcode opcode, QByteArrayView beginning, qsizetype following,
                      quint8 bits = 0)
{
    char header[MaxWebSocketHeaderSize];
    const qsizetype headerSize =
        writeWebSocketHeader(opcode, quint64(beginning.size() + following), header, bits);
    QByteArray frame;
    frame.reserve(headerSize + beginning.size());
    frame.append(header, headerSize);
    frame.append(beginning);
    return frame;
}

// What a client has said in its close frame, unless that is only that it goes.
QString closeText(QByteArrayView payload)
{
    if (payload.size() < 2)
        return {};
    const int code = qFromBigEndian<quint16>(payload.data());
    if (code <= 1001)
        return {};
    QString text = u"the client has closed the WebSocket with code %1"_s.arg(code);
    if (code == int(WebSocketCloseCode::MessageTooBig))
        text += u", a message was bigger than it takes"_s;
    if (payload.size() > 2)
        text += u": "_s + utf8Text(payload.sliced(2));
    return text;
}

QByteArray wholeFrame(WebSocketOpcode opcode, QByteArrayView payload, quint8 bits = 0)
{
    return frameStart(opcode, payload, 0, bits);
}

} // namespace

WebSocketTransport::WebSocketTransport(std::unique_ptr<Stream> stream, IoContext &context,
                                       TransportObserver *observer, const WireProtocol &protocol,
                                       qsizetype maxMessageSize, bool base64)
    : Transport(context, observer)
    , m_stream(std::move(stream))
    , m_protocol(protocol)
    , m_decoder(maxMessageSize)
    , m_base64(base64)
{
}

WebSocketTransport::~WebSocketTransport()
{
    if (m_stream)
        m_stream->abort();
}

void WebSocketTransport::setCompression(const DeflateAgreement &agreement,
                                        const PerMessageDeflateOptions &options)
{
    m_deflate = std::make_unique<MessageDeflate>(agreement, options);
    m_decoder.setCompressible(true);
}

void WebSocketTransport::start(const QByteArray &rest)
{
    m_context.scheduleFlush(shared_from_this()); // the handshake's answer
    m_stream->setObserver(this);
    if (!rest.isEmpty()) {
        QByteArray data = rest;
        streamReceived(data.data(), data.size());
    }
}

bool WebSocketTransport::isWritable() const
{
    return m_state == State::Open && m_stream->bytesToWrite() == 0;
}

void WebSocketTransport::send(OutgoingPacket packet)
{
    if (m_state != State::Open)
        return;
    if (!packet.isMessage()) {
        m_stream->write(wholeFrame(WebSocketOpcode::Text, packet.text()), 0);
    } else if (m_deflate && sendCompressed(packet)) {
        // that was it
    } else if (packet.isBinary()) {
        sendBinary(packet);
    } else {
        const Frame &frame = packet.frame();
        m_stream->write(frame.bytes(), frame.webSocketOffset());
    }
    m_context.scheduleFlush(shared_from_this());
}

// Nearly always there is only a frame to be queued.
void WebSocketTransport::sendMessage(const Frame &frame, SendFlags flags)
{
    if (m_deflate || frame.isBinary()) {
        send(OutgoingPacket(frame, flags));
    } else if (m_state == State::Open) {
        m_stream->write(frame.bytes(), frame.webSocketOffset());
        m_context.scheduleFlush(shared_from_this());
    }
}

// Returns whether the packet should be compressed.
bool WebSocketTransport::sendCompressed(const OutgoingPacket &packet)
{
    if (packet.flags().testFlag(SendFlag::NoCompression) || packet.size() < m_deflate->threshold())
        return false;
    WebSocketOpcode opcode = WebSocketOpcode::Text;
    QByteArray compressed;
    if (!packet.isBinary()) {
        compressed = m_deflate->compress(packet.text(), packet.frame().bytes());
    } else if (m_base64) {
        compressed = m_deflate->compress(
            m_protocol.base64Prefix().toByteArray() + packet.binary().toBase64(), {});
    } else {
        opcode = WebSocketOpcode::Binary;
        const QByteArrayView prefix = m_protocol.binaryPrefix();
        compressed = prefix.isEmpty()
            ? m_deflate->compress(packet.binary(), packet.binary())
            : m_deflate->compress(prefix.toByteArray() + packet.binary(), {});
    }
    m_stream->write(frameStart(opcode, {}, compressed.size(), WebSocketCompressedBit), 0);
    m_stream->write(compressed, 0);
    return true;
}

void WebSocketTransport::sendBinary(const OutgoingPacket &packet)
{
    const QByteArrayView prefix = m_protocol.binaryPrefix();
    if (m_base64) {
        const QByteArray text =
            m_protocol.base64Prefix().toByteArray() + packet.binary().toBase64();
        m_stream->write(wholeFrame(WebSocketOpcode::Text, text), 0);
        return;
    }
    if (prefix.isEmpty())
        m_stream->write(packet.frame().head(), 0);
    else
        m_stream->write(frameStart(WebSocketOpcode::Binary, prefix, packet.binary().size()), 0);
    m_stream->write(packet.binary(), 0);
}

qsizetype WebSocketTransport::heldBytes() const
{
    return m_stream ? m_stream->heldBytes() : 0;
}

qsizetype WebSocketTransport::undeliveredBytes() const
{
    return m_stream ? m_stream->undeliveredBytes() : 0;
}

void WebSocketTransport::setReading(bool enabled)
{
    m_reading = enabled;
    updateReading();
}

void WebSocketTransport::close(CloseReason reason)
{
    if (m_state == State::Open)
        startClosing({});
    reportClosed(reason, QString());
}

void WebSocketTransport::abort()
{
    clearObserver();
    if (m_state == State::Open) {
        // A close frame is still tried, for a peer that reads.
        startClosing({});
    }
}

void WebSocketTransport::flush()
{
    if (m_deflate)
        MessageDeflate::forgetShared();
    if (m_stream)
        m_stream->flush();
}

void WebSocketTransport::streamReceived(char *data, qsizetype size)
{
    const auto self = shared_from_this();
    if (m_decoding || hasInput()) {
        m_input.append(data, size);
    } else {
        decode(data, size);
        if (size > 0)
            m_input.prepend(data, size); // what came in a nested event loop is behind it
    }
    updateReading();
}

// Goes on with what a turn before this one has left over.
void WebSocketTransport::resume()
{
    const auto self = shared_from_this();
    if (!m_decoding && hasInput()) {
        QByteArray input = std::exchange(m_input, QByteArray());
        const qsizetype offset = std::exchange(m_inputOffset, 0);
        char *data = input.data() + offset;
        qsizetype size = input.size() - offset;
        decode(data, size);
        if (m_input.isEmpty()) {
            m_inputOffset = input.size() - size;
            m_input = std::move(input);
        } else if (size > 0) {
            m_input.prepend(data, size);
        }
    }
    updateReading();
}

void WebSocketTransport::updateReading()
{
    if (m_decoding || !m_stream || m_state == State::Closed)
        return;
    if (!hasInput()) {
        m_input = QByteArray();
        m_inputOffset = 0;
    }
    const bool reading = m_reading || m_state == State::Closing;
    m_stream->setReading(reading && !hasInput());
    if (reading && hasInput())
        m_context.resumeNextTurn(shared_from_this());
}

void WebSocketTransport::decode(char *&data, qsizetype &size)
{
    m_decoding = true;
    handleEvents(data, size);
    m_decoding = false;
    if ((size > 0 || m_decoder.isIncomplete()) && observer())
        observer()->inputArrived(*this);
}

void WebSocketTransport::handleEvents(char *&data, qsizetype &size)
{
    using Event = WebSocketDecoder::Event;
    while (m_state != State::Closed && (m_reading || m_state == State::Closing) && size > 0
           && takeFromBudget()) {
        const Event event = m_decoder.next(data, size);
        if (m_state == State::Closing && event != Event::Close && event != Event::NeedMore
            && event != Event::Error)
            continue; // the end is decided: only the peer's close frame still counts
        switch (event) {
        case Event::NeedMore:
            return;
        case Event::Text:
        case Event::Binary:
            if (!handleMessage(event)) {
                size = 0;
                return;
            }
            break;
        case Event::Ping:
            // A peer that pings but does not read cannot make the answers pile up.
            if (m_stream->bytesToWrite() <= MaxQueuedForPong)
                writeControl(WebSocketOpcode::Pong, m_decoder.payload());
            break;
        case Event::Pong:
            break;
        case Event::Close:
            if (m_state == State::Open) {
                startClosing(
                    m_decoder.payload().first(std::min<qsizetype>(2, m_decoder.payload().size())));
                m_stream->close();
                reportClosed(CloseReason::TransportClose, closeText(m_decoder.payload()));
            } else {
                m_stream->close();
            }
            size = 0; // nothing that follows counts
            return;
        case Event::Error:
            if (m_state == State::Open)
                fail(m_decoder.closeCode(), refusalText());
            size = 0;
            return;
        }
    }
}

// Says what the decoder has refused.
QString WebSocketTransport::refusalText() const
{
    switch (m_decoder.closeCode()) {
    case WebSocketCloseCode::MessageTooBig:
        return tooBigText(u"a message of %1 bytes"_s.arg(m_decoder.refusedSize()),
                          m_decoder.maxMessageSize());
    case WebSocketCloseCode::InvalidPayload:
        return u"a text is not UTF-8"_s;
    default:
        return u"it sends what is no WebSocket frame"_s;
    }
}

void WebSocketTransport::fail(WebSocketCloseCode closeCode, const QString &why)
{
    if (observer())
        observer()->inputRefused(*this, why);
    char code[2];
    qToBigEndian(quint16(closeCode), code);
    startClosing(QByteArrayView(code, 2));
    m_stream->close();
    reportClosed(CloseReason::TransportError, u"WebSocket close code %1"_s.arg(quint16(closeCode)));
}

// Returns whether to go on reading.
bool WebSocketTransport::handleMessage(WebSocketDecoder::Event event)
{
    const bool text = event == WebSocketDecoder::Event::Text;
    if (!m_decoder.isCompressed()) {
        if (text)
            handleText(m_decoder.payload());
        else if (observer())
            handleBinary(m_decoder.takePayload());
        return true;
    }
    QByteArray message;
    const Inflater::Status status =
        m_deflate->inflate(m_decoder.payload(), m_decoder.maxMessageSize(), &message);
    if (status != Inflater::Status::Ok || (text && !message.isValidUtf8())) {
        if (status == Inflater::Status::TooBig) {
            fail(WebSocketCloseCode::MessageTooBig,
                 tooBigText(u"a message, once inflated,"_s, m_decoder.maxMessageSize()));
        } else {
            fail(WebSocketCloseCode::InvalidPayload,
                 u"a compressed message is damaged, or a text in it is not UTF-8"_s);
        }
        return false;
    }
    if (text)
        handleText(message);
    else if (observer())
        handleBinary(std::move(message));
    return true;
}

void WebSocketTransport::handleText(QByteArrayView payload)
{
    if (!observer())
        return;
    if (payload.startsWith(packetDigit(PacketType::Message))) { // nearly always
        observer()->packetReceived(*this, PacketType::Message, payload.sliced(1));
        return;
    }
    const std::optional<Packet> packet = m_protocol.decodeText(payload);
    if (!packet)
        refusePacket(undecodableText(payload));
    else if (packet->binary)
        observer()->binaryReceived(*this, packet->data);
    else
        observer()->packetReceived(*this, packet->type, packet->data);
}

void WebSocketTransport::handleBinary(QByteArray &&payload)
{
    const QByteArrayView prefix = m_protocol.binaryPrefix();
    if (!prefix.isEmpty()) {
        if (!payload.startsWith(prefix)) {
            refusePacket(undecodableBinary(payload));
            return;
        }
        payload.remove(0, prefix.size());
    }
    observer()->binaryReceived(*this, payload);
}

void WebSocketTransport::refusePacket(const QString &why)
{
    if (observer())
        observer()->inputRefused(*this, why);
    startClosing({});
    reportClosed(CloseReason::ParseError, QString());
}

void WebSocketTransport::writeControl(WebSocketOpcode opcode, QByteArrayView payload)
{
    m_stream->write(wholeFrame(opcode, payload), 0);
    m_context.scheduleFlush(shared_from_this());
}

// Sends a close frame, behind what is queued, and waits a while for that of the peer.
void WebSocketTransport::startClosing(QByteArrayView payload)
{
    m_state = State::Closing;
    writeControl(WebSocketOpcode::Close, payload);
    m_closeLeft = m_stream->undeliveredBytes();
    m_closeTimer.start<&WebSocketTransport::closeTimedOut>(m_context.timers(), CloseFrameTimeout,
                                                           this);
    m_context.keep(shared_from_this());
    updateReading();
}

// A peer that still takes what was queued in front of the close frame is waited for.
void WebSocketTransport::closeTimedOut()
{
    const IoContext::Scope scope(m_context);
    const qsizetype left = m_stream->undeliveredBytes();
    if (left > 0 && left < m_closeLeft) {
        m_closeLeft = left;
        m_closeTimer.start<&WebSocketTransport::closeTimedOut>(m_context.timers(),
                                                               CloseFrameTimeout, this);
        return;
    }
    finish();
}

void WebSocketTransport::streamDrained()
{
    if (m_state == State::Open && observer())
        observer()->transportDrained(*this);
}

void WebSocketTransport::streamClosed(const QString &error)
{
    const auto self = shared_from_this();
    finish();
    reportClosed(CloseReason::TransportClose, error);
}

void WebSocketTransport::finish()
{
    m_state = State::Closed;
    m_closeTimer.stop();
    if (m_stream) {
        m_stream->abort();
        m_context.dispose(std::shared_ptr<Stream>(std::move(m_stream)));
    }
    m_context.release(shared_from_this());
}

} // namespace EngineIo::detail
