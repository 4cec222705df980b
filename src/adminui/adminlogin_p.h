// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADMINLOGIN_P_H
#define SOCKETIO_ADMINLOGIN_P_H

#include "adminui/passwordcheck_p.h"
#include "base/warninglimit_p.h"

#include <SocketIo/AdminUiOptions>
#include <SocketIo/middleware.h>

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <atomic>
#include <memory>

namespace SocketIo {

class AdminUiSessionStore;
class Namespace;
class Socket;

namespace detail {

// Counts the failed logins of each address, or network of IPv6, within a minute. Then the address is
// forgotten; if there are too many addresses, the oldest one is forgotten earlier.
class SOCKETIO_ADMINUI_AUTOTEST_EXPORT FailedLogins
{
public:
    explicit FailedLogins(int maxFailures)
        : m_maxFailures(maxFailures)
    {
    }

    bool allows(const QString &address) const;
    void add(const QString &address);
    // One that add() has counted was none.
    void takeBack(const QString &address);
    qsizetype count() const { return m_addresses.size(); }

    static constexpr qsizetype MaxAddresses = 1000;

private:
    struct Entry
    {
        int failures = 0;
        QDeadlineTimer until;
    };
    void makeRoom();

    const int m_maxFailures; // 0: any number
    QHash<QString, Entry> m_addresses;
};

class AdminLogin;

// The middleware of a namespace. It is added once and never removed, and asks the AdminLogin that
// is set at the time.
class AdminDoor : public QObject
{
    Q_OBJECT

public:
    static AdminDoor *of(Namespace *nsp);

    QPointer<AdminLogin> login;

private:
    explicit AdminDoor(Namespace *nsp);
};

// Decides who gets into the namespace of the pages.
class AdminLogin : public QObject
{
    Q_OBJECT

public:
    explicit AdminLogin(const AdminUiOptions &options);
    ~AdminLogin() override;

    // Returns what is missing in options, or an empty string.
    static QString problemOf(const AdminUiOptions &options);

    void decide(Socket *page, const Next &next);
    // Sends page the id of its session. Call this when page is connected: the pages of the npm
    // package 0.5.1 begin to listen only then, and miss what is sent before.
    static void tellSession(Socket *page);

Q_SIGNALS:
    void loggedIn(const QString &username, const QString &address);
    void failed(const QString &username, const QString &address);

private:
    struct Attempt;
    void askForPassword(const std::shared_ptr<Attempt> &attempt);
    void refuseUnchecked(const std::shared_ptr<Attempt> &attempt);
    void finish(std::shared_ptr<Attempt> attempt, bool allowed);

    const AdminUiOptions m_options;
    std::shared_ptr<AdminUiSessionStore> m_sessions;
    FailedLogins m_failures;
    EngineIo::detail::WarningLimit m_failureWarnings;
    EngineIo::detail::WarningLimit m_refusalWarnings;
    // Calls of the authenticator that wait for its answer; the last reference to one may go in any
    // thread.
    const std::shared_ptr<std::atomic<int>> m_asking = std::make_shared<std::atomic<int>>(0);
    std::unique_ptr<PasswordCheck> m_check;
};

} // namespace detail
} // namespace SocketIo

#endif
