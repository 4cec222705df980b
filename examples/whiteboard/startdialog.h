// SPDX-License-Identifier: MIT
#ifndef STARTDIALOG_H
#define STARTDIALOG_H

#include <QtWidgets/qdialog.h>

// How to begin: with a board of one's own that others join, or on somebody else's.
struct Start
{
    bool host = false;
    QString address = QStringLiteral("0.0.0.0");
    quint16 port = 3001;
    QString url = QStringLiteral("http://127.0.0.1:3001");
    QString room = QStringLiteral("board");
    QString name;
};

// Lets the user complete a Start.
class StartDialog : public QDialog
{
    Q_OBJECT

public:
    explicit StartDialog(Start *start);
};

#endif
