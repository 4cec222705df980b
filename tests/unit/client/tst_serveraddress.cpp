// SPDX-License-Identifier: MIT
#include "engineio/client/serveraddress_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using EngineIo::detail::displayAddress;
using EngineIo::detail::ServerAddress;
using namespace Qt::StringLiterals;

// What people write for a server.
class tst_ServerAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isUnderstood_data();
    void isUnderstood();
    void isRefused_data();
    void isRefused();
    void passwordsAreNotShown();
};

void tst_ServerAddress::isUnderstood_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("expected");
    const auto add = [](const char *address, const char *expected) {
        QTest::newRow(address) << QString::fromUtf8(address) << QString::fromUtf8(expected);
    };
    add("http://host/a", "http://host/a");
    add("https://host:3000", "https://host:3000");
    add("ws://host", "ws://host");
    add("wss://host", "wss://host");
    add("HTTP://Host", "http://host");
    add("host", "http://host");
    add("host/chat", "http://host/chat");
    add("host:3000", "http://host:3000");
    add("host:", "http://host");
    add("host:3000?a=1", "http://host:3000?a=1");
    add("localhost:3000/ns?x=1", "http://localhost:3000/ns?x=1");
    add("localhost:3000/a b", "http://localhost:3000/a%20b");
    add("my_host", "http://my_host");
    add("my_host:3000/x", "http://my_host:3000/x");
    add("127.0.0.1", "http://127.0.0.1");
    add("127.0.0.1:3000", "http://127.0.0.1:3000");
    add("192.168.1.5:3000/a?b=1", "http://192.168.1.5:3000/a?b=1");
    add("127.0.0.1:3000/ns/a:b", "http://127.0.0.1:3000/ns/a:b");
    add("1host:80/x", "http://1host:80/x");
    add("::1", "http://[::1]");
    add("[::1]", "http://[::1]");
    add("[::1]:3000", "http://[::1]:3000");
    add("[::1]:3000/chat?x=1", "http://[::1]:3000/chat?x=1");
    add("//host", "http://host");
    add("//host:3000/a", "http://host:3000/a");
    add("//[::1]:3000", "http://[::1]:3000");
    add("user:secret@host:3000/a", "http://user:secret@host:3000/a");
    add("//user:secret@host", "http://user:secret@host");
    add("localhost:3000/\xc3\xa4?k=%26", "http://localhost:3000/%C3%A4?k=%26");
}

void tst_ServerAddress::isUnderstood()
{
    QFETCH(QString, address);
    QFETCH(QString, expected);
    const ServerAddress result((QUrl(address)));
    QCOMPARE(result.errorString(), QString());
    QVERIFY(result.isValid());
    QCOMPARE(result.url().toString(QUrl::FullyEncoded), expected);
    // What was understood once stays as it is.
    QCOMPARE(ServerAddress(result.url()).url(), result.url());
}

void tst_ServerAddress::isRefused_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("error");
    const auto add = [](const char *address, const QString &error) {
        QTest::newRow(*address ? address : "empty") << QString::fromUtf8(address) << error;
    };
    const auto scheme = [&add](const char *address, const QString &name) {
        add(address,
            u"cannot connect to \"%1\": the scheme \"%2\" is not supported, only http, https, ws "
            "and wss are"_s.arg(QString::fromUtf8(address), name));
    };
    scheme("ftp://host", u"ftp"_s);
    scheme("file:///run/socket", u"file"_s);
    scheme("unix:/run/socket", u"unix"_s);
    scheme("qrc:/server", u"qrc"_s);
    scheme("mailto:ada@example.org", u"mailto"_s);
    scheme("socket.io://host:3000", u"socket.io"_s);
    add("", u"no server address was given"_s);
    for (const char *address : {"http:", "http:/host", "https:host", "ws:host:3000"})
        add(address,
            u"\"%1\" is not a server address: it names no host"_s.arg(
                QString::fromLatin1(address)));
    add("http://a b",
        u"\"http://a b\" is not a server address: Invalid hostname (contains invalid characters)"_s);
    add("host:99999",
        u"\"host:99999\" is not a server address: Invalid port or port number out of range"_s);
}

void tst_ServerAddress::isRefused()
{
    QFETCH(QString, address);
    QFETCH(QString, error);
    const ServerAddress result((QUrl(address)));
    QVERIFY(!result.isValid());
    QCOMPARE(result.url(), QUrl());
    QCOMPARE(result.errorString(), error);
}

void tst_ServerAddress::passwordsAreNotShown()
{
    QCOMPARE(displayAddress(QUrl(u"http://ada:secret@host:3000/chat?token=1#x"_s)),
             u"http://host:3000"_s);
    QVERIFY(!ServerAddress(QUrl(u"ftp://ada:secret@host"_s)).errorString().contains(u"secret"_s));
}

QTSOCKETIO_TEST(tst_ServerAddress)
#include "tst_serveraddress.moc"
