// SPDX-License-Identifier: MIT
#include "engineio/client/clientnetwork_p.h"

#include "base/addresstext_p.h"
#include "base/callapplication_p.h"
#include "base/digits_p.h"
#include "base/logging_p.h"
#include "engineio/client/requesturl_p.h"

#include <QtCore/qhash.h>
#include <QtNetwork/qnetworkcookie.h>
#include <QtNetwork/qnetworkcookiejar.h>
#include <QtNetwork/qnetworkreply.h>

#include <typeinfo>
#include <utility>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// How often a request of a reply was answered with the demand for a password.
constexpr char ChallengesProperty[] = "_qtsocketio_challenges";
constexpr char ClientsProperty[] = "_qtsocketio_clients";
// How many connections Qt makes to each host.
constexpr int MostConnections = 6;

// Hands on to the cookie jar that the application's access manager has at that moment.
class SharedCookieJar final : public QNetworkCookieJar
{
public:
    explicit SharedCookieJar(QNetworkAccessManager *shared)
        : m_shared(shared)
    {
    }

    QList<QNetworkCookie> cookiesForUrl(const QUrl &url) const override
    {
        return m_shared ? m_shared->cookieJar()->cookiesForUrl(url) : QList<QNetworkCookie>();
    }
    bool setCookiesFromUrl(const QList<QNetworkCookie> &cookies, const QUrl &url) override
    {
        return m_shared && m_shared->cookieJar()->setCookiesFromUrl(cookies, url);
    }

private:
    const QPointer<QNetworkAccessManager> m_shared;
};

// Whether it makes requests in a way of its own, which must not be bypassed.
bool isDerived(const QNetworkAccessManager *manager)
{
    if (!manager)
        return false;
    const QNetworkAccessManager &object = *manager;
    return typeid(object) != typeid(QNetworkAccessManager);
}

// How many clients make their requests with an access manager of the application's.
int countClients(QNetworkAccessManager *manager, int change)
{
    const int count = manager->property(ClientsProperty).toInt() + change;
    manager->setProperty(ClientsProperty, count);
    return count;
}

QString proxyKey(const QNetworkProxy &proxy)
{
    return u"proxy "_s + addressText(proxy.hostName(), proxy.port());
}

// Names and passwords that proxies have or that the application has given, for as long as its
// access manager lives: a new connection does not ask again.
class CredentialMemory final : public QObject
{
public:
    static CredentialMemory &of(QNetworkAccessManager *manager)
    {
        const auto children =
            manager->findChildren<QObject *>(ObjectName, Qt::FindDirectChildrenOnly);
        if (!children.isEmpty())
            return *static_cast<CredentialMemory *>(children.constFirst());
        return *new CredentialMemory(manager);
    }

    QHash<QString, Credentials> credentials;

private:
    static inline const QString ObjectName = QStringLiteral("_qtsocketio_credentials");

    explicit CredentialMemory(QObject *parent)
        : QObject(parent)
    {
        setObjectName(ObjectName);
    }
};

// How long the server keeps the connection open, as it has said. Half of it is used, as the answer
// was on its way for some time and the next request is.
std::chrono::milliseconds keepAliveTime(const QNetworkReply *reply)
{
    if (reply->rawHeader("Connection").toLower().contains("close"))
        return 0ms;
    const QByteArray value = reply->rawHeader("Keep-Alive").toLower();
    const qsizetype start = value.indexOf("timeout=");
    if (start < 0)
        return 0ms;
    qsizetype end = start + 8;
    int seconds = 0;
    while (end < value.size() && isDigit(value.at(end)) && seconds < 100'000)
        seconds = seconds * 10 + (value.at(end++) - '0');
    return std::chrono::milliseconds(seconds * 500);
}

// The direct way to an HTTP server. Without a proxy Qt reads from an unbuffered socket, and an answer
// that has come by the time its request is written is then taken for whole when the connection ends
// before it is (QHttpProtocolHandler::_q_receiveReply() of Qt 6.4 to 6.8): what it carried would be
// lost without a word. With the default proxy the socket is buffered, and each cut is seen. That is
// the one which the application has set for all sockets, so it is used only where that is none.
QNetworkProxy directWay(const QUrl &url)
{
    const QNetworkProxyQuery query(url.host(), url.port(80));
    const QList<QNetworkProxy> proxies = QNetworkProxyFactory::proxyForQuery(query);
    if (url.scheme() != "http"_L1 || proxies.value(0).type() != QNetworkProxy::NoProxy)
        return QNetworkProxy::NoProxy;
    QNetworkProxy proxy(QNetworkProxy::DefaultProxy);
    proxy.setCapabilities(QNetworkProxy::TunnelingCapability);
    return proxy;
}

} // namespace

// Asks for the proxy as the application's access manager does, but keeps the password back, so that
// ClientNetwork is asked for it: Qt repeats a request that a proxy did not let through, and only
// the question tells that from a repetition after a loss.
class SharedProxyFactory final : public QNetworkProxyFactory
{
public:
    explicit SharedProxyFactory(ClientNetwork *network)
        : m_network(network)
    {
    }
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query) override
    {
        return m_network->queryProxy(query);
    }

private:
    ClientNetwork *m_network;
};

// The time during which the application is asked for a password, below functions of Qt that need
// the access manager and the reply afterwards.
class ClientNetwork::Asking
{
public:
    explicit Asking(ClientNetwork *network)
        : m_network(network)
    {
        ++m_network->m_asking;
    }
    ~Asking()
    {
        if (--m_network->m_asking > 0)
            return;
        const QList<QPointer<QNetworkReply>> dropped = std::exchange(m_network->m_dropped, {});
        for (const QPointer<QNetworkReply> &reply : dropped) {
            if (reply)
                reply->deleteLater();
        }
        if (m_network->m_retired)
            m_network->deleteLater();
    }
    Q_DISABLE_COPY_MOVE(Asking)

private:
    ClientNetwork *m_network;
};

ClientNetwork::ClientNetwork(const QUrl &url, QNetworkAccessManager *shared)
    : m_shared(shared)
    , m_server(url.adjusted(QUrl::RemoveUserInfo | QUrl::RemovePath | QUrl::RemoveQuery))
    , m_credentials{url.userName(QUrl::FullyDecoded), url.password(QUrl::FullyDecoded)}
{
    if (!isDerived(shared)) {
        m_polls.manager = std::make_unique<QNetworkAccessManager>();
        m_posts.manager = std::make_unique<QNetworkAccessManager>();
    }
    setUp(m_polls);
    setUp(m_posts);
}

ClientNetwork::~ClientNetwork()
{
    if (m_counted && m_shared)
        countClients(m_shared, -1);
}

void ClientNetwork::retire()
{
    m_retired = true;
    if (m_asking == 0)
        delete this;
}

void ClientNetwork::setUp(Pool &pool)
{
    QNetworkAccessManager *manager = pool.manager.get();
    if (!manager) {
        if (&pool == &m_polls) {
            connect(m_shared, &QNetworkAccessManager::authenticationRequired, this,
                    &ClientNetwork::challenged);
            connect(m_shared, &QNetworkAccessManager::proxyAuthenticationRequired, this,
                    &ClientNetwork::proxyChallenged);
        }
        return;
    }
    manager->setProxyFactory(new SharedProxyFactory(this));
    connect(manager, &QNetworkAccessManager::authenticationRequired, this,
            &ClientNetwork::answerServer);
    connect(manager, &QNetworkAccessManager::proxyAuthenticationRequired, this,
            [this](const QNetworkProxy &proxy, QAuthenticator *authenticator) {
                Q_EMIT proxyChallenged();
                answerProxy(proxy, authenticator);
            });
    manager->setCookieJar(new SharedCookieJar(m_shared));
    manager->setStrictTransportSecurityEnabled(m_shared->isStrictTransportSecurityEnabled());
    connect(manager, &QNetworkAccessManager::sslErrors, this,
            [this](QNetworkReply *reply, const QList<QSslError> &errors) {
                const Asking asking(this);
                if (m_shared)
                    callApplication([&] { Q_EMIT m_shared->sslErrors(reply, errors); });
            });
    connect(manager, &QNetworkAccessManager::preSharedKeyAuthenticationRequired, this,
            [this](QNetworkReply *reply, QSslPreSharedKeyAuthenticator *authenticator) {
                const Asking asking(this);
                if (m_shared)
                    callApplication([&] {
                        Q_EMIT m_shared->preSharedKeyAuthenticationRequired(reply, authenticator);
                    });
            });
}

QList<QNetworkCookie> ClientNetwork::cookiesForUrl(const QUrl &url) const
{
    return m_shared ? m_shared->cookieJar()->cookiesForUrl(url) : QList<QNetworkCookie>();
}

void ClientNetwork::setCookiesFromUrl(const QList<QNetworkCookie> &cookies, const QUrl &url)
{
    if (m_shared)
        m_shared->cookieJar()->setCookiesFromUrl(cookies, url);
}

QNetworkReply *ClientNetwork::get(QNetworkRequest request)
{
    QNetworkAccessManager *manager = prepare(m_polls, request);
    return manager ? manager->get(request) : nullptr;
}

QNetworkReply *ClientNetwork::post(QNetworkRequest request, QIODevice *body)
{
    QNetworkAccessManager *manager = prepare(m_posts, request);
    return manager ? manager->post(request, body) : nullptr;
}

QNetworkAccessManager *ClientNetwork::prepare(Pool &pool, QNetworkRequest &request)
{
    if (!pool.manager) {
        if (m_shared && !std::exchange(m_counted, true)
            && countClients(m_shared, 1) >= MostConnections) {
            qCWarning(lcEngine,
                      "%d polling clients share a class derived from QNetworkAccessManager, which "
                      "makes no more than %d connections to a host: they will wait for each other",
                      m_shared->property(ClientsProperty).toInt(), MostConnections);
        }
        // The client must not close the application's connections: the server is asked to.
        request.setRawHeader("Connection", "close");
        QUrl url = request.url();
        if (isSameServer(m_server, url)) {
            url.setUserName(m_credentials.user);
            url.setPassword(m_credentials.password);
        }
        request.setUrl(url);
        return m_shared;
    }
    // This also makes Qt forget passwords. It asks on the new connection, so that a repetition with
    // a password can be told from one after a loss.
    if (pool.keptAlive.hasExpired())
        pool.manager->clearAccessCache();
    return pool.manager.get();
}

void ClientNetwork::finished(Use use, const QNetworkReply *reply)
{
    Pool &pool = use == Use::Poll ? m_polls : m_posts;
    const bool failed = reply->error() != QNetworkReply::NoError;
    pool.keptAlive = QDeadlineTimer(failed ? 0ms : keepAliveTime(reply));
}

void ClientNetwork::dispose(QNetworkReply *reply)
{
    // Not abort(): a failure that is already on its way from Qt's thread would then be the second
    // one, which Qt warns of.
    if (m_asking > 0)
        m_dropped.append(reply);
    else
        delete reply;
}

void ClientNetwork::answerServer(QNetworkReply *reply, QAuthenticator *authenticator)
{
    const int challenges = reply->property(ChallengesProperty).toInt();
    reply->setProperty(ChallengesProperty, challenges + 1);
    Q_EMIT challenged(reply);
    if (!m_shared)
        return;
    // A redirect may have led to another one, which the URL's password is not for.
    const bool isOurs = isSameServer(m_server, reply->url());
    const QString key = isOurs
        ? m_server.toString()
        : reply->url()
              .adjusted(QUrl::RemoveUserInfo | QUrl::RemovePath | QUrl::RemoveQuery)
              .toString();
    const Credentials known = isOurs && !m_credentials.isEmpty()
        ? m_credentials
        : CredentialMemory::of(m_shared).credentials.value(key);
    if (challenges == 0 && !known.isEmpty()) {
        authenticator->setUser(known.user);
        authenticator->setPassword(known.password);
        return;
    }
    const Asking asking(this);
    const QPointer<QNetworkAccessManager> shared = m_shared;
    callApplication([&] { Q_EMIT shared->authenticationRequired(reply, authenticator); });
    if (shared && !authenticator->user().isEmpty()) {
        CredentialMemory::of(shared).credentials.insert(
            key, {authenticator->user(), authenticator->password()});
    }
}

void ClientNetwork::answerProxy(const QNetworkProxy &proxy, QAuthenticator *authenticator)
{
    const QString key = proxyKey(proxy);
    if (!m_shared)
        return;
    const Credentials known = CredentialMemory::of(m_shared).credentials.value(key);
    // It has the last answer when that was wrong.
    const bool again = !known.isEmpty() && authenticator->user() == known.user
        && authenticator->password() == known.password;
    if (!again && !known.isEmpty()) {
        authenticator->setUser(known.user);
        authenticator->setPassword(known.password);
        return;
    }
    const Asking asking(this);
    const QPointer<QNetworkAccessManager> shared = m_shared;
    callApplication([&] { Q_EMIT shared->proxyAuthenticationRequired(proxy, authenticator); });
    if (shared && !authenticator->user().isEmpty()) {
        CredentialMemory::of(shared).credentials.insert(
            key, {authenticator->user(), authenticator->password()});
    }
}

QNetworkProxy ClientNetwork::proxyFor(const QUrl &url)
{
    return queryProxy(QNetworkProxyQuery(url)).value(0);
}

QList<QNetworkProxy> ClientNetwork::queryProxy(const QNetworkProxyQuery &query)
{
    QList<QNetworkProxy> proxies;
    if (m_shared && m_shared->proxyFactory())
        proxies = m_shared->proxyFactory()->queryProxy(query);
    else if (m_shared && m_shared->proxy().type() != QNetworkProxy::DefaultProxy)
        proxies = {m_shared->proxy()};
    else
        proxies = QNetworkProxyFactory::proxyForQuery(query);
    for (QNetworkProxy &proxy : proxies) {
        if (proxy.type() == QNetworkProxy::NoProxy)
            proxy = directWay(query.url());
        const bool http = proxy.type() == QNetworkProxy::HttpProxy
            || proxy.type() == QNetworkProxy::HttpCachingProxy;
        if (!http || proxy.user().isEmpty() || !m_shared)
            continue;
        CredentialMemory::of(m_shared).credentials.insert(proxyKey(proxy),
                                                          {proxy.user(), proxy.password()});
        proxy.setUser({});
        proxy.setPassword({});
    }
    return proxies;
}

} // namespace EngineIo::detail

#include "moc_clientnetwork_p.cpp"
