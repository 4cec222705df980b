// SPDX-License-Identifier: MIT
#ifndef SOAKHOST_H
#define SOAKHOST_H

#include "accounts.h"
#include "faultproxy.h"
#include "slowreader.h"
#include "soakclient.h"

#include <QtCore/qprocess.h>
#include <QtCore/qvariant.h>

#include <memory>
#include <optional>
#include <vector>

// A server in a process of its own, the proxies in front of it and the clients behind those.
class SoakHost : public QObject
{
    Q_OBJECT

public:
    SoakHost(const QString &program, int ioThreads, Accounts *accounts);
    ~SoakHost() override;

    void start();
    // Ended as a new version's arrival would end it, and started again on the same port.
    void deploy();
    bool isUp() const { return m_port != 0 && m_process.state() == QProcess::Running && m_listens; }

    void populate(int clients);
    void depopulate();
    void disturb();
    void calm();

    // What the server says of itself, empty if it does not answer.
    void askState(const std::function<void(const QVariantMap &)> &done);

Q_SIGNALS:
    void listening();

private:
    void addClient();
    void readOutput();
    QStringList arguments() const;

    const QString m_program;
    const int m_ioThreads;
    Accounts *const m_accounts;
    QRandomGenerator m_random;
    QProcess m_process;
    std::vector<std::unique_ptr<FaultProxy>> m_proxies;
    std::vector<std::unique_ptr<SoakClient>> m_clients;
    std::vector<std::unique_ptr<SlowReader>> m_slowReaders;
    std::unique_ptr<SocketIo::Manager> m_inspector;
    quint16 m_port = 0;
    int m_clientNumber = 0;
    bool m_listens = false;
    bool m_ending = false;
};

#endif
