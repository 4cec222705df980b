// SPDX-License-Identifier: MIT
#include "net/websocket/messagestream_p.h"

#include "base/iocontext_p.h"
#include "base/utf8text_p.h"
#include "net/http/httphopheaders_p.h"
#include "net/http/requesthead_p.h"
#include "net/http/requeststream_p.h"

#include <QtCore/qendian.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxRefusalSize = 4096;
constexpr qsizetype MaxCloseReason = 123; // bytes, RFC 6455

// Headers that the application's server has negotiated itself, or that are written anew here.
bool isOfTheHandshake(QByteArrayView name)
{
    return isFramingHeader(name) || equalsIgnoringCase(name, "sec-websocket-key")
        || equalsIgnoringCase(name, "sec-websocket-version")
        || equalsIgnoringCase(name, "sec-websocket-accept")
        || equalsIgnoringCase(name, "sec-websocket-extensions");
}

QString refusalOf(const HttpAnswerParser &answer)
{
    const QString message =
        QJsonDocument::fromJson(answer.body()).object().value("message"_L1).toString();
    QByteArray text = message.isEmpty() ? answer.reason() : message.toUtf8();
    // Do not cut in the middle of a character.
    while (text.size() > MaxCloseReason || !text.isValidUtf8())
        text.chop(1);
    return QString::fromUtf8(text);
}

} // namespace

MessageStream::MessageStream(IoContext &context, const HttpRequest &handshake,
                             std::shared_ptr<MessageSocket> socket)
    : VirtualStream(context, clientOf(handshake))
    , m_socket(std::move(socket))
    , m_answer(MaxRefusalSize)
    , m_decoder(std::numeric_limits<qsizetype>::max(), WebSocketRole::Client)
{
    m_socket->setWaker(waker());
}

MessageStream::~MessageStream()
{
    m_socket->setWaker(nullptr);
}

QByteArray MessageStream::serialize(const HttpRequest &handshake)
{
    RequestHead head("GET", handshake.target());
    head.addUnless(handshake.headers(), isOfTheHandshake);
    if (!handshake.headers().contains("host"))
        head.add("Host", "localhost");
    head.add("Upgrade", "websocket");
    head.add("Connection", "Upgrade");
    head.add("Sec-WebSocket-Version", "13");
    head.add("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==");
    return head.finish();
}

void MessageStream::flush()
{
    if (m_output.isEmpty() || m_closing)
        return;
    QByteArray output = std::exchange(m_output, QByteArray());
    context().traffic().bytesSent += quint64(output.size());
    QByteArrayView rest = output;
    if (!m_open)
        readAnswer(rest);
    if (m_open && !rest.isEmpty())
        readFrames(output, output.size() - rest.size());
}

void MessageStream::readAnswer(QByteArrayView &output)
{
    if (m_answer.parse(output) == HttpAnswerParser::Status::NeedMore)
        return;
    m_open = m_answer.status() == 101;
    if (m_open) {
        wake(); // messages may have arrived meanwhile
        return;
    }
    // Engine.IO clients take a mere close for a broken connection, if they notice it at all before
    // their handshake. A message that is not a packet is an error for them, and people can read it.
    if (!m_answer.body().isEmpty())
        m_socket->post({{false, m_answer.body()}});
    closeSocket(m_answer.status() >= 500 ? WebSocketCloseCode::InternalError
                                         : WebSocketCloseCode::PolicyViolation,
                refusalOf(m_answer));
}

void MessageStream::readFrames(QByteArray &output, qsizetype offset)
{
    using Event = WebSocketDecoder::Event;
    char *data = output.data() + offset;
    qsizetype size = output.size() - offset;
    std::vector<MessageSocket::Message> messages;
    std::optional<QByteArray> closing;
    while (!closing) {
        const Event event = m_decoder.next(data, size);
        if (event == Event::NeedMore || event == Event::Error)
            break;
        if (event == Event::Text || event == Event::Binary)
            messages.push_back({event == Event::Binary, m_decoder.takePayload()});
        else if (event == Event::Close)
            closing = m_decoder.payload().toByteArray();
    }
    if (!messages.empty()) {
        m_undrained = true;
        m_socket->post(std::move(messages));
    }
    if (closing) {
        if (closing->size() < 2)
            closeSocket(WebSocketCloseCode::Normal, QString());
        else
            closeSocket(WebSocketCloseCode(qFromBigEndian<quint16>(closing->constData())),
                        utf8Text(closing->mid(2)));
    }
}

void MessageStream::closeSocket(WebSocketCloseCode code, const QString &reason)
{
    if (!std::exchange(m_closing, true))
        m_socket->postClose(int(code), reason);
}

void MessageStream::close()
{
    flush();
    closeSocket(WebSocketCloseCode::Normal, QString());
}

void MessageStream::abort()
{
    clearObserver();
    m_closing = true;
    m_socket->postAbort();
}

void MessageStream::work()
{
    qsizetype budget = context().budget().bytes;
    MessageSocket::Message message;
    while (m_open && isReading() && budget > 0 && m_socket->take(&message)) {
        QByteArray frame;
        appendMaskedFrame(frame, message.binary ? WebSocketOpcode::Binary : WebSocketOpcode::Text,
                          {}, message.bytes);
        message.bytes.clear();
        budget -= frame.size();
        context().traffic().bytesReceived += quint64(frame.size());
        observer()->streamReceived(frame.data(), frame.size());
    }
    if (isReading() && budget <= 0)
        wake();
    if (m_undrained && observer()) {
        observer()->streamProgressed();
        if (observer() && bytesToWrite() == 0) {
            m_undrained = false;
            observer()->streamDrained();
        }
    }
    QString error;
    // While reading is paused, the end waits for the messages before it. During the handshake,
    // there is nothing to wait for.
    if ((isReading() || !m_open) && m_socket->hasEnded(&error))
        reportClosed(error);
}

} // namespace EngineIo::detail
