// SPDX-License-Identifier: MIT
#ifndef CHATROOM_H
#define CHATROOM_H

#include <QtCore/qobject.h>
#include <QtCore/qvariant.h>

namespace SocketIo {
class Server;
class Socket;
} // namespace SocketIo

// Who is there, and what was said: the whole of the chat's rules.
class ChatRoom : public QObject
{
    Q_OBJECT

public:
    explicit ChatRoom(SocketIo::Server *io);

Q_SIGNALS:
    void said(const QString &name, const QString &text);

private:
    void welcome(SocketIo::Socket *socket);
    QString freeName(const QString &wanted) const;
    void tellNames();

    SocketIo::Server *m_io;
    QVariantList m_history; // the last things said, for those who come later
};

#endif
