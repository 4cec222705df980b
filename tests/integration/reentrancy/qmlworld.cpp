// SPDX-License-Identifier: MIT
#include "qmlworld.h"

#include "qmladapter.h"

#include <EngineIo/Session>
#include <SocketIo/Socket>

#include <QtCore/qcoreapplication.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlengine.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

namespace {

const QByteArray ServerQml = R"(
import QtQml
import SocketIo 1.0
SocketIoServer {
    id: server
    host: "127.0.0.1"
    allowRequest: (request, callback) => { world.called("qml allowRequest", server); callback(null, true); }
    property SocketIoNamespace side
    Component.onCompleted: {
        use((socket, next) => { world.called("qml middleware", socket); next(); });
        side = server.of("/side");
        side.use((socket, next) => next("no"));
    }
    onConnected: socket => {
        world.sawSocket(socket);
        socket.join("all");
        socket.on("number", number => { world.serverReceived(number); world.called("qml socket on", socket); });
        socket.onAnyOutgoing(() => world.called("qml socket onAnyOutgoing", socket));
        socket.use((event, next) => event[0] === "refused" ? next("no") : next());
        socket.once("number", () => world.called("qml socket once", socket));
        socket.on("question", done => { world.called("qml socket acknowledgement", socket); done(1); });
        socket.data = { name: "one" };
        socket.leave("all");
        socket.join("all");
    }
    function numberTo(socket, number) { socket.emitEvent("number", number); }
    function broadcast() { server.to("all").emitEvent("tick"); }
    function ask(socket) {
        socket.emitWithAck("question", () => { world.answered(); world.called("qml socket answer", socket); }, () => world.answered());
        server.to("all").timeout(5000).emitWithAck("question").then(() => { world.answered(); world.called("qml broadcast promise", server); }, () => world.answered());
    }
    function changeData(socket) { socket.data = { name: "two" }; }
    function kick(socket) { socket.disconnectSocket(); }
    function kickAll(socket) { socket.disconnectClient(); }
    function item(socket) { socket.emitEvent("item", { key: 1 }); }
}
)";

const QByteArray ClientQml = R"(
import QtQml
import SocketIo 1.0
SocketIoClient {
    id: client
    autoConnect: false
    auth: done => { world.called("qml auth", client); done({ name: client.main ? "main" : "other" }); }
    property bool main: false
    property SocketIoEvent event: SocketIoEvent {
        client: client
        name: "item"
        onReceived: if (client.main) world.called("qml event received", client)
    }
    property Connections quitting: Connections {
        target: Qt.application
        function onAboutToQuit() { if (client.main) world.called("qml aboutToQuit", client); }
    }
    property SocketIoListModel model: SocketIoListModel { client: client; keyRole: "key"; insertEvent: "item"; batchInterval: 1 }
    Component.onCompleted: {
        on("number", number => { if (client.main) { world.clientReceived(number); world.called("qml client on", client); } });
        once("number", () => world.called("qml client once", client));
        on("question", done => { world.called("qml client acknowledgement", client); done(1); });
        onAnyOutgoing(() => { if (client.main) world.called("qml client onAnyOutgoing", client); });
        on("tick", () => { if (!client.main) world.otherReceived(); });
    }
    function number(value) { client.emitEvent("number", value); }
    function ask() {
        client.emitEvent("refused");
        client.emitWithAck("question", () => { world.answered(); world.called("qml client answer", client); }, () => world.answered());
        client.emitWithAck("question").then(() => { world.answered(); world.called("qml client promise", client); }, () => world.answered());
    }
}
)";

class NoAdapter final : public QmlAdapter
{
public:
    explicit NoAdapter(QObject *parent)
        : QmlAdapter(parent)
    {
    }
    AdapterFactory factory() override { return {}; }
};

// One for all worlds: an engine has a thread, which costs more than all else that a world does.
QQmlEngine &engine()
{
    static QPointer<QQmlEngine> engine;
    if (!engine) {
        engine = new QQmlEngine(QCoreApplication::instance());
        engine->setOutputWarningsToStandardError(false); // of objects that are gone
    }
    return *engine;
}

} // namespace

QmlWorld::QmlWorld(const Combination &combination)
    : World(combination)
    , m_context(engine().rootContext())
{
    m_context.setContextProperty(u"world"_s, this);
}

QmlWorld::~QmlWorld()
{
    QmlWorld::tearDown();
}

QList<Hook> QmlWorld::hooks()
{
    return Hook::signalsOf(QmlListener::staticMetaObject, "QmlListener")
        + Hook::signalsOf(QmlClient::staticMetaObject, "QmlClient")
        + Hook::signalsOf(QmlServer::staticMetaObject, "QmlServer")
        + Hook::signalsOf(QmlNamespace::staticMetaObject, "QmlNamespace")
        + Hook::signalsOf(QmlSocket::staticMetaObject, "QmlSocket")
        + Hook::signalsOf(QmlEvent::staticMetaObject, "QmlEvent")
        + Hook::signalsOf(QmlListModel::staticMetaObject, "QmlListModel")
        + Hook::named({"qml middleware", "qml allowRequest", "qml socket on", "qml socket once",
                       "qml socket acknowledgement", "qml socket answer", "qml broadcast promise",
                       "qml auth", "qml client on", "qml client once", "qml client acknowledgement",
                       "qml client answer", "qml client promise", "qml event received",
                       "qml aboutToQuit", "qml socket onAnyOutgoing", "qml client onAnyOutgoing"});
}

QByteArrayList QmlWorld::actions()
{
    const QByteArrayList plain = {"delete the emitter",
                                  "delete the client",
                                  "delete the socket",
                                  "delete the server",
                                  "unload the client",
                                  "unload the server",
                                  "close the client",
                                  "kick the client",
                                  "end the connection",
                                  "stop listening",
                                  "change the url",
                                  "change the port",
                                  "emit"};
    return withLoops(plain);
}

QByteArray QmlWorld::unreachable(const Combination &combination)
{
    const QByteArray &hook = combination.hook.name;
    const QByteArray &action = combination.action;
    if (hook == "QmlClient::serverError")
        return "it takes a server of Socket.IO 2";
    // What is to be deleted later is deleted in a nested event loop.
    const bool deletes = action.contains("delete") || action.startsWith("inside a loop: unload");
    // What is sent here is sent by functions, not by handlers.
    const bool isSending = hook.endsWith("onAnyOutgoing");
    if (hook.startsWith("qml ") && deletes && !isSending)
        return "the engine's own rule: no object is deleted while one of its handlers runs";
    const bool isOfRoom = hook == "QmlNamespace::roomLeft" || hook == "QmlNamespace::roomDeleted";
    if (isOfRoom && action.endsWith("delete the emitter"))
        return "the same: the server is its main namespace";
    if ((isOfRoom || hook == "QmlSocket::roomsChanged" || hook == "QmlSocket::dataChanged")
        && deletes && action.endsWith("the server"))
        return "the same: that is called first by what the server's onConnected does";
    return {};
}

QObject *QmlWorld::create(const QByteArray &qml, const QVariantMap &properties)
{
    QQmlComponent component(&engine());
    component.setData(qml, QUrl());
    QObject *const object = component.isError()
        ? nullptr
        : component.createWithInitialProperties(properties, &m_context);
    if (!object)
        qFatal("%s", qPrintable(component.errorString()));
    QQmlEngine::setObjectOwnership(object, QQmlEngine::CppOwnership);
    return object;
}

bool QmlWorld::build()
{
    QVariantMap serverOptions;
    if (wants("QmlClient::recoveredChanged"))
        serverOptions.insert(u"connectionStateRecovery"_s, QVariantMap());
    m_server = qobject_cast<QmlServer *>(create(
        ServerQml, {{u"ioThreadCount"_s, combination().ioThreads}, {u"options"_s, serverOptions}}));
    if (!m_server->isListening())
        return false;
    watch(m_server, "QmlServer");
    const auto side = m_server->property("side").value<QmlNamespace *>();
    watch(side, "");
    watch(m_server->of(u"/"_s), "QmlNamespace");
    QStringList transports;
    for (const EngineIo::TransportType type : combination().transports())
        transports.append(EngineIo::transportName(type));
    const QVariantMap options{{u"forceNew"_s, true},
                              {u"reconnectionDelay"_s, 1},
                              {u"reconnectionDelayMax"_s, 5},
                              {u"transports"_s, transports}};
    m_other = qobject_cast<QmlClient *>(
        create(ClientQml, {{u"url"_s, m_server->url()}, {u"options"_s, options}}));
    watch(m_other, "");
    m_other->open();
    if (!waitFor([this] { return m_other->isConnected(); }))
        return false;
    m_client = qobject_cast<QmlClient *>(create(
        ClientQml, {{u"url"_s, m_server->url()}, {u"options"_s, options}, {u"main"_s, true}}));
    m_event = m_client->property("event").value<QmlEvent *>();
    m_model = m_client->property("model").value<QmlListModel *>();
    watch(m_client, "QmlClient");
    watch(m_client, "QmlListener"); // its base, as the sockets'
    watch(m_event, "QmlEvent");
    watch(m_model, "QmlListModel");
    return true;
}

void QmlWorld::called(const QString &hook, QObject *object)
{
    at(hook.toLatin1().constData(), object);
}

void QmlWorld::sawSocket(QObject *socket)
{
    auto *const qmlSocket = qobject_cast<QmlSocket *>(socket);
    const QVariantMap auth = qmlSocket->handshake().toMap().value(u"auth"_s).toMap();
    const bool isMain = auth.value(u"name"_s) == u"main"_s;
    watch(socket, isMain ? "QmlSocket" : "");
    watch(socket, isMain ? "QmlListener" : "");
    if (isMain) {
        m_serverSocket = qmlSocket;
        m_served.append(qmlSocket);
    }
}

bool QmlWorld::isConnected()
{
    // A connection that the client has given up already may be served after the next one.
    for (const QPointer<QmlSocket> &socket : std::as_const(m_served)) {
        if (socket && (!m_serverSocket || (m_client && socket->sid() == m_client->sid())))
            m_serverSocket = socket;
    }
    return m_client && m_client->isConnected() && m_serverSocket && m_serverSocket->isConnected()
        && m_serverSocket->sid() == m_client->sid();
}

QList<World::Step> QmlWorld::script()
{
    const auto onServer = [this](const char *function) {
        QMetaObject::invokeMethod(m_server, function,
                                  Q_ARG(QVariant, QVariant::fromValue(m_serverSocket.data())));
    };
    return {
        {"connect", [this] { m_client->open(); }, [this] { return isConnected(); }},
        {"events",
         [this] {
             peersSend();
             if (hasActed() || !isConnected())
                 return;
             m_acksToCome = 4;
             QMetaObject::invokeMethod(m_client, "ask");
             if (hasActed() || !isConnected())
                 return;
             QMetaObject::invokeMethod(m_server, "ask",
                                       Q_ARG(QVariant, QVariant::fromValue(m_serverSocket.data())));
         },
         [this] { return m_acksToCome == 0 && m_toServer.hasAllReceived(); }},
        {"model", [onServer] { onServer("item"); }, [this] { return m_model->count() == 1; }},
        {"data", [onServer] { onServer("changeData"); }, [] { return true; }},
        // The application goes on; but what is done in the handler has to be done by then.
        {"quit", [] { QMetaObject::invokeMethod(QCoreApplication::instance(), "aboutToQuit"); },
         [] { return true; }},
        {"properties",
         [this] {
             const std::function<void()> changes[] = {
                 [this] { m_model->setKeyRole(u"id"_s); },
                 [this] { m_model->setRoles({u"id"_s}); },
                 [this] { m_model->setInsertEvent(u"insert"_s); },
                 [this] { m_model->setUpdateEvent(u"update"_s); },
                 [this] { m_model->setRemoveEvent(u"remove"_s); },
                 [this] { m_model->setResetEvent(u"reset"_s); },
                 [this] { m_model->setMaximumCount(1); },
                 [this] { m_model->setBatchInterval(2); },
                 [this] { m_model->setClient(nullptr); },
                 [this] { m_event->setEnabled(false); },
                 [this] { m_event->setName(u"event"_s); },
                 [this] { m_event->setClient(nullptr); },
                 [this] {
                     QJSValue auth = engine().newObject();
                     auth.setProperty(u"name"_s, u"main"_s);
                     m_client->setAuth(auth);
                 },
                 [this] { m_client->setAutoConnect(true); },
                 [this] {
                     m_server->setOptions(QVariantMap{{u"pingInterval"_s, 1000}});
                 },
                 [this] { m_server->setIoThreadCount(2); },
                 [this] { m_server->setFolder(QUrl(u"qrc:/nowhere"_s)); },
                 [this] { m_server->setAllowRequest({}); },
                 [this] { m_server->of(QJSValue(u"/later"_s)); },
                 [this] { m_server->setAdapter(new NoAdapter(m_server)); },
             };
             for (const auto &change : changes) {
                 if (!hasActed() && m_model && m_client && m_server)
                     change();
             }
         },
         [] { return true; }},
        {"kick", [onServer] { onServer("kick"); }, [this] { return !m_client->isConnected(); }},
        {"again", [this] { m_client->open(); }, [this] { return isConnected(); }},
        {"end the connection", [onServer] { onServer("kickAll"); },
         [this] { return !m_client->isConnected(); }},
        {"open", [this] { m_client->open(); }, [this] { return isConnected(); }},
        {"break",
         [this] {
             connect(m_client, &QmlClient::reconnected, step(), [this] { m_done = true; });
             qobject_cast<Socket *>(m_serverSocket->parent())->conn()->abort();
         },
         [this] { return m_done && isConnected(); }},
        {"another namespace", [this] { m_client->setNsp(u"/side"_s); },
         [this] { return !m_client->errorString().isEmpty(); }},
        {"main namespace",
         [this] {
             m_client->setNsp(u"/"_s);
             m_client->open();
         },
         [this] { return isConnected(); }},
        {"lost", [this] { m_server->setListen(false); },
         [this] { return !m_client->isConnected(); }},
        {"host", [this] { m_server->setHost(u"nowhere"_s); }, [] { return true; }},
        {"listening", [this] { m_server->setListen(true); }, [] { return true; }},
        {"host again", [this] { m_server->setHost(u"127.0.0.1"_s); }, [] { return true; }},
        {"port", [this] { m_server->setPort(0); }, [] { return true; }},
        {"drain",
         [this] {
             if (wantsSignalOf("QmlServer")) // the other client would leave as well
                 m_server->drain();
         },
         [this] { return !m_server || !m_server->isDraining(); }},
        {"after the drain",
         [this] {
             m_server->setListen(false);
             if (!hasActed() && m_server)
                 m_server->setListen(true);
         },
         [] { return true; }},
        {"other options",
         [this] {
             m_client->setOptions(QVariantMap{{u"forceNew"_s, true},
                                              {u"reconnectionDelay"_s, 1},
                                              {u"reconnectionAttempts"_s, 1}});
         },
         [] { return true; }},
        {"other url", [this] { m_client->setUrl(QUrl(u"http://127.0.0.1:1"_s)); },
         [] { return false; }},
    };
}

void QmlWorld::peersSend()
{
    for (int i = 0; i < 3; ++i) {
        if (m_client && m_client->isConnected())
            QMetaObject::invokeMethod(m_client, "number",
                                      Q_ARG(QVariant, m_toServer.send(m_client->sid())));
        if (m_server && m_serverSocket && m_serverSocket->isConnected())
            QMetaObject::invokeMethod(m_server, "numberTo",
                                      Q_ARG(QVariant, QVariant::fromValue(m_serverSocket.data())),
                                      Q_ARG(QVariant, m_toClient.send(m_serverSocket->sid())));
    }
}

void QmlWorld::perform(const QByteArray &action, QObject *emitter)
{
    if (action == "emit") {
        peersSend();
    } else if (action == "delete the emitter") {
        delete emitter;
    } else if (action == "delete the client") {
        delete m_client;
    } else if (action == "delete the socket") {
        if (m_serverSocket)
            delete m_serverSocket->parent();
    } else if (action == "delete the server") {
        delete m_server;
    } else if (action == "unload the client") {
        // As a Loader or an Instantiator does.
        if (m_client)
            m_client->deleteLater();
    } else if (action == "unload the server") {
        if (m_server)
            m_server->deleteLater();
    } else if (action == "close the client") {
        if (m_client)
            m_client->close();
    } else if (action == "kick the client") {
        if (m_serverSocket)
            m_serverSocket->disconnectSocket();
    } else if (action == "end the connection") {
        if (m_serverSocket)
            m_serverSocket->disconnectClient();
    } else if (action == "stop listening") {
        if (m_server)
            m_server->setListen(false);
    } else if (action == "change the url") {
        if (m_client)
            m_client->setUrl(QUrl(m_client->url().toString() + u"/?other=1"_s));
    } else if (action == "change the port") {
        if (m_server)
            m_server->setPort(m_server->port());
    } else {
        qFatal("unknown action: %s", action.constData());
    }
}

QByteArray QmlWorld::check()
{
    const QByteArray &action = combination().action;
    if (!m_server || !m_server->isListening() || action.endsWith("change the port")
        || wantsSignalOf("QmlServer"))
        return {};
    m_other->setUrl(m_server->url()); // the script has the server listen anew
    m_other->open();
    if (!waitFor([this] { return m_other->isConnected(); }))
        return "the other client has lost its connection";
    const int before = m_otherReceived;
    QMetaObject::invokeMethod(m_server, "broadcast");
    if (!waitFor([&] { return m_otherReceived > before; }))
        return "the other client gets no events";
    if (!m_client || combination().hook.name == "QmlClient::reconnectFailed")
        return {};
    // A namespace whose middlewares are gone lets nobody in.
    if (wantsSignalOf("QmlNamespace") && action.endsWith("delete the emitter"))
        return {};
    m_client->setNsp(u"/"_s);
    m_client->setUrl(m_server->url());
    // That it was kicked may reach it only now.
    const bool back = waitFor([this] {
        if (m_client && !m_client->isConnected())
            m_client->open();
        return !m_client || isConnected();
    });
    if (!back)
        return "the client does not come back";
    if (!m_client)
        return {};
    peersSend();
    if (!waitFor([this] { return m_toServer.hasAllReceived() && m_toClient.hasAllReceived(); }))
        return "events do not arrive";
    // A client whose session was recovered keeps its id: what it sent last may be lost all the
    // same.
    const QString connection = m_client->isRecovered() ? QString(u"none"_s) : m_client->sid();
    const QByteArray toServer = m_toServer.problem(connection, !isBeforeSending());
    if (!toServer.isEmpty())
        return "to the server, " + toServer;
    const QByteArray toClient = m_toClient.problem(m_client->sid(), !isBeforeSending());
    if (!toClient.isEmpty())
        return "to the client, " + toClient;
    return {};
}

void QmlWorld::tearDown()
{
    if (combination().number % 2 == 0) {
        delete m_server;
        delete m_client;
        delete m_other;
    } else {
        delete m_client;
        delete m_other;
        delete m_server;
    }
}
