// SPDX-License-Identifier: MIT
#include "suites.h"

#include <EngineIo/Server>

#include <QtCore/qdatetime.h>
#include <QtCore/qhash.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qlocale.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// Echoes every message.
Suite startEngineSuite(const Place &place, bool allowEIO3)
{
    ServerOptions options;
    options.allowEIO3 = allowEIO3;
    options.pingInterval = 300ms;
    options.pingTimeout = 200ms;
    options.maxHttpBufferSize = 1'000'000;
    options.cors = CorsOptions();
    auto server = std::make_unique<Server>(options);
    QObject::connect(server.get(), &Server::connection, [](Session *session) {
        QObject::connect(session, &Session::messageReceived, session,
                         [session](const Message &message) { session->send(message); });
    });
    return serve(std::move(server), place);
}

namespace {

QByteArray headersAsJson(const HttpHeaders &headers)
{
    QJsonObject object;
    for (const HttpHeaders::Field &field : headers.fields())
        object.insert(QString::fromLatin1(field.first.toLower()),
                      QString::fromLatin1(field.second));
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

void addCookies(HttpHeaders *headers)
{
    const QString now = QLocale::c().toString(QDateTime::currentDateTimeUtc(),
                                              u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s);
    for (const QByteArray &cookie :
         {"1=1; Max-Age=86400"_ba, "2=2; Path=/; HttpOnly; Secure; SameSite=Strict"_ba,
          "3=3; Max-Age=0"_ba, "4=4; Expires=" + now.toLatin1()})
        headers->append("Set-Cookie"_ba, cookie);
}

// The server that an Engine.IO client's own tests talk to.
class EngineClientServer : public Server
{
public:
    explicit EngineClientServer(const ServerOptions &options)
        : Server(options)
    {
        setAllowRequest([](const HttpRequest &request, const AllowDone &done) {
            done(!request.hasQueryValue(u"deny"), {});
        });
        use([this](const HttpRequest &request, HttpHeaders *, const HttpResponder &,
                   const Next &next) {
            if (request.method() == "POST")
                m_postHeaders.insert(request.queryValue(u"sid"), request.headers());
            next({});
        });
        connect(this, &Server::initialHeaders, this, addCookies);
        connect(this, &Server::connection, this, &EngineClientServer::welcome);
    }

private:
    void welcome(Session *session)
    {
        session->send(Message::fromText(u"hi"_s));
        connect(session, &Session::messageReceived, this,
                [this, session](const Message &message) { answer(session, message); });
        connect(session, &Session::closed, this,
                [this, id = session->id()] { m_postHeaders.remove(id); });
    }

    void answer(Session *session, const Message &message)
    {
        const QByteArray text = message.isBinary() ? QByteArray() : message.bytes();
        if (text == "give binary")
            session->send(Message::fromBinary(QByteArray("\0\1\2\3\4", 5)));
        else if (text == "give utf8")
            session->send(Message::fromText(u"пойду спать всем спокойной ночи"_s));
        else if (text == "sendHeaders")
            session->send(Message::fromUtf8(headersAsJson(m_postHeaders.value(session->id()))));
        else
            session->send(message);
    }

    QHash<QString, HttpHeaders> m_postHeaders; // of each session's latest POST
};

} // namespace

Suite startEngineClientSuite(const Place &place)
{
    ServerOptions options;
    options.pingInterval = 500ms;
    options.maxHttpBufferSize = 100;
    return serve(std::make_unique<EngineClientServer>(options), place);
}
