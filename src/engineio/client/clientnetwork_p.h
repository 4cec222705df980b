// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTNETWORK_P_H
#define ENGINEIO_CLIENTNETWORK_P_H

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qauthenticator.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkproxy.h>

#include <memory>

QT_BEGIN_NAMESPACE
class QIODevice;
class QNetworkCookie;
class QNetworkReply;
QT_END_NAMESPACE

namespace EngineIo::detail {

struct Credentials
{
    QString user;
    QString password;

    bool isEmpty() const { return user.isEmpty() && password.isEmpty(); }
};

// Makes the HTTP requests of one client.
//
// Qt opens at most six connections to a host for each access manager, and further requests wait for
// them. A polling request occupies a connection for as long as nothing happens, so six clients with
// one access manager would have no connection left to send data. Polls and posts of each client
// therefore have separate access managers, which use the cookies, the proxy and the answers to
// authentication requests of the access manager that the application has set.
//
// A server can close a kept-alive connection at any time, even while a request is in transit, and
// it is then unknown whether the request was processed. Each request therefore uses a new
// connection, as in engine.io-client for Node.js, unless the server has announced with "Keep-Alive:
// timeout=" that it keeps the existing one open long enough.
class ClientNetwork : public QObject
{
    Q_OBJECT

public:
    enum class Use : quint8 { Poll, Post };

    // url: with the user name and password for the server, if it has any.
    ClientNetwork(const QUrl &url, QNetworkAccessManager *shared);
    ~ClientNetwork() override;

    QNetworkReply *get(QNetworkRequest request);
    QNetworkReply *post(QNetworkRequest request, QIODevice *body);
    // Takes note of how long the reply's connection can be used again.
    void finished(Use use, const QNetworkReply *reply);
    // Deletes the reply, which also aborts its request, when none of its code is on the stack.
    void dispose(QNetworkReply *reply);

    // Whether Qt may answer the demand for a password from memory, without asking.
    bool answersSilently() const { return !m_polls.manager; }
    QList<QNetworkCookie> cookiesForUrl(const QUrl &url) const;
    void setCookiesFromUrl(const QList<QNetworkCookie> &cookies, const QUrl &url);
    // Answers a proxy's demand for a password, perhaps by asking the application.
    void answerProxy(const QNetworkProxy &proxy, QAuthenticator *authenticator);

    // The one that requests to url go by; without a host name if there is none.
    QNetworkProxy proxyFor(const QUrl &url);

    // Deletes this object once none of its functions is being executed.
    void retire();

Q_SIGNALS:
    // The request of a reply, or one through a proxy, is made again, with a password.
    void challenged(QNetworkReply *reply);
    void proxyChallenged();

private:
    struct Pool
    {
        std::unique_ptr<QNetworkAccessManager> manager; // empty: the shared one is used
        QDeadlineTimer keptAlive{0};
    };
    class Asking;

    void setUp(Pool &pool);
    QNetworkAccessManager *prepare(Pool &pool, QNetworkRequest &request);
    void answerServer(QNetworkReply *reply, QAuthenticator *authenticator);
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query);

    const QPointer<QNetworkAccessManager> m_shared;
    const QUrl m_server;
    const Credentials m_credentials; // those of the URL
    Pool m_polls;
    Pool m_posts;
    QList<QPointer<QNetworkReply>> m_dropped;
    int m_asking = 0; // depth of questions to the application
    bool m_counted = false;
    bool m_retired = false;

    friend class SharedProxyFactory;
};

struct RetireNetwork
{
    void operator()(ClientNetwork *network) const { network->retire(); }
};
// Shared with a transport that still has data to send after the client has ended.
using ClientNetworkPtr = std::shared_ptr<ClientNetwork>;

} // namespace EngineIo::detail

#endif
