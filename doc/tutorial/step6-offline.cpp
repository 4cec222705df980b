// SPDX-License-Identifier: MIT
#include <SocketIo/Server>

#include <QtCore/QCoreApplication>
#include <QtCore/QSet>

using namespace Qt::StringLiterals;

namespace {

//! [retries]
// A client that got no acknowledgement sends a message again, so each has an id of its own.
class Chat : public QObject
{
public:
    void serve(SocketIo::Server *io, SocketIo::Socket *socket)
    {
        socket->on(u"chat message"_s, socket,
                   [this, io](const QString &nick, const QString &text, const QString &id,
                              const SocketIo::Ack &ack) {
                       if (!m_ids.contains(id)) {
                           m_ids.insert(id); // in a real program, a column of the database
                           io->emitEvent(u"chat message"_s, nick, text);
                       }
                       ack();
                   });
    }

private:
    QSet<QString> m_ids;
};
//! [retries]

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    Chat chat;
    //! [recovery]
    SocketIo::ServerOptions options;
    options.connectionStateRecovery = SocketIo::RecoveryOptions();
    SocketIo::Server io(options);
    //! [recovery]
    QObject::connect(&io, &SocketIo::Server::connected,
                     [&](SocketIo::Socket *socket) { chat.serve(&io, socket); });
    const QString port = app.arguments().value(1, u"3000"_s);
    if (!io.listen(QHostAddress::Any, port.toUShort()))
        return 1;
    qInfo("Listening on port %d", io.serverPort());
    return app.exec();
}
