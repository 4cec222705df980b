// SPDX-License-Identifier: MIT
#include "net/http/cookie_p.h"
#include "support/datetimes.h"
#include "support/testmain.h"

#include <QtCore/qtimezone.h>
#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(EngineIo::CookieOptions)

class tst_Cookie : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void defaults();
    void attributesHaveTheirOrder();
    void attributes_data();
    void attributes();
    void sessionIdIsEncoded();
    void unfitOptionsMakeNoCookie_data();
    void unfitOptionsMakeNoCookie();
};

void tst_Cookie::defaults()
{
    QCOMPARE(sessionCookie({}, u"lv_VI97HAXpY6yYWAAAB"_s),
             "io=lv_VI97HAXpY6yYWAAAB; Path=/; HttpOnly; SameSite=Lax"_ba);
}

// The order of the npm package cookie.
void tst_Cookie::attributesHaveTheirOrder()
{
    CookieOptions options;
    options.name = u"sess"_s;
    options.maxAge = std::chrono::hours(1);
    options.domain = u".Example.com"_s;
    options.path = u"/x"_s;
    options.expires = TestSupport::utc(QDate(2030, 1, 5), QTime(3, 4, 5));
    options.secure = true;
    options.sameSite = CookieOptions::SameSite::None;
    QCOMPARE(sessionCookie(options, u"a"_s),
             "sess=a; Max-Age=3600; Domain=.Example.com; Path=/x; "
             "Expires=Sat, 05 Jan 2030 03:04:05 GMT; HttpOnly; Secure; SameSite=None"_ba);
}

void tst_Cookie::attributes_data()
{
    QTest::addColumn<CookieOptions>("options");
    QTest::addColumn<QByteArray>("cookie");
    const auto row = [](const char *name, const QByteArray &cookie, auto change) {
        CookieOptions options;
        change(options);
        QTest::newRow(name) << options << cookie;
    };
    row("no path", "io=a; HttpOnly; SameSite=Lax"_ba, [](CookieOptions &o) { o.path.clear(); });
    row("for scripts", "io=a; Path=/; SameSite=Lax"_ba,
        [](CookieOptions &o) { o.httpOnly = false; });
    row("strict", "io=a; Path=/; HttpOnly; SameSite=Strict"_ba,
        [](CookieOptions &o) { o.sameSite = CookieOptions::SameSite::Strict; });
    row("no rule for other sites", "io=a; Path=/; HttpOnly"_ba,
        [](CookieOptions &o) { o.sameSite = CookieOptions::SameSite::Unset; });
    row("dropped at once", "io=a; Max-Age=-1; Path=/; HttpOnly; SameSite=Lax"_ba,
        [](CookieOptions &o) { o.maxAge = std::chrono::seconds(-1); });
    row("other time zone",
        "io=a; Path=/; Expires=Tue, 31 Dec 2030 23:30:00 GMT; HttpOnly; SameSite=Lax"_ba,
        [](CookieOptions &o) {
            o.expires = TestSupport::withOffset(QDate(2031, 1, 1), QTime(1, 30), 2 * 60 * 60);
        });
}

void tst_Cookie::attributes()
{
    QFETCH(CookieOptions, options);
    QTEST(sessionCookie(options, u"a"_s), "cookie");
}

// As with JavaScript's encodeURIComponent().
void tst_Cookie::sessionIdIsEncoded()
{
    CookieOptions options;
    options.path.clear();
    options.httpOnly = false;
    options.sameSite = CookieOptions::SameSite::Unset;
    QCOMPARE(sessionCookie(options, u"a b/\u00e4!'()*~_-.\";,\r\n"_s),
             "io=a%20b%2F%C3%A4!'()*~_-.%22%3B%2C%0D%0A"_ba);
}

void tst_Cookie::unfitOptionsMakeNoCookie_data()
{
    QTest::addColumn<CookieOptions>("options");
    QTest::addColumn<QByteArray>("option");
    const auto row = [](const char *name, const QByteArray &option, auto change) {
        CookieOptions options;
        change(options);
        QTest::newRow(name) << options << option;
    };
    row("no name", "name"_ba, [](CookieOptions &o) { o.name.clear(); });
    row("equals sign in the name", "name"_ba, [](CookieOptions &o) { o.name = u"a=b"_s; });
    row("semicolon in the name", "name"_ba, [](CookieOptions &o) { o.name = u"a;b"_s; });
    row("name not ASCII", "name"_ba, [](CookieOptions &o) { o.name = u"\u00e4"_s; });
    row("semicolon in the path", "path"_ba, [](CookieOptions &o) { o.path = u"/; Secure"_s; });
    row("line break in the path", "path"_ba, [](CookieOptions &o) { o.path = u"/\r\nA: b"_s; });
    row("path not ASCII", "path"_ba, [](CookieOptions &o) { o.path = u"/\u00e4"_s; });
    row("space in the domain", "domain"_ba, [](CookieOptions &o) { o.domain = u"a b"_s; });
    row("line break after the domain", "domain"_ba, [](CookieOptions &o) { o.domain = u"a\n"_s; });
    row("two dots in the domain", "domain"_ba, [](CookieOptions &o) { o.domain = u"a..b"_s; });
    row("impossible date", "expires"_ba,
        [](CookieOptions &o) { o.expires = TestSupport::utc(QDate(2030, 2, 30), QTime(0, 0)); });
}

void tst_Cookie::unfitOptionsMakeNoCookie()
{
    QFETCH(CookieOptions, options);
    QFETCH(QByteArray, option);
    const QByteArray warning = "The cookie is not sent: invalid " + option;
    QTest::ignoreMessage(QtWarningMsg, warning.constData());
    QVERIFY(sessionCookie(options, u"a"_s).isNull());
}

QTSOCKETIO_TEST(tst_Cookie)
#include "tst_cookie.moc"
