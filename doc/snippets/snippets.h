// SPDX-License-Identifier: MIT
#ifndef SNIPPETS_H
#define SNIPPETS_H

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtCore/QDateTime>
#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QUrl>
#include <QtNetwork/QSslConfiguration>

#include <functional>
#include <memory>

QT_BEGIN_NAMESPACE
class QTimeLine;
QT_END_NAMESPACE

//! [gadget]
struct Reading
{
    Q_GADGET
    Q_PROPERTY(QString sensor MEMBER sensor)
    Q_PROPERTY(double value MEMBER value)
    Q_PROPERTY(QDateTime time MEMBER time)

public:
    QString sensor;
    double value = 0;
    QDateTime time;
};
//! [gadget]

//! [recorder]
class Recorder : public QObject
{
    Q_OBJECT

public:
    void listenTo(SocketIo::Socket *socket);
    void addReading(const Reading &reading);
    void addReadings(const QList<Reading> &readings, const SocketIo::Ack &ack);

    QList<Reading> readings;
    QStringList refused;

Q_SIGNALS:
    void levelChanged(int level, const QString &text);
};
//! [recorder]

// Typed slots
void serveTypes(SocketIo::Server *io, Recorder *recorder);
void sendReadings(SocketIo::ClientSocket *socket);
void catchAll(SocketIo::ClientSocket *socket, QObject *context, QStringList *names);

// Rooms and namespaces
void serveRooms(SocketIo::Server *io);
void announce(SocketIo::Server *io, const QString &text);
void serveNamespaces(SocketIo::Server *io);
void serveDynamicNamespaces(SocketIo::Server *io);
void manageSockets(SocketIo::Server *io, QObject *context);
SocketIo::ClientSocket *joinNews(const QUrl &server);

// Authentication
bool isValid(const QString &token);
void serveAuthentication(SocketIo::Server *io);
void serveAsynchronousAuthentication(SocketIo::Server *io);
void serveEventRules(SocketIo::Server *io);
void refuseHandshakes(SocketIo::Server *io);
SocketIo::ClientSocket *connectWithToken(const QUrl &server, const QString &token);
void renewToken(SocketIo::ClientSocket *socket, const std::function<QString()> &currentToken);
void showRefusals(SocketIo::ClientSocket *socket, QObject *context, QStringList *texts);

QByteArray sessionCookie(const QByteArray &user, qint64 until, const QByteArray &key);
QByteArray userOf(const EngineIo::HttpRequest &request, const QByteArray &key);
void serveSessions(SocketIo::Server *io, const QByteArray &key, const QByteArray &page);

// Acknowledgements
void serveAcknowledgements(SocketIo::Server *io);
void save(SocketIo::ClientSocket *socket, QObject *context, QStringList *log);
QFuture<QString> saveAsFuture(SocketIo::ClientSocket *socket);
void saveOrTellWhy(SocketIo::ClientSocket *socket, QObject *context, QStringList *log);
void askEverybody(SocketIo::Server *io, QObject *context, QVariantList *answers);
SocketIo::ClientSocket *connectWithRetries(const QUrl &server);

// Offline
std::unique_ptr<SocketIo::Server> makeRecoveringServer();
void serveMissedMessages(SocketIo::Server *io, const QList<QVariantMap> &log);
SocketIo::ClientSocket *connectPatiently(const QUrl &server);
void showConnection(SocketIo::ClientSocket *socket, QObject *context, QStringList *log);
void sendOnlyWhenConnected(SocketIo::ClientSocket *socket, double position);

// Quitting
void sayByeAndQuit(SocketIo::ClientSocket *socket);
void closeAndQuit(SocketIo::ClientSocket *socket);
SocketIo::ClientSocket *sendAndQuit(const QUrl &server);

// Threads
std::unique_ptr<SocketIo::Server> makeThreadedServer();
void work(SocketIo::Socket *socket);
void emitFromAnotherThread(SocketIo::ClientSocket *socket, double progress);
void forwardFromAnotherThread(SocketIo::ClientSocket *socket, QTimeLine *worker);

// Compression
std::unique_ptr<SocketIo::Server> makeCompressingServer();
std::unique_ptr<SocketIo::Server> makeCompressingServerForMany();
void sendImage(SocketIo::Server *io, const QByteArray &image);

// Coming from socket.io
void managerCalls(SocketIo::ClientSocket *socket, QObject *context);
void namespaceCalls(SocketIo::Server &io, QObject *context);
void socketCalls(SocketIo::Socket *socket, QObject *context);
void engineCalls(SocketIo::Server &io, QObject *context);

// Pages in browsers
std::unique_ptr<SocketIo::Server> makeServerWithScript(const QString &clientFolder);
void servePage(SocketIo::Server *io, const QString &fileName);
std::unique_ptr<SocketIo::Server> makeServerForPages();

// TLS
QSslConfiguration withCertificate(const QString &certificate, const QString &key);
bool listenWithTls(SocketIo::Server *io, const QString &certificate, const QString &key);
SocketIo::ClientSocket *connectWithTls(const QUrl &url, const QString &authority);
bool listenForKnownClients(SocketIo::Server *io, const QString &certificate, const QString &key,
                           const QString &authority);
SocketIo::ClientSocket *connectWithCertificate(const QUrl &url, const QString &certificate,
                                               const QString &key, const QString &authority);
void nameByCertificate(SocketIo::Socket *socket, const SocketIo::Next &next);

// Deployment
std::unique_ptr<SocketIo::Server> makeProxiedServer();
void greet(SocketIo::Socket *socket);
void nameSessions(SocketIo::Server *io, const QString &name);
void endGracefully(SocketIo::Server *io);

#endif
