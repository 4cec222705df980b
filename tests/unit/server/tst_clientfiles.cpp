// SPDX-License-Identifier: MIT
#include "socketio/server/clientfiles_p.h"
#include "support/files.h"
#include "support/requests.h"
#include "support/testmain.h"

#include <QtCore/qdir.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

using namespace SocketIo::detail;
using namespace EngineIo;
using TestSupport::request;
using TestSupport::writeFile;
using namespace Qt::StringLiterals;

class tst_ClientFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void fileIsAnswered();
    void onlyExactNamesAreFiles_data();
    void onlyExactNamesAreFiles();
    void missingFileIsNotFound();
    void saysWhenThereIsNothingToServe_data();
    void saysWhenThereIsNothingToServe();
    void aPageThatAsksInVainIsReportedOnce();
    void otherMethodsAreNotAnswered();
    void entityTagsAreCompared_data();
    void entityTagsAreCompared();
    void gzipIsWellFormed();
    void fileIsReadOnce();
    void strangeVersionsAreNotUsed();

private:
    QTemporaryDir root;
    QString folder;
};

void tst_ClientFiles::initTestCase()
{
    QVERIFY(root.isValid());
    folder = root.filePath(u"dist"_s);
    QVERIFY(QDir().mkdir(folder));
    QVERIFY(writeFile(root.filePath(u"package.json"_s), "{\"version\":\"4.8.4\"}"_ba));
    QVERIFY(writeFile(folder + u"/socket.io.js"_s, "the client"_ba));
    QVERIFY(writeFile(folder + u"/socket.io.js.map"_s, "{}"_ba));
    QVERIFY(writeFile(folder + u"/other.js"_s, "other"_ba));
}

void tst_ClientFiles::fileIsAnswered()
{
    ClientFiles files(folder, "/socket.io"_ba);
    const auto answer = files.answer(request("/socket.io/socket.io.js?v=1"_ba));
    QVERIFY(answer);
    QCOMPARE(answer->status(), 200);
    QCOMPARE(answer->body(), "the client"_ba);
    QCOMPARE(answer->headers().value("content-type"), "application/javascript; charset=utf-8"_ba);
    QCOMPARE(answer->headers().value("etag"), "\"4.8.4\""_ba);
    QCOMPARE(answer->headers().value("cache-control"), "public, max-age=0"_ba);
    const auto map = files.answer(request("/socket.io/socket.io.js.map"_ba));
    QVERIFY(map);
    QCOMPARE(map->headers().value("content-type"), "application/json; charset=utf-8"_ba);
}

void tst_ClientFiles::onlyExactNamesAreFiles_data()
{
    QTest::addColumn<QByteArray>("target");
    for (const char *target :
         {"/socket.io/", "/socket.io", "/socket.io/other.js", "/socket.io/../dist/socket.io.js",
          "/socket.io//socket.io.js", "/socket.io/socket.io.js/", "/socket.io/Socket.io.js",
          "/socket.io/%73ocket.io.js", "/socket.io/socket.io.js%00", "/x/socket.io.js",
          "/socket.iosocket.io.js", "/"}) {
        QTest::newRow(target) << QByteArray(target);
    }
}

void tst_ClientFiles::onlyExactNamesAreFiles()
{
    QFETCH(QByteArray, target);
    ClientFiles files(folder, "/socket.io"_ba);
    QVERIFY(!files.answer(request(target)));
}

void tst_ClientFiles::missingFileIsNotFound()
{
    ClientFiles files(folder, "/socket.io"_ba);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"Cannot serve .*socket\\.io\\.min"_s));
    for (int i = 0; i < 2; ++i) { // and warns once
        const auto answer = files.answer(request("/socket.io/socket.io.min.js"_ba));
        QVERIFY(answer);
        QCOMPARE(answer->status(), 404);
        QVERIFY(!answer->body().contains(root.path().toUtf8()));
    }
}

void tst_ClientFiles::saysWhenThereIsNothingToServe_data()
{
    QTest::addColumn<QString>("where");
    QTest::addColumn<QString>("warning");
    QTest::newRow("files") << folder << QString();
    QTest::newRow("no folder") << QString() << QString(); // which is no mistake until a page asks
    QTest::newRow("empty folder") << root.path() << u"there is no socket\\.io\\.js in"_s;
}

void tst_ClientFiles::saysWhenThereIsNothingToServe()
{
    QFETCH(QString, where);
    QFETCH(QString, warning);
    if (!warning.isEmpty())
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(warning));
    QTest::failOnWarning(QRegularExpression(u"."_s));
    ClientFiles(where, "/socket.io"_ba).warnIfNone();
}

void tst_ClientFiles::aPageThatAsksInVainIsReportedOnce()
{
    ClientFiles files(QString(), "/socket.io"_ba);
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(
            u"asked for socket\\.io\\.js.*clientFolder is not set.*serveClient to false"_s));
    QTest::failOnWarning(QRegularExpression(u"."_s));
    for (int i = 0; i < 2; ++i) {
        const auto answer = files.answer(request("/socket.io/socket.io.js"_ba));
        QVERIFY(answer);
        QCOMPARE(answer->status(), 404);
        QVERIFY(answer->body().contains("clientFolder is not set"));
    }
}

void tst_ClientFiles::otherMethodsAreNotAnswered()
{
    ClientFiles files(folder, "/socket.io"_ba);
    QVERIFY(files.answer(request("/socket.io/socket.io.js"_ba, {}, "HEAD"_ba)));
    QVERIFY(!files.answer(request("/socket.io/socket.io.js"_ba, {}, "POST"_ba)));
    QVERIFY(!files.answer(request("/socket.io/socket.io.js"_ba, {}, "OPTIONS"_ba)));
}

void tst_ClientFiles::entityTagsAreCompared_data()
{
    QTest::addColumn<QByteArray>("condition");
    QTest::addColumn<int>("status");
    QTest::newRow("strong") << "\"4.8.4\""_ba << 304;
    QTest::newRow("weak") << "W/\"4.8.4\""_ba << 304;
    QTest::newRow("list") << "\"1\",W/\"4.8.4\""_ba << 304;
    QTest::newRow("any") << "*"_ba << 304;
    QTest::newRow("other") << "\"4.8.5\""_ba << 200;
    QTest::newRow("unquoted") << "4.8.4"_ba << 200;
    QTest::newRow("none") << ""_ba << 200;
}

void tst_ClientFiles::entityTagsAreCompared()
{
    QFETCH(QByteArray, condition);
    QFETCH(int, status);
    ClientFiles files(folder, "/socket.io"_ba);
    const auto answer =
        files.answer(request("/socket.io/socket.io.js"_ba, {{"If-None-Match"_ba, condition}}));
    QVERIFY(answer);
    QCOMPARE(answer->status(), status);
    QCOMPARE(answer->body().isEmpty(), status == 304);
    QCOMPARE(answer->headers().value("etag"), "\"4.8.4\""_ba);
}

void tst_ClientFiles::gzipIsWellFormed()
{
    ClientFiles files(folder, "/socket.io"_ba);
    const auto answer = files.answer(
        request("/socket.io/socket.io.js"_ba, {{"Accept-Encoding"_ba, "gzip, deflate"_ba}}));
    QVERIFY(answer);
    QCOMPARE(answer->headers().value("content-encoding"), "gzip"_ba);
    const QByteArray body = answer->body();
    QVERIFY(body.startsWith("\x1f\x8b\x08"));
    // The trailer: CRC-32 of "the client", then its length, least significant byte first.
    QCOMPARE(body.last(8).toHex(), "9d5ca3da0a000000"_ba);
}

void tst_ClientFiles::fileIsReadOnce()
{
    QVERIFY(writeFile(folder + u"/socket.io.esm.min.js"_s, "one"_ba));
    ClientFiles files(folder, "/socket.io"_ba);
    QCOMPARE(files.answer(request("/socket.io/socket.io.esm.min.js"_ba))->body(), "one"_ba);
    QVERIFY(writeFile(folder + u"/socket.io.esm.min.js"_s, "two"_ba));
    QCOMPARE(files.answer(request("/socket.io/socket.io.esm.min.js"_ba))->body(), "one"_ba);
}

void tst_ClientFiles::strangeVersionsAreNotUsed()
{
    QTemporaryDir other;
    QVERIFY(QDir(other.path()).mkdir(u"dist"_s));
    QVERIFY(
        writeFile(other.filePath(u"package.json"_s), "{\"version\":\"1\\r\\nSet-Cookie: x\"}"_ba));
    QVERIFY(writeFile(other.filePath(u"dist/socket.io.js"_s), "the client"_ba));
    ClientFiles files(other.filePath(u"dist"_s), "/socket.io"_ba);
    const auto answer = files.answer(request("/socket.io/socket.io.js"_ba));
    QVERIFY(answer);
    const QByteArray tag = answer->headers().value("etag");
    QCOMPARE(tag.size(), 42); // a hash in quotes
    QVERIFY(!tag.contains("Cookie"));
}

QTSOCKETIO_TEST(tst_ClientFiles)

#include "tst_clientfiles.moc"
