// SPDX-License-Identifier: MIT
#ifndef CHATWINDOW_H
#define CHATWINDOW_H

#include "connectionnote.h"
#include "ui_chatwindow.h"

#include <SocketIo/ClientSocket>

#include <QtCore/qdatetime.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qtimer.h>

// What somebody has said: the server sends it as an object with these members. Its answer to what it
// refuses has the last one alone.
struct Message
{
    Q_GADGET
    Q_PROPERTY(QString name MEMBER name)
    Q_PROPERTY(QString text MEMBER text)
    Q_PROPERTY(QDateTime time MEMBER time)
    Q_PROPERTY(QString error MEMBER error)

public:
    QString name, text;
    QDateTime time;
    QString error;
};

// A window on the chat that browsers show too.
class ChatWindow : public QMainWindow
{
    Q_OBJECT

public:
    ChatWindow(const QUrl &url, const QString &name);

Q_SIGNALS:
    void typing(bool isTyping);

private:
    void join();
    void leave();
    void say();
    void send(const QString &text);
    void showMessage(const Message &message);
    void showProblem(const QString &problem, const QString &text);
    QList<QListWidgetItem *> takeFailed(); // what nobody else has seen outlives the connection
    void showState();

    Ui::ChatWindow ui;
    QString m_name;
    bool m_hasJoined = false;
    QStringList m_waiting; // what was said before the server knew the name
    SocketIo::ClientSocket *m_socket;
    ConnectionNote m_note;
    QTimer m_typingPause; // runs while this window's user types
};

#endif
