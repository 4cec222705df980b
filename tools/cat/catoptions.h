// SPDX-License-Identifier: MIT
#ifndef CATOPTIONS_H
#define CATOPTIONS_H

#include <SocketIo/ClientOptions>

#include <QtCore/qstringlist.h>
#include <QtCore/qurl.h>
#include <QtCore/qvariant.h>

#include <chrono>
#include <optional>

// What the command line says.
struct CatOptions
{
    QUrl url;
    QUrl redis; // empty: talk to a server
    QString adapter;
    QStringList rooms;
    QString nsp; // with redis
    SocketIo::ClientOptions client;
    QStringList listen; // events to print; empty: all
    QString emitted;    // event to send; null: none
    QVariantList args;
    bool ack = false;
    std::optional<std::chrono::milliseconds> timeout;
    std::optional<int> count;

    // Prints what is wrong, or the help, and ends the program in these cases.
    static CatOptions fromCommandLine();
};

#endif
