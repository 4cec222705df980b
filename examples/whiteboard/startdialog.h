// SPDX-License-Identifier: MIT
#ifndef STARTDIALOG_H
#define STARTDIALOG_H

#include <QtWidgets/qdialog.h>

namespace SocketIo {
class Server;
}

// How to begin: with a board of one's own that others join, or on somebody else's.
struct Start
{
    bool host = true;
    QString address = QStringLiteral("0.0.0.0");
    quint16 port = 3001;
    QString url = QStringLiteral("http://127.0.0.1:3001");
    QString room = QStringLiteral("board");
    QString name;
};

// Lets the user complete a Start. Above it stands the problem, if there is one.
class StartDialog : public QDialog
{
    Q_OBJECT

public:
    explicit StartDialog(Start *start, const QString &problem = {});
};

// Lets the server listen if start hosts. What the user has to decide, because it is not decided yet
// or has not worked, the dialog asks for. Answers false if the user has given up.
bool begin(Start *start, SocketIo::Server *io, bool isDecided, QString problem = {});

#endif
