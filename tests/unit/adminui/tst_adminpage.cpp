// SPDX-License-Identifier: MIT
#include "adminui/adminpage_p.h"
#include "support/files.h"
#include "support/requests.h"
#include "support/testmain.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

using namespace SocketIo::detail;
using namespace EngineIo;
using TestSupport::request;
using TestSupport::writeFile;
using namespace Qt::StringLiterals;

class tst_AdminPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void filesAreServed_data();
    void filesAreServed();
    void nothingElseIsServed_data();
    void nothingElseIsServed();
    void otherPathsAreForOthers_data();
    void otherPathsAreForOthers();
    void pathWithoutSlashIsMoved();
    void otherMethodsAreRefused();
    void knownFileIsNotSentAgain();
    void entityTagsAreCompared_data();
    void entityTagsAreCompared();
    void saysWhatIsMissing();

private:
    QTemporaryDir root;
    QString folder;
};

void tst_AdminPage::initTestCase()
{
    QVERIFY(root.isValid());
    folder = root.filePath(u"dist"_s);
    QVERIFY(QDir().mkpath(folder + u"/js"_s));
    QVERIFY(QDir().mkpath(root.filePath(u"dist-secret"_s)));
    QVERIFY(writeFile(folder + u"/index.html"_s, "<html>"));
    QVERIFY(writeFile(folder + u"/js/app.js"_s, "app()"));
    QVERIFY(writeFile(folder + u"/a b.png"_s, "png"));
    QVERIFY(writeFile(folder + u"/.hidden.txt"_s, "secret"));
    QVERIFY(writeFile(root.filePath(u"secret.txt"_s), "secret"));
    QVERIFY(writeFile(root.filePath(u"dist-secret/secret.txt"_s), "secret"));
    QVERIFY(QFile::link(root.filePath(u"secret.txt"_s), folder + u"/link.txt"_s));
}

void tst_AdminPage::filesAreServed_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("index") << "/ui/"_ba
                           << "text/html; charset=utf-8"_ba
                           << "<html>"_ba;
    QTest::newRow("query") << "/ui/?a=/../b"_ba
                           << "text/html; charset=utf-8"_ba
                           << "<html>"_ba;
    QTest::newRow("by name") << "/ui/index.html"_ba
                             << "text/html; charset=utf-8"_ba
                             << "<html>"_ba;
    QTest::newRow("folder") << "/ui/js/app.js"_ba
                            << "text/javascript; charset=utf-8"_ba
                            << "app()"_ba;
    QTest::newRow("encoded") << "/ui/a%20b.png"_ba
                             << "image/png"_ba
                             << "png"_ba;
}

void tst_AdminPage::filesAreServed()
{
    QFETCH(QByteArray, target);
    const auto answer = AdminPage(folder, u"ui"_s).answer(request(target));
    QVERIFY(answer);
    QCOMPARE(answer->status(), 200);
    QTEST(answer->headers().value("content-type"), "type");
    QTEST(answer->body(), "body");
}

void tst_AdminPage::nothingElseIsServed_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::newRow("none") << "/ui/none.js"_ba;
    QTest::newRow("a folder") << "/ui/js"_ba;
    QTest::newRow("a folder, with slash") << "/ui/js/"_ba;
    QTest::newRow("above") << "/ui/../secret.txt"_ba;
    QTest::newRow("above, encoded") << "/ui/..%2fsecret.txt"_ba;
    QTest::newRow("above, twice encoded") << "/ui/%252e%252e/secret.txt"_ba;
    QTest::newRow("beside, with the same beginning") << "/ui/../dist-secret/secret.txt"_ba;
    QTest::newRow("absolute") << "/ui//etc/passwd"_ba;
    QTest::newRow("NUL") << "/ui/index.html%00.js"_ba;
    QTest::newRow("a link out") << "/ui/link.txt"_ba;
    QTest::newRow("hidden") << "/ui/.hidden.txt"_ba;
    QTest::newRow("broken encoding") << "/ui/%ff%zz"_ba;
}

void tst_AdminPage::nothingElseIsServed()
{
    QFETCH(QByteArray, target);
    const auto answer = AdminPage(folder, u"/ui/"_s).answer(request(target));
    QVERIFY(answer);
    QCOMPARE(answer->status(), 404);
    QVERIFY(!answer->body().contains("secret"));
}

void tst_AdminPage::otherPathsAreForOthers_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::newRow("root") << "/"_ba;
    QTest::newRow("same beginning") << "/uix/"_ba;
    QTest::newRow("deeper") << "/a/ui/"_ba;
}

void tst_AdminPage::otherPathsAreForOthers()
{
    QFETCH(QByteArray, target);
    QVERIFY(!AdminPage(folder, u"/ui/"_s).answer(request(target)));
}

void tst_AdminPage::pathWithoutSlashIsMoved()
{
    const auto answer = AdminPage(folder, u"/ui/"_s).answer(request("/ui?a=b"));
    QVERIFY(answer);
    QCOMPARE(answer->status(), 301);
    QCOMPARE(answer->headers().value("location"), "/ui/"_ba);
}

void tst_AdminPage::otherMethodsAreRefused()
{
    const AdminPage page(folder, u"/ui/"_s);
    QCOMPARE(page.answer(request("/ui/", {}, "HEAD"))->status(), 200);
    QCOMPARE(page.answer(request("/ui/", {}, "POST"))->status(), 405);
}

void tst_AdminPage::knownFileIsNotSentAgain()
{
    const AdminPage page(folder, u"/ui/"_s);
    const QByteArray etag = page.answer(request("/ui/"))->headers().value("etag");
    QVERIFY(!etag.isEmpty());
    const auto again = page.answer(request("/ui/", {{"If-None-Match", etag}}));
    QCOMPARE(again->status(), 304);
    QVERIFY(again->body().isEmpty());
    QCOMPARE(page.answer(request("/ui/", {{"If-None-Match", "\"other\""}}))->status(), 200);
}

void tst_AdminPage::entityTagsAreCompared_data()
{
    QTest::addColumn<QByteArray>("condition"); // of which %1 is the file's tag
    QTest::newRow("weak") << "W/%1"_ba;
    QTest::newRow("list") << "\"other\", %1"_ba;
    QTest::newRow("any") << "*"_ba;
}

void tst_AdminPage::entityTagsAreCompared()
{
    QFETCH(QByteArray, condition);
    const AdminPage page(folder, u"/ui/"_s);
    condition.replace("%1", page.answer(request("/ui/"))->headers().value("etag"));
    const auto again = page.answer(request("/ui/", {{"If-None-Match", condition}}));
    QCOMPARE(again->status(), 304);
    QVERIFY(again->body().isEmpty());
}

void tst_AdminPage::saysWhatIsMissing()
{
    const auto unset = AdminPage(QString(), u"/ui/"_s).answer(request("/ui/"));
    QCOMPARE(unset->status(), 404);
    QVERIFY(unset->body().contains("AdminUiOptions::pageFolder is not set"));
    const auto wrong = AdminPage(root.filePath(u"nowhere"_s), u"/ui/"_s).answer(request("/ui/"));
    QCOMPARE(wrong->status(), 404);
    QVERIFY(wrong->body().contains("no index.html in AdminUiOptions::pageFolder"));
}

QTSOCKETIO_TEST(tst_AdminPage)

#include "tst_adminpage.moc"
