// SPDX-License-Identifier: MIT
#include "engineio/client/pollingclienttransport_p.h"

#include "engineio/client/requestbody_p.h"
#include "engineio/payloadcodec_p.h"

#include <QtNetwork/qnetworkaccessmanager.h>

#include <utility>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// Why the client gave a request up by itself; kept as a property of the reply.
constexpr char RefusalProperty[] = "_qtsocketio_refusal";

void abortUnlessEnded(QNetworkReply *reply)
{
    if (!reply->isFinished() && reply->error() == QNetworkReply::NoError)
        reply->abort();
}

void refuse(QNetworkReply *reply, const QString &why)
{
    reply->setProperty(RefusalProperty, why);
    abortUnlessEnded(reply);
}

} // namespace

PollingClientTransport::PollingClientTransport(std::shared_ptr<RequestUrl> url,
                                               const ClientOptions &options,
                                               QNetworkAccessManager *network,
                                               ClientTransportListener *listener)
    : ClientTransport(TransportType::Polling, listener)
    , m_url(std::move(url))
    , m_options(options)
    , m_network(network)
{
}

PollingClientTransport::~PollingClientTransport() = default;

void PollingClientTransport::stop()
{
    drop(m_poll);
    drop(m_post);
}

void PollingClientTransport::drop(QPointer<QNetworkReply> &reply)
{
    QNetworkReply *dropped = reply;
    reply.clear();
    if (!dropped)
        return;
    dropped->disconnect();
    abortUnlessEnded(dropped);
    dropped->deleteLater();
}

void PollingClientTransport::open()
{
    poll();
}

QNetworkRequest PollingClientTransport::request() const
{
    QNetworkRequest request(m_url->url(TransportType::Polling, m_sid));
    request.setRawHeader("Accept", "*/*");
    for (const HttpHeaders::Field &field : m_options.extraHeaders.fields())
        request.setRawHeader(field.first, m_options.extraHeaders.combinedValue(field.first));
    const auto cookies =
        m_options.withCredentials ? QNetworkRequest::Automatic : QNetworkRequest::Manual;
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, cookies);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, cookies);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute,
                         QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    // The first answer says where the session is; all that follows goes there.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         m_sid.isEmpty() ? m_options.redirectPolicy
                                         : QNetworkRequest::ManualRedirectPolicy);
    if (m_options.sslConfiguration)
        request.setSslConfiguration(*m_options.sslConfiguration);
    request.setTransferTimeout(int(m_options.requestTimeout.count()));
    return request;
}

// The replies' signals are queued, so that nothing of the network access manager is being executed
// when the application learns of them and perhaps deletes it.
void PollingClientTransport::watch(QNetworkReply *reply)
{
    // A request that goes out a second time may lose what its first answer carried.
    connect(
        reply, &QNetworkReply::requestSent, this,
        [reply, sent = 0]() mutable {
            if (++sent > 1)
                refuse(reply, u"connection closed"_s);
        },
        Qt::QueuedConnection);
    connect(
        reply, &QNetworkReply::redirected, this,
        [this, reply] { disconnect(reply, &QNetworkReply::requestSent, this, nullptr); },
        Qt::QueuedConnection);
    connect(
        reply, &QNetworkReply::readyRead, this,
        [this, reply] {
            if (reply->bytesAvailable() > m_options.maxReceiveSize)
                refuse(reply, u"the answer is too big"_s);
        },
        Qt::QueuedConnection);
}

void PollingClientTransport::poll()
{
    if (!m_network)
        return;
    m_poll = m_network->get(request());
    watch(m_poll);
    connect(m_poll, &QNetworkReply::finished, this, &PollingClientTransport::pollFinished,
            Qt::QueuedConnection);
}

void PollingClientTransport::pollFinished()
{
    QNetworkReply *reply = m_poll;
    if (!reply || !reply->isFinished())
        return;
    const Callback callback(this);
    m_poll.clear();
    reply->deleteLater();
    ClientError error;
    if (!isAnswered(reply, u"xhr poll error"_s, &error)) {
        // The server may well drop the waiting request when it gets the good-bye.
        if (m_state != State::Closing || !m_goodbye)
            fail(error);
        return;
    }
    if (m_state == State::Opening)
        m_url->setBase(reply->url());
    handlePayload(reply->readAll());
    if (isRetired())
        return;
    if (m_state == State::Pausing)
        finishPausing();
    else if (m_state == State::Open)
        poll();
    else if (m_state == State::Closing && !m_goodbye && !m_post)
        sendGoodbye();
}

void PollingClientTransport::handlePayload(const QByteArray &payload)
{
    PayloadReader reader(payload);
    while (!reader.atEnd() && !isRetired()) {
        std::optional<Packet> packet = reader.next();
        if (!packet) {
            fail(ClientError(ClientError::Type::Protocol, u"server error"_s,
                             u"undecodable packet"_s));
            return;
        }
        if (m_state == State::Opening && packet->type == PacketType::Open) {
            m_state = State::Open;
            setWritable(true);
            listener()->transportOpened(this);
            if (isRetired())
                return;
        }
        if (packet->type == PacketType::Close) {
            listener()->transportClosed(
                this,
                ClientError(ClientError::Type::Network, {}, u"transport closed by the server"_s));
            return;
        }
        listener()->transportPacket(this, std::move(*packet));
    }
}

void PollingClientTransport::send(const OutgoingPackets &packets)
{
    QByteArray payload;
    qsizetype size = packets.size();
    for (const OutgoingPacket &packet : packets)
        size += packet.payloadSize();
    payload.reserve(size);
    for (const OutgoingPacket &packet : packets)
        packet.appendTo(payload);
    post(payload);
}

void PollingClientTransport::post(const QByteArray &payload)
{
    if (!m_network)
        return;
    setWritable(false);
    QNetworkRequest postRequest = request();
    // Only text goes this way. Without a type Qt would say that it is a form.
    postRequest.setHeader(QNetworkRequest::ContentTypeHeader, "text/plain;charset=UTF-8"_ba);
    postRequest.setHeader(QNetworkRequest::ContentLengthHeader, payload.size());
    postRequest.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
    auto *body = new RequestBody(payload);
    m_measuring = std::exchange(m_measureNext, false);
    m_postTime.start();
    m_post = m_network->post(postRequest, body);
    body->setParent(m_post);
    watch(m_post);
    connect(m_post, &QNetworkReply::finished, this, &PollingClientTransport::postFinished,
            Qt::QueuedConnection);
}

void PollingClientTransport::postFinished()
{
    QNetworkReply *reply = m_post;
    if (!reply || !reply->isFinished())
        return;
    const Callback callback(this);
    m_post.clear();
    reply->deleteLater();
    ClientError error;
    if (!isAnswered(reply, u"xhr post error"_s, &error)) {
        fail(error);
        return;
    }
    if (m_state == State::Closing) {
        if (m_goodbye)
            listener()->transportClosed(this, {});
        else
            sendGoodbye();
        return;
    }
    setWritable(true);
    if (m_measuring) {
        listener()->transportLatency(this, std::chrono::nanoseconds(m_postTime.nsecsElapsed()));
        if (isRetired())
            return;
    }
    if (m_state == State::Pausing)
        finishPausing();
    else
        listener()->transportDrained(this);
}

void PollingClientTransport::pause()
{
    m_state = State::Pausing;
    QMetaObject::invokeMethod(this, &PollingClientTransport::finishPausing, Qt::QueuedConnection);
}

void PollingClientTransport::finishPausing()
{
    if (m_state != State::Pausing || m_poll || m_post || isRetired())
        return;
    const Callback callback(this);
    m_state = State::Paused;
    listener()->transportPaused(this);
}

void PollingClientTransport::resume()
{
    const bool wasPaused = m_state == State::Paused;
    if (!wasPaused && m_state != State::Pausing)
        return;
    m_state = State::Open;
    if (!m_poll)
        poll();
}

void PollingClientTransport::close()
{
    const bool opening = m_state == State::Opening;
    m_state = State::Closing;
    // A session that is just being opened gets its good-bye when its id has come, or it would
    // stay on the server until its heartbeat fails.
    if (!opening && !m_post)
        sendGoodbye();
}

void PollingClientTransport::sendGoodbye()
{
    if (m_sid.isEmpty()) { // the server has not opened a session
        listener()->transportClosed(this, {});
        return;
    }
    m_goodbye = true;
    post(QByteArray(1, packetDigit(PacketType::Close)));
}

bool PollingClientTransport::isAnswered(QNetworkReply *reply, const QString &what,
                                        ClientError *error) const
{
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QString refusal = reply->property(RefusalProperty).toString();
    if (refusal.isEmpty() && reply->error() == QNetworkReply::NoError && status == 200)
        return true;
    const bool answered = refusal.isEmpty() && status != 0 && status != 200;
    *error = ClientError(answered ? ClientError::Type::Http : ClientError::Type::Network, what,
                         answered                ? u"HTTP status %1"_s.arg(status)
                             : refusal.isEmpty() ? reply->errorString()
                                                 : refusal);
    if (answered)
        error->setHttpAnswer(status, reply->read(m_options.maxReceiveSize));
    return false;
}

void PollingClientTransport::fail(const ClientError &error)
{
    if (m_state == State::Closing && m_goodbye)
        listener()->transportClosed(this, error);
    else
        listener()->transportFailed(this, error);
}

} // namespace EngineIo::detail

#include "moc_pollingclienttransport_p.cpp"
