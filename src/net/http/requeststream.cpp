// SPDX-License-Identifier: MIT
#include "net/http/requeststream_p.h"

#include "base/iocontext_p.h"
#include "net/http/httphopheaders_p.h"
#include "net/http/requesthead_p.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace EngineIo::detail {

namespace {

// Headers for the hop between the client and the server that received the request do not apply
// here. Headers that ask for a WebSocket are dropped as well, as it cannot be opened with a single
// answer.
bool isForTheConnection(QByteArrayView name)
{
    return isFramingHeader(name) || equalsIgnoringCase(name, "expect")
        || equalsIgnoringCase(name, "http2-settings");
}

// The request line must not contain characters that would end it.
bool isOneWord(QByteArrayView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](char character) {
        return uchar(character) > 0x20 && uchar(character) != 0x7f;
    });
}

} // namespace

StreamPeer clientOf(const HttpRequest &request)
{
    StreamPeer peer;
    peer.address = request.remoteAddress();
    peer.port = request.remotePort();
    peer.secure = request.isSecure();
    if (peer.secure)
        peer.certificate = request.peerCertificate();
    return peer;
}

RequestStream::RequestStream(IoContext &context, const HttpRequest &request,
                             std::shared_ptr<HandedRequest> handed,
                             std::function<void(const HttpResponse &)> answer)
    : VirtualStream(context, clientOf(request))
    , m_handed(std::move(handed))
    , m_answer(std::move(answer))
    , m_parser(std::numeric_limits<qsizetype>::max())
{
    m_handed->setWaker(waker());
}

RequestStream::~RequestStream()
{
    finish(HttpResponse(503));
}

QByteArray RequestStream::serialize(const HttpRequest &request)
{
    if (!isOneWord(request.method()) || !isOneWord(request.target()))
        return {};
    RequestHead head(request.method(), request.target());
    head.addUnless(request.headers(), isForTheConnection);
    if (!request.headers().contains("host"))
        head.add("Host", "localhost");
    if (!request.body().isEmpty() || request.method() == "POST")
        head.add("Content-Length", QByteArray::number(request.body().size()));
    head.add("Connection", "close");
    return head.finish() + request.body();
}

void RequestStream::flush()
{
    if (m_output.isEmpty())
        return;
    const QByteArray output = std::exchange(m_output, QByteArray());
    context().traffic().bytesSent += quint64(output.size());
    QByteArrayView rest = output;
    if (m_answer && m_parser.parse(rest) != HttpAnswerParser::Status::NeedMore)
        close();
}

// Called when the server has finished writing. For an answer without a length, this is the end of
// the body.
void RequestStream::close()
{
    flush();
    if (m_answer && m_parser.finish() == HttpAnswerParser::Status::Complete) {
        HttpResponse response(m_parser.status());
        for (const HttpHeaders::FieldView &field : m_parser.headers()) {
            if (!isForTheConnection(field.first))
                response.headers().append(field.first, field.second);
        }
        response.setBody(m_parser.body());
        finish(response);
    }
    wake();
}

void RequestStream::abort()
{
    clearObserver();
    finish(HttpResponse(503));
}

void RequestStream::finish(const HttpResponse &response)
{
    if (const auto answer = std::exchange(m_answer, nullptr))
        answer(response);
}

void RequestStream::work()
{
    if (m_handed->isAborted())
        m_answer = nullptr; // nobody waits for it any more
    if (!m_answer && observer())
        reportClosed(QString());
}

} // namespace EngineIo::detail
