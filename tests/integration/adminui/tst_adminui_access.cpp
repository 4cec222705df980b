// SPDX-License-Identifier: MIT
#include "adminclient.h"
#include "support/testmain.h"
#include "support/warnings.h"

#include <QtCore/qregularexpression.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// Who gets in, and who does not.
class tst_AdminUi_Access : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhatIsMissing_data();
    void saysWhatIsMissing();
    void passwordOpensASession();
    void malformedCredentials_data();
    void malformedCredentials();
    void authenticatorDecides();
    void authenticatorThatForgets();
    void authenticatorsThatThinkAreBounded();
    void storeIsAsked();
    void failuresAreReportedAndBounded();
    void attemptsAtATimeAreBounded();
    void pagesLeaveWithTheAdminUi();
    void waitingPageIsRefusedAtTheEnd();
    void anotherAdminUiMayFollow();
    void onlyOneAdminUiForANamespace();
    void mayBeDeletedWhenSomebodyLogsIn();
    void mayBeDeletedWhenSomebodyFails();
    void endsWithItsServer();
    void pagesAreServed();
};

namespace {

class Store : public AdminUiSessionStore
{
public:
    void saveSession(const QString &id, std::chrono::seconds duration) override
    {
        saved.append(id);
        lastDuration = duration;
    }
    void doesSessionExist(const QString &id, const Found &found) override
    {
        asked.append(id);
        QMetaObject::invokeMethod(
            qApp, [this, id, found] { found(saved.contains(id)); }, Qt::QueuedConnection);
    }

    QStringList saved;
    QStringList asked;
    std::chrono::seconds lastDuration{};
};

QJsonObject credentials(const QString &password)
{
    return {{u"username"_s, u"admin"_s}, {u"password"_s, password}};
}

QString wrongPassword()
{
    return u"invalid credentials"_s;
}

} // namespace

#define NEEDS_BCRYPT()                                                                             \
    if (!AdminUi::hasBcrypt())                                                                     \
    QSKIP("built without libxcrypt")

void tst_AdminUi_Access::saysWhatIsMissing_data()
{
    QTest::addColumn<AdminUiOptions>("options");
    QTest::addColumn<QString>("reason");
    AdminUiOptions options;
    QTest::newRow("nothing") << options << u"nobody is told who may log in"_s;
    options.passwordHash = withPassword().passwordHash;
    QTest::newRow("no user") << options << u"username is empty"_s;
    options.username = u"admin"_s;
    options.passwordHash = "secret";
    QTest::newRow("no hash") << options << u"not a hash by bcrypt"_s;
}

void tst_AdminUi_Access::saysWhatIsMissing()
{
    QFETCH(AdminUiOptions, options);
    QFETCH(QString, reason);
    SioServer io;
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"The Admin UI is off: .*"_s + reason));
    const AdminUi ui(&io, options);
    QVERIFY(!ui.isActive());
    QVERIFY(ui.errorString().contains(reason));
    QCOMPARE(ui.nsp(), nullptr);
    AdminClient page(io.port());
    QCOMPARE(page.answer(), u"Invalid namespace"_s);
}

void tst_AdminUi_Access::passwordOpensASession()
{
    NEEDS_BCRYPT();
    SioServer io;
    AdminUi ui(&io, withPassword());
    QVERIFY(ui.isActive());
    QCOMPARE(ui.serverId(), u"test"_s);
    QSignalSpy loggedIn(&ui, &AdminUi::loggedIn);
    AdminClient page(io.port(), credentials(u"secret"_s));
    const QString socket = page.answer();
    QVERIFY(ui.nsp()->socket(socket));
    const QString id = page.next(u"session"_s).at(1).toString();
    QVERIFY(QRegularExpression(u"^[0-9a-f]{16}$"_s).match(id).hasMatch());
    QCOMPARE(loggedIn.size(), 1);
    QCOMPARE(loggedIn.first(), (QVariantList{u"admin"_s, u"127.0.0.1"_s}));
    AdminClient again(io.port(), {{u"sessionId"_s, id}});
    QVERIFY(ui.nsp()->socket(again.answer()));
    QCOMPARE(loggedIn.size(), 1);
    // A session of before: the page may send it with the password.
    AdminClient both(io.port(),
                     {{u"sessionId"_s, u"0123456789abcdef"_s},
                      {u"username"_s, u"admin"_s},
                      {u"password"_s, u"secret"_s}});
    QVERIFY(ui.nsp()->socket(both.answer()));
}

void tst_AdminUi_Access::malformedCredentials_data()
{
    QTest::addColumn<QJsonObject>("auth");
    QTest::newRow("none") << QJsonObject();
    QTest::newRow("no password") << QJsonObject{{u"username"_s, u"admin"_s}};
    QTest::newRow("no name") << QJsonObject{{u"password"_s, u"secret"_s}};
    QTest::newRow("wrong name") << QJsonObject{{u"username"_s, u"Admin"_s},
                                               {u"password"_s, u"secret"_s}};
    QTest::newRow("types") << QJsonObject{{u"username"_s, QJsonArray{u"admin"_s}},
                                          {u"password"_s, QJsonObject()},
                                          {u"sessionId"_s, true}};
    QTest::newRow("a number") << QJsonObject{{u"username"_s, u"admin"_s}, {u"password"_s, 1}};
    QTest::newRow("long") << credentials(QString(100'000, u's'));
    QTest::newRow("long name") << QJsonObject{{u"username"_s, QString(2000, u'a')},
                                              {u"password"_s, u"secret"_s}};
    QTest::newRow("NUL") << credentials(u"secret"_s + QChar::Null + u"x"_s);
    QTest::newRow("long session") << QJsonObject{{u"sessionId"_s, QString(100'000, u'a')}};
    QTest::newRow("empty session") << QJsonObject{{u"sessionId"_s, QString()}};
    QTest::newRow("session with a line") << QJsonObject{{u"sessionId"_s, u"a\r\nDEL *"_s}};
}

void tst_AdminUi_Access::malformedCredentials()
{
    NEEDS_BCRYPT();
    QFETCH(QJsonObject, auth);
    SioServer io;
    const auto store = std::make_shared<Store>();
    AdminUiOptions options = withPassword();
    options.sessionStore = store;
    AdminUi ui(&io, options);
    AdminClient page(io.port(), auth);
    QCOMPARE(page.answer(), wrongPassword());
    QCOMPARE(page.events.size(), 0);
    QCOMPARE(store->saved.size(), 0);
    QCOMPARE(store->asked.size(), 0);
    QCOMPARE(ui.nsp()->socketsCount(), 0);
}

void tst_AdminUi_Access::authenticatorDecides()
{
    SioServer io;
    AdminUiOptions options = forAnyone();
    options.allowAnyone = false;
    QList<std::function<void(bool)>> waiting;
    options.authenticator = [&](const QString &name, const QString &password,
                                const std::function<void(bool)> &done) {
        QCOMPARE(name, u"admin"_s);
        if (password == u"later"_s)
            waiting.append(done);
        else
            done(password == u"yes"_s);
    };
    AdminUi ui(&io, options);
    AdminClient yes(io.port(), credentials(u"yes"_s));
    QVERIFY(ui.nsp()->socket(yes.answer()));
    QVERIFY(!yes.next(u"session"_s).isEmpty());
    AdminClient no(io.port(), credentials(u"no"_s));
    QCOMPARE(no.answer(), wrongPassword());
    AdminClient later(io.port(), credentials(u"later"_s));
    QTRY_COMPARE(waiting.size(), 1);
    const auto done = waiting.takeFirst();
    done(true);
    done(false); // too late
    QVERIFY(ui.nsp()->socket(later.answer()));
}

void tst_AdminUi_Access::authenticatorThatForgets()
{
    SioServer io;
    AdminUiOptions options = forAnyone();
    options.allowAnyone = false;
    options.authenticator = [](const QString &, const QString &,
                               const std::function<void(bool)> &) {};
    options.maxWaitingLogins = 1;
    AdminUi ui(&io, options);
    for (int i = 0; i < 3; ++i) { // and keeps nobody from trying
        AdminClient page(io.port(), credentials(u"x"_s));
        QVERIFY(page.answer().contains(u"nobody has decided"_s));
    }
}

void tst_AdminUi_Access::authenticatorsThatThinkAreBounded()
{
    SioServer io;
    AdminUiOptions options = forAnyone();
    options.allowAnyone = false;
    options.maxWaitingLogins = 2;
    QList<std::function<void(bool)>> waiting;
    options.authenticator = [&](const QString &, const QString &,
                                const std::function<void(bool)> &done) { waiting.append(done); };
    AdminUi ui(&io, options);
    AdminClient first(io.port(), credentials(u"a"_s));
    AdminClient second(io.port(), credentials(u"b"_s));
    QTRY_COMPARE(waiting.size(), 2);
    AdminClient third(io.port(), credentials(u"c"_s));
    QVERIFY(third.answer().contains(u"too many attempts"_s));
    waiting.takeFirst()(false);
    QCOMPARE(first.answer(), wrongPassword());
    AdminClient fourth(io.port(), credentials(u"d"_s));
    QTRY_COMPARE(waiting.size(), 2);
    waiting.takeLast()(true);
    QVERIFY(ui.nsp()->socket(fourth.answer()));
}

void tst_AdminUi_Access::storeIsAsked()
{
    SioServer io;
    const auto store = std::make_shared<Store>();
    AdminUiOptions options = forAnyone();
    options.allowAnyone = false;
    options.sessionStore = store;
    options.sessionDuration = 5min;
    options.authenticator = [](const QString &, const QString &,
                               const std::function<void(bool)> &done) { done(true); };
    AdminUi ui(&io, options);
    AdminClient page(io.port(), credentials(u"x"_s));
    QVERIFY(ui.nsp()->socket(page.answer()));
    const QString id = page.next(u"session"_s).at(1).toString();
    QCOMPARE(store->saved, QStringList{id});
    QCOMPARE(store->lastDuration, 5min);
    AdminClient again(io.port(), {{u"sessionId"_s, id}});
    QVERIFY(ui.nsp()->socket(again.answer()));
    AdminClient other(io.port(), {{u"sessionId"_s, u"other"_s}});
    QCOMPARE(other.answer(), wrongPassword());
    QCOMPARE(store->asked, (QStringList{id, u"other"_s}));
}

void tst_AdminUi_Access::failuresAreReportedAndBounded()
{
    NEEDS_BCRYPT();
    SioServer io;
    AdminUiOptions options = withPassword();
    options.maxFailedLogins = 2;
    AdminUi ui(&io, options);
    QSignalSpy failed(&ui, &AdminUi::loginFailed);
    Warnings warnings;
    for (int i = 0; i < 2; ++i) {
        AdminClient page(io.port(), credentials(QString::number(i)));
        QCOMPARE(page.answer(), wrongPassword());
    }
    AdminClient page(io.port(), credentials(u"secret"_s));
    QVERIFY(page.answer().contains(u"too many attempts"_s));
    QCOMPARE(failed.size(), 2);
    QCOMPARE(failed.first(), (QVariantList{u"admin"_s, u"127.0.0.1"_s}));
    // Once in a minute each.
    QCOMPARE(warnings.all().size(), 2);
    QVERIFY(warnings.all()[0].contains(u"from 127.0.0.1 has failed"_s));
    QVERIFY(warnings.all()[1].contains(u"are refused for a minute: 2 have failed"_s));
}

// Of those that come before the first has failed.
void tst_AdminUi_Access::attemptsAtATimeAreBounded()
{
    SioServer io;
    AdminUiOptions options = forAnyone();
    options.allowAnyone = false;
    options.maxFailedLogins = 2;
    QList<std::function<void(bool)>> waiting;
    options.authenticator = [&](const QString &, const QString &,
                                const std::function<void(bool)> &done) { waiting.append(done); };
    AdminUi ui(&io, options);
    AdminClient first(io.port(), credentials(u"a"_s));
    AdminClient second(io.port(), credentials(u"b"_s));
    QTRY_COMPARE(waiting.size(), 2);
    AdminClient third(io.port(), credentials(u"c"_s));
    QVERIFY(third.answer().contains(u"too many attempts"_s));
    waiting.takeFirst()(true); // it was no failure
    QVERIFY(ui.nsp()->socket(first.answer()));
    AdminClient fourth(io.port(), credentials(u"d"_s));
    QTRY_COMPARE(waiting.size(), 2);
    waiting.takeFirst()(false);
    waiting.takeFirst()(false);
    QCOMPARE(second.answer(), wrongPassword());
    QCOMPARE(fourth.answer(), wrongPassword());
    AdminClient fifth(io.port(), credentials(u"e"_s));
    QVERIFY(fifth.answer().contains(u"too many attempts"_s));
}

void tst_AdminUi_Access::pagesLeaveWithTheAdminUi()
{
    SioServer io;
    auto ui = std::make_unique<AdminUi>(&io, forAnyone());
    AdminClient page(io.port());
    QVERIFY(!page.answer().isEmpty());
    RawClient other(io.port());
    QVERIFY(!other.join().isEmpty());
    QVERIFY(!page.next(u"all_sockets"_s).isEmpty());
    ui.reset();
    QByteArray packet;
    do {
        packet = page.wait();
    } while (packet.startsWith("42"));
    QCOMPARE(packet, "41/admin,"_ba);
    QCOMPARE(io.mainNamespace()->socketsCount(), 1);
    AdminClient late(io.port());
    QVERIFY(late.answer().contains(u"the Admin UI is off"_s));
}

void tst_AdminUi_Access::waitingPageIsRefusedAtTheEnd()
{
    SioServer io;
    AdminUiOptions options = forAnyone();
    options.allowAnyone = false;
    QList<std::function<void(bool)>> waiting;
    options.authenticator = [&](const QString &, const QString &,
                                const std::function<void(bool)> &done) { waiting.append(done); };
    auto ui = std::make_unique<AdminUi>(&io, options);
    AdminClient page(io.port(), credentials(u"a"_s));
    AdminClient second(io.port(), credentials(u"b"_s));
    QTRY_COMPARE(waiting.size(), 2);
    ui.reset();
    waiting.takeFirst()(true);
    QCOMPARE(page.answer(), wrongPassword());
    waiting.clear();
    QVERIFY(second.answer().contains(u"is off"_s));
    QCOMPARE(io.of(u"/admin"_s)->socketsCount(), 0);
}

void tst_AdminUi_Access::anotherAdminUiMayFollow()
{
    SioServer io;
    auto ui = std::make_unique<AdminUi>(&io, forAnyone());
    ui.reset();
    ui = std::make_unique<AdminUi>(&io, forAnyone());
    QVERIFY(ui->isActive());
    AdminClient page(io.port());
    QVERIFY(ui->nsp()->socket(page.answer()));
    QVERIFY(!page.next(u"config"_s).isEmpty());
}

void tst_AdminUi_Access::onlyOneAdminUiForANamespace()
{
    SioServer io;
    AdminUi ui(&io, forAnyone());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"another AdminUi has"_s));
    {
        const AdminUi second(&io, forAnyone());
        QVERIFY(!second.isActive());
        QCOMPARE(second.nsp(), nullptr);
    }
    AdminClient page(io.port());
    QVERIFY(ui.nsp()->socket(page.answer()));
    AdminUiOptions options = forAnyone();
    options.namespaceName = u"monitor"_s;
    const AdminUi third(&io, options);
    QVERIFY(third.isActive());
    QCOMPARE(third.nsp()->name(), u"/monitor"_s);
}

void tst_AdminUi_Access::mayBeDeletedWhenSomebodyLogsIn()
{
    NEEDS_BCRYPT();
    SioServer io;
    auto ui = std::make_unique<AdminUi>(&io, withPassword());
    connect(ui.get(), &AdminUi::loggedIn, this, [&] { ui.reset(); });
    AdminClient page(io.port(), credentials(u"secret"_s));
    QVERIFY(!page.answer().isEmpty());
    QVERIFY(!ui);
    QCOMPARE(io.of(u"/admin"_s)->socketsCount(), 0);
}

void tst_AdminUi_Access::mayBeDeletedWhenSomebodyFails()
{
    NEEDS_BCRYPT();
    SioServer io;
    auto ui = std::make_unique<AdminUi>(&io, withPassword());
    connect(ui.get(), &AdminUi::loginFailed, this, [&] { ui.reset(); });
    AdminClient page(io.port(), credentials(u"wrong"_s));
    QCOMPARE(page.answer(), wrongPassword());
    QVERIFY(!ui);
}

void tst_AdminUi_Access::endsWithItsServer()
{
    auto io = std::make_unique<SioServer>();
    AdminUi ui(io.get(), forAnyone());
    QPointer<AdminUi> child = new AdminUi(
        io.get(),
        [] {
            AdminUiOptions options = forAnyone();
            options.namespaceName = u"/child"_s;
            return options;
        }(),
        io.get());
    AdminClient page(io->port());
    QVERIFY(!page.answer().isEmpty());
    io.reset();
    QVERIFY(!child);
    QCOMPARE(ui.server(), nullptr);
    QCOMPARE(ui.nsp(), nullptr);
}

void tst_AdminUi_Access::pagesAreServed()
{
    SioServer io;
    AdminUi ui(&io, forAnyone());
    io.engine()->setRequestHandler(
        [&ui](const EngineIo::HttpRequest &request, const EngineIo::HttpResponder &respond) {
            if (!ui.handleRequest(request, respond))
                respond(EngineIo::HttpResponse(200, "text/plain", "own"));
        });
    RawConnection client(io.port());
    QCOMPARE(client.request("GET", "/").body, "own"_ba);
    QCOMPARE(client.request("GET", "/admin-ui").status, 301);
    QCOMPARE(client.request("GET", "/admin-ui/").status, 404); // no folder
}

QTSOCKETIO_TEST(tst_AdminUi_Access)

#include "tst_adminui_access.moc"
