// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/files.h"
#include "support/testmain.h"

#include <QtCore/qdir.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtemporarydir.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_Sio_ClientFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clientFilesAreServed_data();
    void clientFilesAreServed();
    void clientFilesAreCompressed();
    void clientFilesHaveAnEntityTag();
    void clientFilesHaveCorsHeaders();
    void otherFilesAreNotServed_data();
    void otherFilesAreNotServed();
    void clientFilesCanBeSwitchedOff();
    void withoutAFolderTheAnswerSaysSo();
};

namespace {

// A folder as the client's npm package has it.
class ClientFolder
{
public:
    explicit ClientFolder(bool withPackage = true)
    {
        QVERIFY(m_dir.isValid());
        QVERIFY(QDir(m_dir.path()).mkdir(u"dist"_s));
        for (const QString &name : names())
            write(u"dist/"_s + name, content(name));
        write(u"dist/secret.js"_s, "secret"_ba);
        write(u"secret.js"_s, "secret"_ba);
        if (withPackage)
            write(u"package.json"_s, "{\"name\":\"client\",\"version\":\"4.5.6\"}"_ba);
    }
    static QStringList names()
    {
        return {u"socket.io.js"_s,
                u"socket.io.js.map"_s,
                u"socket.io.min.js"_s,
                u"socket.io.min.js.map"_s,
                u"socket.io.esm.min.js"_s,
                u"socket.io.esm.min.js.map"_s,
                u"socket.io.msgpack.min.js"_s,
                u"socket.io.msgpack.min.js.map"_s};
    }
    static QByteArray content(const QString &name)
    {
        return "// " + name.toLatin1() + '\n' + QByteArray(5000, 'x');
    }
    ServerOptions options() const
    {
        ServerOptions options;
        options.clientFolder = m_dir.filePath(u"dist"_s);
        return options;
    }

private:
    void write(const QString &name, const QByteArray &data)
    {
        QVERIFY(TestSupport::writeFile(m_dir.filePath(name), data));
    }

    QTemporaryDir m_dir;
};

} // namespace

void tst_Sio_ClientFiles::clientFilesAreServed_data()
{
    QTest::addColumn<QString>("name");
    for (const QString &name : ClientFolder::names())
        QTest::newRow(qPrintable(name)) << name;
}

void tst_Sio_ClientFiles::clientFilesAreServed()
{
    QFETCH(QString, name);
    const ClientFolder folder;
    SioServer io(folder.options());
    RawConnection connection(io.port());
    for (const QByteArray &query : {""_ba, "?v=1"_ba}) {
        const HttpAnswer answer =
            connection.request("GET", "/socket.io/" + name.toLatin1() + query);
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.body, ClientFolder::content(name));
        QCOMPARE(answer.header("content-type"),
                 name.endsWith(u".map") ? "application/json; charset=utf-8"_ba
                                        : "application/javascript; charset=utf-8"_ba);
        QCOMPARE(answer.header("cache-control"), "public, max-age=0"_ba);
        QCOMPARE(answer.header("etag"), "\"4.5.6\""_ba);
    }
    const HttpAnswer head = connection.request("HEAD", "/socket.io/" + name.toLatin1());
    QCOMPARE(head.status, 200);
    QCOMPARE(head.header("content-length").toLongLong(), ClientFolder::content(name).size());
}

void tst_Sio_ClientFiles::clientFilesAreCompressed()
{
    const ClientFolder folder;
    SioServer io(folder.options());
    RawConnection connection(io.port());
    const QByteArray content = ClientFolder::content(u"socket.io.js"_s);
    const HttpAnswer deflated =
        connection.request("GET", "/socket.io/socket.io.js", {}, "Accept-Encoding: deflate\r\n");
    QCOMPARE(deflated.header("content-encoding"), "deflate"_ba);
    QVERIFY(deflated.body.size() < 200);
    QByteArray sized(4, '\0');
    sized[2] = char(content.size() >> 8);
    sized[3] = char(content.size());
    QCOMPARE(qUncompress(sized + deflated.body), content);

    const HttpAnswer zipped = connection.request("GET", "/socket.io/socket.io.js", {},
                                                 "Accept-Encoding: br, gzip, deflate\r\n");
    QCOMPARE(zipped.header("content-encoding"), "gzip"_ba);
    QCOMPARE(zipped.header("vary"), "Accept-Encoding"_ba);
    QVERIFY(zipped.body.startsWith("\x1f\x8b\x08"));
    // The same compressed data lies between other headers and trailers.
    QCOMPARE(zipped.body.sliced(10).chopped(8), deflated.body.sliced(2).chopped(4));
    QCOMPARE(quint8(zipped.body.at(zipped.body.size() - 4)), quint8(content.size() & 0xff));
}

void tst_Sio_ClientFiles::clientFilesHaveAnEntityTag()
{
    const ClientFolder folder;
    SioServer io(folder.options());
    RawConnection connection(io.port());
    const QByteArray path = "/socket.io/socket.io.js";
    for (const QByteArray &tag : {"\"4.5.6\""_ba, "W/\"4.5.6\""_ba, "\"1\", \"4.5.6\""_ba}) {
        const HttpAnswer answer =
            connection.request("GET", path, {}, "If-None-Match: " + tag + "\r\n");
        QCOMPARE(answer.status, 304);
        QVERIFY(answer.body.isEmpty());
    }
    QCOMPARE(connection.request("GET", path, {}, "If-None-Match: \"4.5.5\"\r\n").status, 200);

    const ClientFolder bare(false); // the tag is made of the content then
    SioServer other(bare.options());
    RawConnection second(other.port());
    const QByteArray tag = second.request("GET", path).header("etag");
    QVERIFY(tag.startsWith('"') && tag.size() > 10);
    QCOMPARE(second.request("GET", path, {}, "If-None-Match: " + tag + "\r\n").status, 304);
    QVERIFY(second.request("GET", "/socket.io/socket.io.min.js").header("etag") != tag);
}

void tst_Sio_ClientFiles::clientFilesHaveCorsHeaders()
{
    const ClientFolder folder;
    ServerOptions options = folder.options();
    options.cors = EngineIo::CorsOptions();
    options.cors->origin = u"https://good.example"_s;
    SioServer io(options);
    RawConnection connection(io.port());
    const HttpAnswer answer = connection.request("GET", "/socket.io/socket.io.js", {},
                                                 "Origin: https://good.example\r\n");
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.header("access-control-allow-origin"), "https://good.example"_ba);
}

void tst_Sio_ClientFiles::otherFilesAreNotServed_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<int>("status");
    QTest::newRow("unknown") << "/socket.io/other.js"_ba << 400;
    QTest::newRow("not of the client") << "/socket.io/secret.js"_ba << 400;
    QTest::newRow("in a folder above") << "/socket.io/../secret.js"_ba << 400;
    QTest::newRow("encoded") << "/socket.io/%2e%2e/secret.js"_ba << 400;
    QTest::newRow("longer name") << "/socket.io/socket.io.js/x"_ba << 400;
    QTest::newRow("other path") << "/socket.iox/socket.io.js"_ba << 404;
    QTest::newRow("root") << "/socket.io.js"_ba << 404;
}

void tst_Sio_ClientFiles::otherFilesAreNotServed()
{
    QFETCH(QByteArray, target);
    QFETCH(int, status);
    const ClientFolder folder;
    SioServer io(folder.options());
    RawConnection connection(io.port());
    const HttpAnswer answer = connection.request("GET", target);
    QCOMPARE(answer.status, status);
    QVERIFY(!answer.body.contains("secret"));
}

// As in Node.js: then the engine sees the request.
void tst_Sio_ClientFiles::clientFilesCanBeSwitchedOff()
{
    const ClientFolder folder;
    ServerOptions options = folder.options();
    options.serveClient = false;
    SioServer io(options);
    RawConnection connection(io.port());
    QCOMPARE(connection.request("GET", "/socket.io/socket.io.js").status, 400);
}

void tst_Sio_ClientFiles::withoutAFolderTheAnswerSaysSo()
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"clientFolder is not set"_s));
    SioServer io;
    RawConnection connection(io.port());
    const HttpAnswer answer = connection.request("GET", "/socket.io/socket.io.js");
    QCOMPARE(answer.status, 404);
    QVERIFY(answer.header("content-type").startsWith("text/plain"));
    QVERIFY(answer.body.contains("clientFolder is not set"));
    QCOMPARE(connection.request("GET", "/socket.io/?EIO=4&transport=polling").status, 200);
}

QTSOCKETIO_TEST(tst_Sio_ClientFiles)

#include "tst_sio_clientfiles.moc"
