// SPDX-License-Identifier: MIT
#ifndef SOAKCLIENT_H
#define SOAKCLIENT_H

#include "accounts.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qrandom.h>
#include <QtCore/qtimer.h>

// A client with a life of its own: it says numbers, joins and leaves rooms, and checks that the
// server's numbers come in order, none twice, and with recovery none missing.
class SoakClient : public QObject
{
public:
    SoakClient(const QUrl &url, const QString &name, Accounts *accounts);
    ~SoakClient() override;

private:
    void connected();
    void heard(const QString &epoch, int number);
    void act();
    void say();

    const QString m_name;
    Accounts *const m_accounts;
    QRandomGenerator m_random;
    SocketIo::Manager m_manager;
    SocketIo::ClientSocket *m_socket;
    QTimer m_actions;
    QString m_epoch; // the server's process
    int m_last = 0;  // of its numbers; 0: none since the session began
    int m_said = 0;
    int m_answered = 0;
};

#endif
