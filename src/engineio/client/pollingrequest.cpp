// SPDX-License-Identifier: MIT
#include "engineio/client/pollingrequest_p.h"

#include "base/freedescriptors_p.h"
#include "base/zlibstream_p.h"
#include "engineio/client/requestbody_p.h"

#include <algorithm>
#include <utility>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// A server or proxy that wants a password again and again does not get it.
constexpr int MostChallenges = 8;
// How many redirects are followed, as in browsers.
constexpr int MostRedirects = 20;

bool isRedirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// QIODevice makes room for all that it may read, so it is asked for no more at a time than there is
// in all likelihood: of a compressed answer it doesn't always know.
QByteArray readAtMost(QIODevice *device, qint64 size)
{
    QByteArray bytes;
    while (bytes.size() < size) {
        const qint64 likely = std::max<qint64>(device->bytesAvailable(), 16 * 1024);
        const QByteArray piece = device->read(std::min(size - bytes.size(), likely));
        if (piece.isEmpty())
            break;
        bytes.append(piece);
    }
    return bytes;
}

} // namespace

PollingRequest::PollingRequest(ClientNetwork *network, Hooks hooks, qint64 maxSize)
    : m_network(network)
    , m_hooks(std::move(hooks))
    , m_maxSize(maxSize)
{
}

PollingRequest::~PollingRequest()
{
    release();
}

void PollingRequest::get(const QNetworkRequest &request)
{
    m_use = ClientNetwork::Use::Poll;
    m_url = request.url();
    m_asked = m_url;
    m_time.start();
    if (mayStart())
        watch(m_network->get(request));
}

void PollingRequest::post(const QNetworkRequest &request, const QByteArray &payload)
{
    m_use = ClientNetwork::Use::Post;
    m_url = request.url();
    m_time.start();
    if (!mayStart())
        return;
    m_body = new RequestBody(payload);
    QNetworkReply *reply = m_network->post(request, m_body);
    if (reply)
        m_body->setParent(reply);
    else
        delete m_body.data();
    watch(reply);
}

// Qt makes each new connection in a thread of its own, whose event loop ends the program if it cannot
// open what wakes it.
bool PollingRequest::mayStart()
{
    constexpr int DescriptorsOfAConnection = 8; // with those of a post beside a poll
    if (mayOpenFiles(DescriptorsOfAConnection))
        return true;
    refuseLater({u"the program may not open more files"_s,
                 u"Raise its limit of open files, with ulimit -n for example, or close what is not "
                 "needed any more."_s});
    return false;
}

void PollingRequest::refuseLater(const Reason &why)
{
    QMetaObject::invokeMethod(
        this, [this, why] { refuse(why); }, Qt::QueuedConnection);
}

// The reply's signals are queued, so that nothing of Qt's is being executed when the reply is
// deleted.
void PollingRequest::watch(QNetworkReply *reply)
{
    m_reply = reply;
    if (m_network && m_network->answersSilently())
        challenged();
    if (!reply) {
        refuseLater({u"the network access manager is gone"_s,
                     u"Let it live longer than the client that makes its requests with it."_s});
        return;
    }
    connect(reply, &QNetworkReply::requestSent, this, &PollingRequest::requestSent,
            Qt::QueuedConnection);
    connect(
        reply, &QNetworkReply::redirected, this,
        [this, reply](const QUrl &target) {
            ++m_mayBeSent;
            m_redirected = target;
            m_headers = reply->rawHeaderPairs();
            m_answerBegun = false;
        },
        Qt::DirectConnection);
    // A reply of the application's own may have none.
    if (m_network && !m_network->answersSilently()) {
        connect(reply, &QNetworkReply::metaDataChanged, this, &PollingRequest::noteHeaders,
                Qt::DirectConnection);
        connect(reply, &QNetworkReply::metaDataChanged, this, &PollingRequest::checkHeaders,
                Qt::QueuedConnection);
    }
    connect(reply, &QNetworkReply::readyRead, this, &PollingRequest::checkSize,
            Qt::QueuedConnection);
    connect(reply, &QNetworkReply::finished, this, &PollingRequest::replyFinished,
            Qt::QueuedConnection);
    const auto noteProgress = [this] { m_hooks.progress(); };
    connect(reply, &QNetworkReply::downloadProgress, this, noteProgress, Qt::QueuedConnection);
    connect(reply, &QNetworkReply::uploadProgress, this, noteProgress, Qt::QueuedConnection);
    connect(reply, &QNetworkReply::sslErrors, this,
            [this](const QList<QSslError> &errors) { m_description = tlsText(errors); });
    // These come before the repetition that they lead to.
    connect(m_network, &ClientNetwork::challenged, this, [this](QNetworkReply *which) {
        if (which == m_reply)
            challenged();
    });
    connect(m_network, &ClientNetwork::proxyChallenged, this, &PollingRequest::challenged);
}

void PollingRequest::challenged()
{
    ++m_challenges;
    ++m_mayBeSent;
    if (m_body)
        m_body->allowRepetition();
}

void PollingRequest::requestSent()
{
    if (++m_sent > m_mayBeSent)
        refuse(lossReason());
    else if (m_challenges > MostChallenges)
        refuse({u"user name or password are wrong"_s,
                u"Check the user name and the password in the address, or those that "
                "authenticationRequired() is answered with."_s});
}

// Qt reads 100 headers of an answer, of 256 KiB together. When there are more it keeps none, goes
// on silently and waits for the connection's end, as nothing says where the body ends. Those
// of an answer after a redirect are added to the ones before.
void PollingRequest::noteHeaders()
{
    if (!m_reply)
        return;
    m_answerBegun = true;
    const QList<QNetworkReply::RawHeaderPair> headers = m_reply->rawHeaderPairs();
    m_headersLost = m_headersLost || headers.isEmpty() || headers == m_headers;
    m_headers = headers;
}

void PollingRequest::checkHeaders()
{
    if (m_headersLost)
        refuse({u"its answer has too many headers, or none at all"_s,
                m_url.scheme() == "http"_L1 ? noAnswerReason(m_url).hint : QString()});
}

void PollingRequest::checkSize()
{
    if (m_reply && m_reply->bytesAvailable() > m_maxSize)
        refuseTooBig();
}

void PollingRequest::replyFinished()
{
    if (m_finished || !m_reply || !m_reply->isFinished())
        return;
    checkHeaders();
    checkSize();
    if (m_finished)
        return;
    m_status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    m_phrase = m_reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toString();
    m_url = m_reply->url();
    if (follow())
        return;
    m_answer = readAtMost(m_reply, m_maxSize);
    if (isCutOff()) {
        refuse(lossReason());
        return;
    }
    if (!inflateAnswer())
        return;
    if (m_reply->rawHeader("content-type").startsWith("application/octet-stream"))
        m_format = PayloadFormat::Binary;
    const QNetworkReply::NetworkError code = m_reply->error();
    m_location = m_reply->rawHeader("location");
    if (code == QNetworkReply::TooManyRedirectsError)
        m_redirected.clear(); // the place is not what matters
    // The status is that of the last redirect, which says nothing of what has failed then.
    if (m_status >= 300 && m_status < 400 && code != QNetworkReply::NoError)
        m_status = 0;
    m_answered = code == QNetworkReply::NoError && m_status == 200;
    if (code == QNetworkReply::SslHandshakeFailedError && !m_description.isEmpty())
        m_reason = certificateReason(m_description);
    else if (code == QNetworkReply::UnknownContentError) // Qt's only one about compression
        m_reason = {u"its compressed answer is damaged or bigger than the %1 bytes that the client "
                    "takes (ClientOptions::maxReceiveSize)"_s.arg(m_maxSize),
                    {}};
    else if (code == QNetworkReply::RemoteHostClosedError)
        m_reason = lossReason();
    else if (code != QNetworkReply::NoError) {
        const QNetworkProxy proxy = m_network ? m_network->proxyFor(m_url) : QNetworkProxy();
        m_reason = reasonOf(errorBehind(proxy, m_url, code), m_reply->errorString(), m_url, proxy);
    }
    m_description = m_reply->errorString();
    if (m_network)
        m_network->finished(m_use, m_reply);
    finish();
}

// Qt would take all headers along, wherever it leads. Returns whether there is another request, or no
// need for one any more.
bool PollingRequest::follow()
{
    const QByteArray location = m_reply->rawHeader("location");
    if (!isRedirect(m_status) || location.isEmpty() || !m_hooks.redirected || !m_network
        || m_reply->error() != QNetworkReply::NoError)
        return false;
    const QUrl target = m_url.resolved(QUrl::fromEncoded(location));
    const std::optional<QNetworkRequest> next = m_hooks.redirected(m_url, target);
    if (!next)
        return false;
    if (++m_redirects > MostRedirects) {
        m_redirected.clear(); // the place is not what matters
        m_url = m_asked;
        refuse(reasonOf(QNetworkReply::TooManyRedirectsError, {}, m_url, {}));
        return true;
    }
    m_network->finished(m_use, m_reply);
    release();
    m_redirected = target;
    m_url = target;
    m_status = 0;
    m_headers.clear();
    m_description.clear();
    m_answerBegun = false;
    m_sent = 0;
    m_mayBeSent = 1;
    m_challenges = 0;
    if (mayStart())
        watch(m_network->get(*next));
    return true;
}

// Qt does not always compare what has come with the length that the server has said.
bool PollingRequest::isCutOff() const
{
    bool ok = false;
    const qint64 length = m_reply->rawHeader("content-length").toLongLong(&ok);
    return ok && m_reply->error() == QNetworkReply::NoError && m_answer.size() < length;
}

// Why there is no answer, or only a part of one, of a connection that has ended.
Reason PollingRequest::lossReason() const
{
    return m_answerBegun ? cutAnswerReason() : noAnswerReason(m_url);
}

// Returns whether it can be used.
bool PollingRequest::inflateAnswer()
{
    const QByteArray coding = m_reply->rawHeader("content-encoding").trimmed().toLower();
    if (m_answer.isEmpty() || !hasZlib()
        || (coding != "gzip" && coding != "x-gzip" && coding != "deflate"))
        return true;
    QByteArray inflated;
    switch (inflateWhole(m_answer, m_maxSize, &inflated)) {
    case Inflater::Status::Ok:
        m_answer = inflated;
        return true;
    case Inflater::Status::TooBig:
        refuseTooBig();
        return false;
    case Inflater::Status::Malformed:
        // What was cut off has another reason, and what a refusal says is no more than a help.
        if (m_reply->error() != QNetworkReply::NoError)
            return true;
        refuse({u"its compressed answer is damaged"_s, {}});
        return false;
    }
    Q_UNREACHABLE();
}

void PollingRequest::refuse(const Reason &why)
{
    if (m_finished)
        return;
    m_reason = why;
    m_description.clear();
    m_status = 0;
    finish();
}

void PollingRequest::refuseTooBig()
{
    m_tooBig = true;
    refuse({});
}

void PollingRequest::finish()
{
    m_finished = true;
    release();
    m_hooks.finished();
}

void PollingRequest::release()
{
    QNetworkReply *reply = m_reply;
    m_reply.clear();
    if (!reply)
        return;
    reply->disconnect(this);
    if (m_network)
        m_network->dispose(reply);
    else
        delete reply;
}

ClientError PollingRequest::error(Stage stage) const
{
    if (m_tooBig)
        return receivedTooBigError(stage, m_url, u"its answer"_s, m_maxSize);
    // An answer whose body was cut off is useless, whatever its status says.
    if (m_status != 0 && m_status != 200)
        return httpError(stage, m_url, m_status, m_phrase, m_answer, m_location);
    const QString text =
        m_redirected.isEmpty() ? m_reason.text : redirectText(m_redirected) + m_reason.text;
    return networkError(stage, m_redirected.isEmpty() ? m_url : m_asked, text, m_description,
                        m_reason.hint);
}

} // namespace EngineIo::detail

#include "moc_pollingrequest_p.cpp"
