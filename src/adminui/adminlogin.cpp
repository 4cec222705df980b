// SPDX-License-Identifier: MIT
#include "adminui/adminlogin_p.h"

#include "adminui/adminui_p.h"
#include "adminui/memorysessionstore_p.h"
#include "base/callout_p.h"
#include "base/homethread_p.h"
#include "base/systemrandom_p.h"

#include <SocketIo/Namespace>
#include <SocketIo/Socket>

#include <QtNetwork/qhostaddress.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::detail::CallOut;
using EngineIo::detail::warnIfDue;

namespace {

constexpr qsizetype MaxSessionIdLength = 64;
constexpr qsizetype MaxUsernameLength = 1024;
constexpr qsizetype MaxPasswordLength = 4096; // bcrypt uses the first 72 bytes only

Error invalidCredentials()
{
    return Error(u"invalid credentials"_s); // the page asks for the password again
}

Error tooMany()
{
    return Error(u"too many attempts to log in, please try again in a minute"_s);
}

constexpr const char *SessionProperty = "_q_adminSession";

QString textOf(const QVariantMap &auth, const QString &name)
{
    const QVariant value = auth.value(name);
    return value.metaType() == QMetaType::fromType<QString>() ? value.toString() : QString();
}

bool isSessionId(const QString &id)
{
    return !id.isEmpty() && id.size() <= MaxSessionIdLength
        && std::all_of(id.cbegin(), id.cend(),
                       [](QChar c) { return c.unicode() < 0x80 && c.isLetterOrNumber(); });
}

// Whoever has an IPv6 address usually has all those that share its first 64 bits.
QString networkOf(const QString &address)
{
    const QHostAddress parsed(address);
    bool isIPv4 = false;
    const quint32 ipv4 = parsed.toIPv4Address(&isIPv4);
    if (isIPv4)
        return QHostAddress(ipv4).toString();
    if (parsed.protocol() != QAbstractSocket::IPv6Protocol)
        return address;
    Q_IPV6ADDR bytes = parsed.toIPv6Address();
    std::fill(bytes.c + 8, bytes.c + 16, quint8(0));
    return QHostAddress(bytes).toString();
}

QString newSessionId()
{
    return QString::fromLatin1(EngineIo::detail::randomHex64());
}

} // namespace

bool FailedLogins::allows(const QString &address) const
{
    const auto it = m_addresses.constFind(networkOf(address));
    return m_maxFailures <= 0 || it == m_addresses.cend() || it->until.hasExpired()
        || it->failures < m_maxFailures;
}

void FailedLogins::add(const QString &address)
{
    if (m_maxFailures <= 0)
        return;
    const QString network = networkOf(address);
    if (m_addresses.size() >= MaxAddresses && !m_addresses.contains(network))
        makeRoom();
    Entry &entry = m_addresses[network];
    if (entry.failures == 0 || entry.until.hasExpired())
        entry = {0, QDeadlineTimer(1min)};
    ++entry.failures;
}

void FailedLogins::takeBack(const QString &address)
{
    const auto it = m_addresses.find(networkOf(address));
    if (it != m_addresses.end() && --it->failures <= 0)
        m_addresses.erase(it);
}

void FailedLogins::makeRoom()
{
    m_addresses.removeIf(
        [](QHash<QString, Entry>::iterator it) { return it.value().until.hasExpired(); });
    if (m_addresses.size() < MaxAddresses)
        return;
    const auto oldest =
        std::min_element(m_addresses.cbegin(), m_addresses.cend(),
                         [](const Entry &a, const Entry &b) { return a.until < b.until; });
    m_addresses.erase(oldest);
}

AdminDoor::AdminDoor(Namespace *nsp)
    : QObject(nsp)
{
    nsp->use([door = QPointer<AdminDoor>(this)](Socket *socket, const Next &next) {
        if (door && door->login)
            door->login->decide(socket, next);
        else
            next(Error(u"the Admin UI is off"_s));
    });
}

AdminDoor *AdminDoor::of(Namespace *nsp)
{
    auto *door = nsp->findChild<AdminDoor *>(QString(), Qt::FindDirectChildrenOnly);
    return door ? door : new AdminDoor(nsp);
}

struct AdminLogin::Attempt
{
    // Nobody has decided, and nobody will any more.
    ~Attempt()
    {
        endAsking();
        next(Error(u"the Admin UI is off, or nobody has decided"_s));
    }
    void endAsking()
    {
        if (const auto count = std::exchange(asking, nullptr))
            --*count;
    }

    QPointer<Socket> page;
    QString username;
    QString password;
    QString address;
    Next next;
    std::shared_ptr<std::atomic<int>> asking; // while the authenticator is asked
};

AdminLogin::AdminLogin(const AdminUiOptions &options)
    : m_options(options)
    , m_sessions(options.sessionStore)
    , m_failures(options.maxFailedLogins)
{
    if (!m_sessions)
        m_sessions = std::make_shared<MemorySessionStore>(options.maxSessions);
    if (!options.authenticator && !options.allowAnyone) {
        m_check = std::make_unique<PasswordCheck>(options.passwordHash, options.maxWaitingLogins);
    }
}

AdminLogin::~AdminLogin() = default;

QString AdminLogin::problemOf(const AdminUiOptions &options)
{
    if (options.authenticator || options.allowAnyone)
        return {};
    if (options.username.isEmpty() && options.passwordHash.isEmpty())
        return u"nobody is told who may log in: set username and passwordHash, or authenticator, "
               "or allowAnyone, in AdminUiOptions"_s;
    if (options.username.isEmpty())
        return u"AdminUiOptions::username is empty"_s;
    if (!PasswordCheck::isBcryptHash(options.passwordHash))
        return u"AdminUiOptions::passwordHash is not a hash by bcrypt, which begins with $2b$"_s;
    if (!PasswordCheck::isAvailable())
        return u"this library was built without libxcrypt, which checks passwords by bcrypt: set "
               "AdminUiOptions::authenticator in place of passwordHash"_s;
    return {};
}

void AdminLogin::decide(Socket *page, const Next &next)
{
    if (m_options.allowAnyone) {
        next();
        return;
    }
    const QVariantMap &auth = page->handshake().auth();
    const auto attempt = std::make_shared<Attempt>();
    attempt->page = page;
    attempt->username = textOf(auth, u"username"_s);
    attempt->password = textOf(auth, u"password"_s);
    attempt->address = page->handshake().address();
    attempt->next = next;
    const QString sessionId = textOf(auth, u"sessionId"_s);
    if (!isSessionId(sessionId)) {
        askForPassword(attempt);
        return;
    }
    const auto store = m_sessions; // its functions may delete this object
    store->doesSessionExist(sessionId, [self = QPointer<AdminLogin>(this), attempt](bool exists) {
        if (exists)
            attempt->next();
        else if (self)
            self->askForPassword(attempt);
        else
            attempt->next(invalidCredentials());
    });
}

void AdminLogin::tellSession(Socket *page)
{
    const QString id = page->property(SessionProperty).toString();
    if (!id.isEmpty())
        page->emitEvent(u"session"_s, id);
}

void AdminLogin::askForPassword(const std::shared_ptr<Attempt> &attempt)
{
    // The id of a session that has ended does not count as a wrong password.
    if (attempt->username.isEmpty() || attempt->username.size() > MaxUsernameLength
        || attempt->password.size() > MaxPasswordLength) {
        attempt->next(invalidCredentials());
        return;
    }
    if (!m_failures.allows(attempt->address)) {
        warnIfDue(lcAdminUi(), m_refusalWarnings.take(),
                  u"Logins to the Admin UI from %1 are refused for a minute: %2 have failed "
                  "(AdminUiOptions::maxFailedLogins)"_s.arg(attempt->address)
                      .arg(m_options.maxFailedLogins));
        attempt->next(tooMany());
        return;
    }
    // Logins that are being checked are counted as well, because an attacker sends many of them at
    // the same time.
    m_failures.add(attempt->address);
    if (m_check) {
        // The password of an unknown user is checked as well, so that the time does not reveal
        // which users exist.
        const bool isUser = attempt->username == m_options.username;
        const bool started =
            m_check->start(attempt->password.toUtf8(), [this, attempt, isUser](bool matches) {
                finish(attempt, matches && isUser);
            });
        if (!started)
            refuseUnchecked(attempt);
        return;
    }
    if (*m_asking >= m_options.maxWaitingLogins) {
        refuseUnchecked(attempt);
        return;
    }
    ++*m_asking;
    attempt->asking = m_asking;
    const auto answered = std::make_shared<bool>(false);
    const auto authenticator = m_options.authenticator;
    authenticator(attempt->username, attempt->password,
                  EngineIo::detail::callableInAnyThread(
                      [self = QPointer<AdminLogin>(this), attempt, answered](bool allowed) {
                          if (std::exchange(*answered, true))
                              return;
                          if (!self) {
                              attempt->next(invalidCredentials());
                              return;
                          }
                          attempt->endAsking();
                          self->finish(attempt, allowed);
                      }));
}

// Others are being checked.
void AdminLogin::refuseUnchecked(const std::shared_ptr<Attempt> &attempt)
{
    m_failures.takeBack(attempt->address);
    attempt->next(tooMany());
}

void AdminLogin::finish(std::shared_ptr<Attempt> attempt, bool allowed)
{
    CallOut out(this);
    if (!allowed) {
        warnIfDue(lcAdminUi(), m_failureWarnings.take(),
                  u"A login to the Admin UI from %1 has failed: the user name or the password is "
                  "wrong"_s.arg(attempt->address));
        out.emitSignal(&AdminLogin::failed, attempt->username, attempt->address);
        attempt->next(invalidCredentials());
        return;
    }
    m_failures.takeBack(attempt->address);
    const QString id = newSessionId();
    const auto store = m_sessions;
    out.call([&] { store->saveSession(id, m_options.sessionDuration); });
    if (attempt->page)
        attempt->page->setProperty(SessionProperty, id);
    out.emitSignal(&AdminLogin::loggedIn, attempt->username, attempt->address);
    if (out)
        attempt->next();
    else
        attempt->next(invalidCredentials());
}

} // namespace SocketIo::detail

#include "moc_adminlogin_p.cpp"
