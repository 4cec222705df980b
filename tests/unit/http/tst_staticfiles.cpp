// SPDX-License-Identifier: MIT
#include "net/http/staticfiles_p.h"
#include "support/files.h"
#include "support/requests.h"
#include "support/testmain.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;
using TestSupport::request;
using TestSupport::writeFile;

class tst_StaticFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void filesAreServed_data();
    void filesAreServed();
    void nothingElseIsServed_data();
    void nothingElseIsServed();
    void withoutAFolderThereIsNothing();
    void otherMethodsAreRefused();
    void filesThatCannotBeRead();
    void changesAreSeen();
    void entityTagsAreCompared_data();
    void entityTagsAreCompared();
    void severalFieldsAreOneList();
    void resourcesAreServed();

private:
    HttpResponse get(const QByteArray &path, const HttpHeaders &headers = {}) const
    {
        return StaticFiles(folder).answer(request(path, headers), path);
    }

    QTemporaryDir root;
    QString folder;
};

void tst_StaticFiles::initTestCase()
{
    QVERIFY(root.isValid());
    folder = root.filePath(u"page"_s);
    QVERIFY(writeFile(folder + u"/index.html"_s, "<html>"));
    QVERIFY(writeFile(folder + u"/js/app.js"_s, "app()"));
    QVERIFY(writeFile(folder + u"/docs/index.html"_s, "<docs>"));
    QVERIFY(writeFile(folder + u"/.git/config"_s, "secret"));
    QVERIFY(writeFile(folder + u"/.env"_s, "secret"));
    QVERIFY(writeFile(folder + u"/js/.env"_s, "secret"));
    QVERIFY(writeFile(folder + u"/blob-1"_s, "blob()"));
    for (const QString &name : {u"a b.PNG"_s, u"style.css"_s, u"module.mjs"_s, u"data.json"_s,
                                u"\u00e4.txt"_s, u"a..b.txt"_s, u"unknown"_s})
        QVERIFY(writeFile(folder + u'/' + name, "x"));
    QVERIFY(writeFile(root.filePath(u"secret.txt"_s), "secret"));
    QVERIFY(writeFile(root.filePath(u"page-2/secret.txt"_s), "secret"));
    QVERIFY(QFile::link(root.filePath(u"secret.txt"_s), folder + u"/out.txt"_s));
    QVERIFY(QFile::link(root.filePath(u"page-2"_s), folder + u"/out"_s));
    QVERIFY(QFile::link(folder + u"/nowhere"_s, folder + u"/broken.txt"_s));
    QVERIFY(QFile::link(folder + u"/blob-1"_s, folder + u"/inside.js"_s));
    QVERIFY(QFile::link(folder, root.filePath(u"linked"_s)));
}

void tst_StaticFiles::filesAreServed_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    const QByteArray html("text/html; charset=utf-8");
    const QByteArray script("text/javascript; charset=utf-8");
    const auto add = [](const QByteArray &path, const QByteArray &type, const QByteArray &body) {
        QTest::newRow(path.isEmpty() ? "empty path" : path.constData()) << path << type << body;
    };
    add("", html, "<html>");
    add("/", html, "<html>");
    add("/index.html", html, "<html>");
    add("index.html", html, "<html>");
    add("//index.html", html, "<html>");
    add("/docs", html, "<docs>");
    add("/docs/", html, "<docs>");
    add("/js/app.js", script, "app()");
    add("/js%2fapp.js", script, "app()");
    add("/%6as/app%2ejs", script, "app()");
    add("/inside.js", script, "blob()");
    add("/module.mjs", script, "x");
    add("/a%20b.PNG", "image/png", "x");
    add("/style.css", "text/css; charset=utf-8", "x");
    add("/data.json", "application/json; charset=utf-8", "x");
    add("/%C3%A4.txt", "text/plain; charset=utf-8", "x");
    add("/a..b.txt", "text/plain; charset=utf-8", "x");
    add("/unknown", "application/octet-stream", "x");
}

void tst_StaticFiles::filesAreServed()
{
    QFETCH(QByteArray, path);
    for (const QString &name : {folder, folder + u'/', root.filePath(u"linked"_s)}) {
        const HttpResponse answer = StaticFiles(name).answer(request(path), path);
        QCOMPARE(answer.status(), 200);
        QTEST(answer.headers().value("content-type"), "type");
        QTEST(answer.body(), "body");
        QCOMPARE(answer.headers().value("x-content-type-options"), "nosniff"_ba);
        QCOMPARE(answer.headers().value("cache-control"), "no-cache"_ba);
    }
}

void tst_StaticFiles::nothingElseIsServed_data()
{
    QTest::addColumn<QByteArray>("path");
    for (const char *path : {"/none.js",
                             "/js",
                             "/js/",
                             "/js/none/",
                             "/index.html/",
                             "/index.html/x",
                             "/.env",
                             "/js/.env",
                             "/.git/config",
                             "/%2eenv",
                             "/.",
                             "/..",
                             "/../secret.txt",
                             "/js/../../secret.txt",
                             "/js/../index.html",
                             "/../page/index.html",
                             "/%2e%2e/secret.txt",
                             "/..%2fsecret.txt",
                             "/js%2f..%2f..%2fsecret.txt",
                             "/%252e%252e/secret.txt",
                             "/..\\secret.txt",
                             "/js\\..\\..\\secret.txt",
                             "/../page-2/secret.txt",
                             "-2/secret.txt",
                             "//etc/passwd",
                             "/%2fetc%2fpasswd",
                             "/index.html%00",
                             "/index.html%00.js",
                             "/%00",
                             "/out.txt",
                             "/out",
                             "/out/secret.txt",
                             "/broken.txt",
                             "/%ff%zz",
                             "/%",
                             "*"}) {
        QTest::newRow(path) << QByteArray(path);
    }
}

void tst_StaticFiles::nothingElseIsServed()
{
    QFETCH(QByteArray, path);
    const HttpResponse answer = get(path);
    QCOMPARE(answer.status(), 404);
    QVERIFY(!answer.body().contains("secret"));
    QVERIFY(!answer.body().contains(root.path().toUtf8()));
    QVERIFY(!answer.headers().contains("etag"));
}

void tst_StaticFiles::withoutAFolderThereIsNothing()
{
    for (const QString &name :
         {QString(), root.filePath(u"nowhere"_s), folder + u"/index.html"_s}) {
        for (const char *path : {"", "/", "/index.html", "/etc/passwd"})
            QCOMPARE(StaticFiles(name).answer(request(path), path).status(), 404);
    }
}

void tst_StaticFiles::otherMethodsAreRefused()
{
    const StaticFiles files(folder);
    const HttpResponse head = files.answer(request("/", {}, "HEAD"), "/");
    QCOMPARE(head.status(), 200);
    QCOMPARE(head.body(), "<html>"_ba); // of which only the size is sent
    for (const char *method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
        const HttpResponse refused = files.answer(request("/", {}, method), "/");
        QCOMPARE(refused.status(), 405);
        QCOMPARE(refused.headers().value("allow"), "GET, HEAD"_ba);
    }
}

void tst_StaticFiles::filesThatCannotBeRead()
{
    const QString name = folder + u"/locked.txt"_s;
    QVERIFY(writeFile(name, "secret"));
    QVERIFY(QFile::setPermissions(name, {}));
    if (QFile(name).open(QIODevice::ReadOnly))
        QSKIP("this user may read all files");
    const HttpResponse answer = get("/locked.txt");
    QCOMPARE(answer.status(), 403);
    QVERIFY(!answer.body().contains("secret"));
}

void tst_StaticFiles::changesAreSeen()
{
    const QString name = folder + u"/changing.txt"_s;
    QVERIFY(writeFile(name, "one"));
    const HttpResponse first = get("/changing.txt");
    QCOMPARE(first.body(), "one"_ba);
    const HttpHeaders condition{{"If-None-Match"_ba, first.headers().value("etag")}};
    QCOMPARE(get("/changing.txt", condition).status(), 304);
    QVERIFY(writeFile(name, "three"));
    const HttpResponse second = get("/changing.txt", condition);
    QCOMPARE(second.status(), 200);
    QCOMPARE(second.body(), "three"_ba);
    // Also one of the same size.
    QFile file(name);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.setFileTime(QDateTime::fromSecsSinceEpoch(1), QFile::FileModificationTime));
    QVERIFY(get("/changing.txt").headers().value("etag") != second.headers().value("etag"));
}

void tst_StaticFiles::entityTagsAreCompared_data()
{
    QTest::addColumn<QByteArray>("condition");
    QTest::addColumn<int>("status");
    const auto add = [](const QByteArray &condition, int status) {
        QTest::newRow(condition.isEmpty() ? "none" : condition.constData()) << condition << status;
    };
    for (const char *matching :
         {"\"1,2\"", "W/\"1,2\"", "*", "\"0\", \"1,2\"", "\"0\",\"1,2\"", "\"1,2\", \"3\"",
          "W/\"0\" ,\tW/\"1,2\"", ", ,\"1,2\"", "0, \"1,2\"", "\"a, b\", \"1,2\""})
        add(matching, 304);
    for (const char *other :
         {"", "\"3\"", "1,2", "\"1\"", "\"1,2", "1,2\"", "\"1, 2\"", "w/\"1,2\"", "W/", "W/*",
          "\"\"", "\"*\"", ",", "\"x\"\"1,2\"", "\"0\", \"3\""})
        add(other, 200);
}

// The tag has a comma, as it may.
void tst_StaticFiles::entityTagsAreCompared()
{
    QFETCH(QByteArray, condition);
    const HttpResponse answer =
        conditionalResponse(request("/", {{"If-None-Match"_ba, condition}}), "\"1,2\"");
    QTEST(answer.status(), "status");
    QCOMPARE(answer.headers().value("etag"), "\"1,2\""_ba);
}

void tst_StaticFiles::severalFieldsAreOneList()
{
    const HttpHeaders headers{{"If-None-Match"_ba, "\"1\""_ba}, {"If-None-Match"_ba, "\"2\""_ba}};
    for (const char *tag : {"\"1\"", "\"2\""})
        QCOMPARE(conditionalResponse(request("/", headers), tag).status(), 304);
    QCOMPARE(conditionalResponse(request("/", headers), "\"3\"").status(), 200);
    QCOMPARE(conditionalResponse(request("/"), "\"1\"").status(), 200);
}

// The file of this test is among the program's resources.
void tst_StaticFiles::resourcesAreServed()
{
    const StaticFiles files(u":/staticfiles"_s);
    const QByteArray path = "/tst_staticfiles.cpp";
    const HttpResponse answer = files.answer(request(path), path);
    QCOMPARE(answer.status(), 200);
    QVERIFY(answer.body().contains("resourcesAreServed"));
    const HttpHeaders condition{{"If-None-Match"_ba, answer.headers().value("etag")}};
    QCOMPARE(files.answer(request(path, condition), path).status(), 304);
    QCOMPARE(files.answer(request("/"), "/").status(), 404);
    QCOMPARE(files.answer(request("/"), "/../staticfiles" + path).status(), 404);
    QCOMPARE(StaticFiles(u":/"_s).answer(request("/"), "/staticfiles" + path).status(), 200);
}

QTSOCKETIO_TEST(tst_StaticFiles)

#include "tst_staticfiles.moc"
