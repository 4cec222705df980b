// SPDX-License-Identifier: MIT
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include <QtCore/qstringlist.h>

// What has happened to the events of all clients.
struct Accounts
{
    qint64 said = 0;         // by clients
    qint64 acknowledged = 0; // of those
    qint64 abandoned = 0;    // of those: the client was deleted before the answer
    qint64 heard = 0;        // of what servers said
    qint64 connections = 0;
    qint64 recovered = 0; // of those
    qint64 cuts = 0;
    qint64 stalls = 0;
    qint64 deploys = 0;
    qint64 slowReadersEnded = 0;
    QStringList mistakes;

    void mistake(const QString &text)
    {
        constexpr qsizetype Most = 50;
        if (mistakes.size() < Most)
            mistakes.append(text);
    }
};

#endif
