// SPDX-License-Identifier: MIT
#include "engineio/client/pollingclienttransport_p.h"

#include "base/digits_p.h"
#include "base/logging_p.h"
#include "base/timelimits_p.h"
#include "base/warninglimit_p.h"
#include "base/zlibstream_p.h"
#include "engineio/client/serveraddress_p.h"
#include "net/http/httphopheaders_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>

#include <utility>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// How long the good-bye of a client that has given up may take, with what is on its way before.
constexpr int LeaveTimeout = 5000; // ms

// Headers that say how a request is transferred, and what of that is understood.
bool isTransferHeader(QByteArrayView name)
{
    return isFramingHeader(name) || equalsIgnoringCase(name, "accept-encoding")
        || equalsIgnoringCase(name, "content-type");
}

// Whether it is a payload of Engine.IO 3: "96:0{"sid":...".
bool isOldPayload(const QByteArray &payload)
{
    qsizetype digits = 0;
    while (digits < payload.size() && isDigit(payload.at(digits)))
        ++digits;
    return digits > 0 && payload.mid(digits, 3) == ":0{";
}

} // namespace

PollingClientTransport::PollingClientTransport(std::shared_ptr<RequestUrl> url,
                                               const ClientOptions &options,
                                               const ClientNetworkPtr &network,
                                               ClientTransportObserver *observer)
    : ClientTransport(TransportType::Polling, options.maxPacketsPerTurn, observer)
    , m_url(std::move(url))
    , m_options(options)
    , m_protocol(WireProtocol::of(options.protocol))
    , m_network(network)
{
}

PollingClientTransport::~PollingClientTransport() = default;

void PollingClientTransport::stop()
{
    m_reader.reset();
    const bool hasToldServer = m_poll != nullptr; // by the end of the request that waits there
    m_poll.reset();
    if (!hasToldServer && mustTakeLeave()) {
        takeLeave();
        return;
    }
    m_post.reset();
    m_network.reset();
}

// A server whose client has given up would keep the session until its heartbeat fails.
bool PollingClientTransport::mustTakeLeave() const
{
    const bool hasSession = m_opened && !m_sid.isEmpty() && !m_ended && !m_goodbye;
    // Paused, the session has left for another transport.
    return hasSession && m_state != State::Pausing && m_state != State::Paused && m_network
        && QCoreApplication::instance();
}

// As the client has ended, nobody waits for this. What is on its way arrives before.
void PollingClientTransport::takeLeave()
{
    m_context = clientIoContext();
    m_leaving = hold();
    m_context->keep(hold());
    m_leaveTimer.start(LeaveTimeout, this);
    connect(QCoreApplication::instance(), &QCoreApplication::aboutToQuit, this,
            &PollingClientTransport::leave);
    m_state = State::Closing;
    if (!m_post)
        sendGoodbye();
}

void PollingClientTransport::leave()
{
    m_leaveTimer.stop();
    m_post.reset();
    m_network.reset();
    const std::shared_ptr<ClientTransport> self = m_leaving.lock();
    if (self && m_context)
        m_context->release(self);
}

void PollingClientTransport::timerEvent(QTimerEvent *event)
{
    if (event->timerId() == m_leaveTimer.timerId())
        leave();
}

void PollingClientTransport::open()
{
    poll();
}

QNetworkRequest PollingClientTransport::request() const
{
    return request(m_url->url(TransportType::Polling, m_sid));
}

QNetworkRequest PollingClientTransport::request(const QUrl &url) const
{
    QNetworkRequest request(url);
    request.setRawHeader("Accept", "*/*");
    if (m_url->isAtHome(url)) {
        for (const HttpHeaders::Field &field : m_options.extraHeaders.fields()) {
            if (!isTransferHeader(field.first))
                request.setRawHeader(field.first,
                                     m_options.extraHeaders.combinedValue(field.first));
        }
    }
    const auto cookies =
        m_options.withCredentials ? QNetworkRequest::Automatic : QNetworkRequest::Manual;
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, cookies);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, cookies);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute,
                         QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, m_options.http2);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy); // see redirected()
    if (m_options.sslConfiguration)
        request.setSslConfiguration(*m_options.sslConfiguration);
    request.setTransferTimeout(int(timerTime(m_options.requestTimeout).count()));
    // Qt would inflate the answer without saying what is wrong if that fails, and refuses
    // what compresses too well, from 10 MB on.
    if (hasZlib())
        request.setRawHeader("Accept-Encoding", "gzip, deflate");
    else
        request.setDecompressedSafetyCheckThreshold(m_options.maxReceiveSize);
    return request;
}

std::unique_ptr<PollingRequest>
PollingClientTransport::createRequest(void (PollingClientTransport::*finished)())
{
    return std::make_unique<PollingRequest>(
        m_network.get(),
        PollingRequest::Hooks{
            [this, finished] { (this->*finished)(); }, [this] { noteSignOfLife(); },
            [this](const QUrl &from, const QUrl &target) { return redirected(from, target); }},
        m_options.maxReceiveSize);
}

// The first answer says where the session is; all that follows goes there.
std::optional<QNetworkRequest> PollingClientTransport::redirected(const QUrl &from,
                                                                  const QUrl &target) const
{
    if (!m_sid.isEmpty() || !mayFollow(from, target))
        return std::nullopt;
    if (m_url->isAtHome(from) && !m_url->isAtHome(target) && !m_options.extraHeaders.isEmpty()) {
        // Once for each place, not with every attempt to connect.
        static const WarningLimit warning(WarningLimit::Many);
        static thread_local QString last;
        const QString text =
            u"%1 redirects to %2, where extraHeaders are not sent: they may be secrets that are "
            "meant for the first server alone. Give the client the address that it redirects to."_s
                .arg(displayAddress(from), displayAddress(target));
        const bool isNew = std::exchange(last, text) != text;
        warnIfDue(lcEngine(), isNew && warning.take(), text);
    }
    return request(target);
}

bool PollingClientTransport::mayFollow(const QUrl &from, const QUrl &target) const
{
    if (target.host().isEmpty() || (target.scheme() != "http"_L1 && target.scheme() != "https"_L1))
        return false;
    switch (m_options.redirectPolicy) {
    case QNetworkRequest::ManualRedirectPolicy:
    case QNetworkRequest::UserVerifiedRedirectPolicy: // nobody is asked
        return false;
    case QNetworkRequest::SameOriginRedirectPolicy:
        return from.scheme() == target.scheme() && isSameServer(from, target);
    case QNetworkRequest::NoLessSafeRedirectPolicy:
        return from.scheme() == "http"_L1 || target.scheme() == "https"_L1;
    }
    return false;
}

void PollingClientTransport::poll()
{
    if (!m_network || m_poll)
        return;
    m_poll = createRequest(&PollingClientTransport::pollFinished);
    m_poll->get(request());
}

void PollingClientTransport::pollFinished()
{
    const auto self = hold();
    const std::unique_ptr<PollingRequest> request = std::move(m_poll);
    if (!request->isAnswered()) {
        // The server may well drop the waiting request when it gets the good-bye.
        if (m_state != State::Closing || !m_goodbye)
            fail(request->error(stage()));
        deliver();
        return;
    }
    noteSignOfLife();
    if (!m_opened)
        m_url->setBase(request->url());
    m_handling = true;
    takeAnswer(request->answer(), request->format());
    deliver();
}

// What to say of a first answer in another revision of the protocol.
QString PollingClientTransport::otherRevision(const QByteArray &payload) const
{
    if (m_protocol.revision() == 3)
        return payload.startsWith("0{") ? newServerText() : QString();
    return isOldPayload(payload) ? oldServerText() : QString();
}

void PollingClientTransport::takeAnswer(const QByteArray &payload, PayloadFormat format)
{
    const QString revision = m_opened ? QString() : otherRevision(payload);
    if (!revision.isEmpty()) {
        tellFailed(revisionError(m_url->base(), revision));
        return;
    }
    if (!m_opened && payload.trimmed().startsWith('<')) { // no packet does
        refuseAnswer(u"its answer is a web page"_s);
        return;
    }
    if (!m_protocol.hasFormat(format)) // what any text is said to be
        format = PayloadFormat::Text;
    m_answer = payload;
    m_reader = m_protocol.read(m_answer, format);
}

// An answer of many packets is decoded as they are reported. The next one is asked for after that.
void PollingClientTransport::readInput()
{
    // After the good-bye only the id of a session that is being opened still counts.
    const auto isDone = [this] {
        return m_reader->atEnd() || (m_state == State::Closing && m_opened);
    };
    for (int left = maxPacketsPerTurn(); left > 0 && !isDone(); --left) {
        if (!tellPacketOf(m_reader->next())) {
            m_reader.reset();
            return;
        }
    }
    if (!isDone())
        return;
    m_reader.reset();
    m_answer.clear();
    tellSelf([this] {
        m_handling = false;
        goOn();
    });
}

// Returns whether to go on with those after it.
bool PollingClientTransport::tellPacketOf(std::optional<Packet> packet)
{
    if (!packet) {
        refuseAnswer(u"its answer cannot be understood"_s);
        return false;
    }
    if (!m_opened) {
        if (packet->type != PacketType::Open) {
            refuseAnswer(u"its answer does not open a session"_s);
            return false;
        }
        m_opened = true;
        if (m_state == State::Opening)
            m_state = State::Open;
        setWritable(true);
        tellOpened();
    }
    if (packet->type == PacketType::Close) {
        tellEnded(networkError(Stage::Connected, m_url->base(), u"the server ended the session"_s));
        return false;
    }
    tellPacket(std::move(*packet));
    return true;
}

// The first answer may well be that of another server than was meant.
void PollingClientTransport::refuseAnswer(const QString &why)
{
    if (m_opened) {
        tellFailed(protocolError(m_url->base(), why));
        return;
    }
    tellFailed(
        foreignServerError(m_url->base(), m_url->url(TransportType::Polling, {}).path(), why));
}

// After an answer, the next step; nothing while one is under way.
void PollingClientTransport::goOn()
{
    if (m_handling || m_poll)
        return;
    if (m_state == State::Pausing)
        finishPausing();
    else if (m_state == State::Open && !isHeldBack() && !m_sid.isEmpty())
        poll();
    else if (m_state == State::Closing && !m_goodbye && !m_post)
        sendGoodbye();
}

// A slot that hears of the open packet may run an event loop: the answer has been handled then
// before the session is known, and a poll without its id would open another one.
void PollingClientTransport::setSessionId(const QString &sid)
{
    m_sid = sid;
    if (m_state == State::Open)
        goOn();
}

void PollingClientTransport::updateReading()
{
    if (!isHeldBack())
        goOn();
}

void PollingClientTransport::send(const OutgoingPackets &packets)
{
    post(m_protocol.write(packets, m_options.forceBase64));
}

void PollingClientTransport::post(const Payload &payload)
{
    if (!m_network)
        return;
    setWritable(false);
    QNetworkRequest postRequest = request();
    // Without a type Qt would say that it is a form.
    postRequest.setHeader(QNetworkRequest::ContentTypeHeader,
                          payload.format == PayloadFormat::Text ? "text/plain;charset=UTF-8"_ba
                                                                : "application/octet-stream"_ba);
    postRequest.setHeader(QNetworkRequest::ContentLengthHeader, payload.bytes.size());
    postRequest.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
    m_measuring = std::exchange(m_measureNext, false);
    m_post = createRequest(&PollingClientTransport::postFinished);
    m_post->post(postRequest, payload.bytes);
}

void PollingClientTransport::postFinished()
{
    const auto self = isRetired() ? m_leaving.lock() : hold();
    const std::unique_ptr<PollingRequest> request = std::move(m_post);
    if (isRetired()) {
        if (request->isAnswered() && !m_goodbye)
            sendGoodbye();
        else
            leave();
        return;
    }
    if (!request->isAnswered()) {
        fail(request->error(stage()));
        deliver();
        return;
    }
    noteSignOfLife();
    if (m_state == State::Closing) {
        if (m_goodbye)
            tellEnded();
        else
            sendGoodbye();
    } else {
        setWritable(true);
        if (m_measuring)
            tellLatency(std::chrono::nanoseconds(request->nanoseconds()));
        if (m_state == State::Pausing)
            finishPausing();
        else
            tellDrained();
    }
    deliver();
}

void PollingClientTransport::pause()
{
    m_state = State::Pausing;
    finishPausing();
}

void PollingClientTransport::finishPausing()
{
    if (m_state != State::Pausing || m_poll || m_post || m_handling)
        return;
    m_state = State::Paused;
    tellPaused();
}

void PollingClientTransport::resume()
{
    const bool wasPaused = m_state == State::Paused;
    if (!wasPaused && m_state != State::Pausing)
        return;
    m_state = State::Open;
    goOn();
}

void PollingClientTransport::close()
{
    m_state = State::Closing;
    setHeldBack(false); // nothing of what waits is told any more
    // A session that is just being opened gets its good-bye when its id has come, or it would
    // stay on the server until its heartbeat fails.
    if (m_opened && !m_handling && !m_post)
        sendGoodbye();
}

void PollingClientTransport::sendGoodbye()
{
    if (m_sid.isEmpty()) { // the server has not opened a session
        tellEnded();
        return;
    }
    m_goodbye = true;
    send({OutgoingPacket(PacketType::Close)});
}

// The server has no session any more.
void PollingClientTransport::tellEnded(const ClientError &details)
{
    m_ended = true;
    tellClosed(details);
}

void PollingClientTransport::fail(const ClientError &error)
{
    if (m_state == State::Closing && m_goodbye) {
        tellEnded(error);
    } else {
        m_ended = error.httpStatus() == 400; // Engine.IO's answer to the request of an unknown one
        tellFailed(error);
    }
}

} // namespace EngineIo::detail

#include "moc_pollingclienttransport_p.cpp"
