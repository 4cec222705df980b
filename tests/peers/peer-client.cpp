// SPDX-License-Identifier: MIT
#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/PendingAck>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qtimer.h>
#include <QtCore/qurl.h>

#include <cstdio>
#include <functional>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto Wait = 30s;

QString testText()
{
    return u"text \u00e4\u20ac\U0001f600 \" \\"_s;
}

QByteArray testBytes()
{
    QByteArray bytes;
    // netty-socketio takes the 0 at the beginning of binary data for a head of Engine.IO 3.
    for (int i = 1; i <= 10'240; ++i)
        bytes.append(char(i));
    return bytes;
}

[[noreturn]] void fail(const QString &what)
{
    fprintf(stderr, "%s\n", qPrintable(what));
    fflush(stderr);
    _Exit(1);
}

QString shown(const QVariant &value)
{
    QString text;
    QDebug(&text).noquote() << value;
    return text.left(300);
}

void check(const char *name, const QVariant &actual, const QVariant &expected)
{
    if (actual != expected)
        fail(u"%1: %2 instead of %3"_s.arg(QLatin1String(name), shown(actual), shown(expected)));
    printf("ok %s\n", name);
    fflush(stdout);
}

// Runs the event loop until the condition holds. Only this program may do that: it has nothing else
// to do.
void waitFor(const char *what, const std::function<bool()> &condition)
{
    QDeadlineTimer deadline(Wait);
    QTimer tick;
    tick.start(20ms);
    while (!condition()) {
        if (deadline.hasExpired())
            fail(u"%1: nothing came"_s.arg(QLatin1String(what)));
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

QVariantList call(ClientSocket *socket, const char *what, const QString &event,
                  const QVariantList &args)
{
    bool done = false;
    QVariantList answer;
    socket->timeout(Wait)
        .emitWithAckList(event, args)
        ->then(socket,
               [&](const QVariantList &values) {
                   answer = values;
                   done = true;
               })
        ->onFailed(socket, [what](const Error &error) {
            fail(u"%1: %2"_s.arg(QLatin1String(what), error.message()));
        });
    waitFor(what, [&] { return done; });
    return answer;
}

// What a peer makes of binary data that it sends.
enum class Binary { Intact, ByteInFront, Unreadable };

// netty-socketio puts the 4 in front that messages have in Engine.IO 3, also where a client speaks
// Engine.IO 4, and over polling neither side understands the other's binary data.
Binary binaryOf(const QString &language, const QString &transport)
{
    if (language != "java"_L1)
        return Binary::Intact;
    return transport == "polling"_L1 ? Binary::Unreadable : Binary::ByteInFront;
}

// What a QtSocketIo client asks of other servers.
class Scenario
{
public:
    Scenario(const QUrl &url, const QString &transport, const QString &language)
        : m_transport(transport)
        , m_binary(binaryOf(language, transport))
        , m_hasNewIds(language == "python"_L1) // the others' sockets have the connection's
        , m_manager(url, options(transport))
    {
    }

    void run()
    {
        ClientSocket *socket = m_manager.socket();
        ClientSocket *chat = m_manager.socket(u"/chat"_s);
        keep(socket);
        keep(chat);
        socket->open();
        chat->open();
        waitFor("connected", [&] { return socket->isConnected() && chat->isConnected(); });
        const QString last = m_transport == "upgrade"_L1 ? u"websocket"_s : m_transport;
        waitFor("transport", [&] { return m_manager.transportName() == last; });
        const QString firstId = socket->id();
        exchange(socket, chat);

        socket->close();
        waitFor("disconnected by the client", [&] { return !socket->isConnected(); });
        check("the other namespace stays", chat->isConnected(), true);
        socket->open();
        waitFor("connected again", [&] { return socket->isConnected(); });
        if (m_hasNewIds)
            check("a new id", socket->id() != firstId, true);
        check("echo again", call(socket, "echo again", u"echo"_s, {u"again"_s}),
              QVariantList{u"again"_s});
        socket->emitEvent(u"leave me"_s);
        waitFor("disconnected by the server", [&] { return !socket->isConnected(); });
        socket->open();
        waitFor("connected once more", [&] { return socket->isConnected(); });

        // The connection breaks, which the manager mends.
        int opened = 0;
        QObject::connect(&m_manager, &Manager::opened, socket, [&] { ++opened; });
        m_manager.engine()->abort();
        waitFor("reconnected",
                [&] { return opened == 1 && socket->isConnected() && chat->isConnected(); });
        exchange(socket, chat);
        authenticate();
    }

private:
    static ClientOptions options(const QString &transport)
    {
        ClientOptions options;
        if (transport == "polling"_L1)
            options.transports = {EngineIo::TransportType::Polling};
        else if (transport == "websocket"_L1)
            options.transports = {EngineIo::TransportType::WebSocket};
        options.autoConnect = false;
        options.reconnectionDelay = 50ms;
        return options;
    }

    void keep(ClientSocket *socket)
    {
        QObject::connect(socket, &ClientSocket::eventReceived, socket,
                         [this](const QString &event, const QVariantList &args) {
                             m_received.append(QVariant(QVariantList{event, args}));
                         });
    }
    QVariantList next(const char *what)
    {
        waitFor(what, [&] { return !m_received.isEmpty(); });
        return m_received.takeFirst().toList();
    }

    void exchange(ClientSocket *socket, ClientSocket *chat)
    {
        const QVariantList text{testText(), 42, QVariantMap{{u"a"_s, QVariantList{true, 1.5}}}};
        check("text in an acknowledgement", call(socket, "echo", u"echo"_s, text), text);
        if (m_binary != Binary::Unreadable)
            exchangeBinary(socket);
        chat->emitEvent(u"back"_s, u"in a namespace"_s);
        check("namespace", next("namespace"),
              QVariantList{u"back"_s, QVariant(QVariantList{u"in a namespace"_s})});
        check("join", call(socket, "join", u"join"_s, {u"room 1"_s}), QVariantList{u"room 1"_s});
        socket->emitEventList(u"tell"_s, {u"room 2"_s, u"nobody hears this"_s});
        socket->emitEventList(u"tell"_s, {u"room 1"_s, testText()});
        check("room", next("room"), QVariantList{u"told"_s, QVariant(QVariantList{testText()})});
    }

    void exchangeBinary(ClientSocket *socket)
    {
        const QByteArray back = m_binary == Binary::ByteInFront ? '\4' + testBytes() : testBytes();
        const QVariantList binary{testBytes(), u"and text"_s};
        check("binary in an acknowledgement", call(socket, "echo binary", u"echo binary"_s, binary),
              QVariantList{back, u"and text"_s});
        socket->emitEventList(u"back"_s, {testText(), testBytes()});
        const QVariantList event{testText(), back};
        check("event", next("event"), QVariantList{u"back"_s, QVariant(event)});
    }

    void authenticate()
    {
        ClientSocket *admin = m_manager.socket(u"/admin"_s);
        QString error;
        QObject::connect(admin, &ClientSocket::connectError, admin,
                         [&](const Error &what) { error = what.message(); });
        admin->setAuth({{u"token"_s, u"a wrong one"_s}}); // without any, netty-socketio lets it in
        admin->open();
        waitFor("refused", [&] { return !error.isEmpty(); });
        check("refused", admin->isConnected(), false);
        admin->setAuth({{u"token"_s, u"secret"_s}});
        admin->open();
        waitFor("authorized", [&] { return admin->isConnected(); });
    }

    const QString m_transport;
    const Binary m_binary;
    const bool m_hasNewIds;
    Manager m_manager;
    QVariantList m_received;
};

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    if (app.arguments().size() != 4)
        fail(u"usage: peer-client URL polling|websocket|upgrade LANGUAGE"_s);
    const QUrl url(app.arguments().at(1));
    const QString transport = app.arguments().at(2);
    Scenario(url, transport, app.arguments().at(3)).run();
    return 0;
}
