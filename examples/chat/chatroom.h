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
//
// A client says "join" with the name that it wishes, and is answered with the one that it gets and what
// was said last. "chat message" is answered with the message as all get it, or with an object that has
// only "error", a text.
class ChatRoom : public QObject
{
    Q_OBJECT

public:
    explicit ChatRoom(SocketIo::Server *io);

Q_SIGNALS:
    void said(const QString &name, const QString &text);

private:
    void welcome(SocketIo::Socket *socket);
    static QString problemOf(SocketIo::Socket *socket, const QString &text); // none: it can be said
    QString freeName(const QString &wanted) const;
    void tellNames();

    SocketIo::Server *m_io;
    QVariantList m_history; // the last things said, for those who come later
};

#endif
