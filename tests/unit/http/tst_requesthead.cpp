// SPDX-License-Identifier: MIT
#include "net/http/requesthead_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

class tst_RequestHead : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesLineAndFields();
    void olderVersionsAreKept();
    void fieldsCanBeLeftOut();
};

void tst_RequestHead::writesLineAndFields()
{
    RequestHead head("POST", "/socket.io/?EIO=4");
    head.add("Host", "localhost");
    head.add(HttpHeaders{{"X-One"_ba, "1"_ba}, {"x-one"_ba, "2"_ba}, {"X-Empty"_ba, ""_ba}});
    QCOMPARE(head.finish(),
             "POST /socket.io/?EIO=4 HTTP/1.1\r\n"
             "Host: localhost\r\n"
             "X-One: 1\r\n"
             "x-one: 2\r\n"
             "X-Empty: \r\n"
             "\r\n"_ba);
}

void tst_RequestHead::olderVersionsAreKept()
{
    QCOMPARE(RequestHead("GET", "/", 0).finish(), "GET / HTTP/1.0\r\n\r\n"_ba);
}

void tst_RequestHead::fieldsCanBeLeftOut()
{
    RequestHead head("GET", "/");
    head.addUnless(HttpHeaders{{"A"_ba, "1"_ba}, {"B"_ba, "2"_ba}, {"A"_ba, "3"_ba}},
                   [](QByteArrayView name) { return name == "A"; });
    QCOMPARE(head.finish(), "GET / HTTP/1.1\r\nB: 2\r\n\r\n"_ba);
}

QTSOCKETIO_TEST(tst_RequestHead)

#include "tst_requesthead.moc"
