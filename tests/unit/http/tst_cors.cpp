// SPDX-License-Identifier: MIT
#include "net/http/cors_p.h"
#include "support/requests.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(EngineIo::CorsOrigin)

namespace {

using Fields = QList<HttpHeaders::Field>;

const QByteArray Page = "https://a.example";
const QByteArray AllowOrigin = "Access-Control-Allow-Origin";
const QByteArray AllowMethods = "Access-Control-Allow-Methods";
const QByteArray AllowHeaders = "Access-Control-Allow-Headers";
const QByteArray DefaultMethods = "GET,HEAD,PUT,PATCH,POST,DELETE";
const QByteArray Asked = "x-one, x-two";

void ignore(const QString &, const std::function<void(bool)> &) { }

HttpRequest makeRequest(const QByteArray &origin, bool preflight)
{
    HttpHeaders headers;
    if (!origin.isNull())
        headers.append("origin"_ba, origin);
    if (preflight)
        headers.append("access-control-request-headers"_ba, Asked);
    return TestSupport::request("/"_ba, headers, preflight ? "OPTIONS"_ba : "POST"_ba);
}

Fields headersFor(const CorsOptions &options, const QByteArray &origin, bool preflight)
{
    const bool allowed = matchOrigin(options, QString::fromLatin1(origin)) == CorsDecision::Allowed;
    return corsHeaders(options, makeRequest(origin, preflight), allowed, preflight).fields();
}

} // namespace

class tst_Cors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textSaysTheKind();
    void originForms_data();
    void originForms();
    void functionDecides();
    void refusedOriginsStillGetTheOtherHeaders();
    void everythingConfigured();
    void credentialsWithAnyOrigin();
    void emptyListsAreNotSent();
    void zeroMaxAgeIsSent();
    void preflightThatAsksForNothing();
    void unfitValuesAreNotSent();
    void whoAnswersThePreflight_data();
    void whoAnswersThePreflight();
};

void tst_Cors::textSaysTheKind()
{
    QCOMPARE(CorsOrigin().kind(), CorsOrigin::Kind::Any);
    QCOMPARE(CorsOrigin::any().kind(), CorsOrigin::Kind::Any);
    QCOMPARE(CorsOrigin(u"*"_s).kind(), CorsOrigin::Kind::Any);
    QCOMPARE(CorsOrigin(QString()).kind(), CorsOrigin::Kind::None);
    QCOMPARE(CorsOrigin(u"https://a.example"_s).kind(), CorsOrigin::Kind::Fixed);
    QCOMPARE(CorsOrigin::reflect().kind(), CorsOrigin::Kind::Reflect);
    QCOMPARE(CorsOrigin::none().kind(), CorsOrigin::Kind::None);
}

// What the npm package cors sends in each case.
void tst_Cors::originForms_data()
{
    QTest::addColumn<CorsOrigin>("origin");
    QTest::addColumn<QByteArray>("requestOrigin");
    QTest::addColumn<QByteArray>("allowOrigin");
    QTest::addColumn<bool>("varies");
    using Patterns = QList<CorsOrigin::Pattern>;
    const auto row = [](const char *name, const CorsOrigin &origin, const QByteArray &requestOrigin,
                        const QByteArray &allowOrigin, bool varies) {
        QTest::newRow(name) << origin << requestOrigin << allowOrigin << varies;
    };
    const QByteArray none;
    row("any", CorsOrigin(), Page, "*"_ba, false);
    row("any, no origin", CorsOrigin(), none, "*"_ba, false);
    row("reflected", CorsOrigin::reflect(), Page, Page, true);
    row("reflected, no origin", CorsOrigin::reflect(), none, none, true);
    row("fixed", CorsOrigin(u"https://a.example"_s), Page, Page, true);
    row("fixed, another origin", CorsOrigin(u"https://b.example"_s), Page, "https://b.example"_ba,
        true);
    row("fixed, no origin", CorsOrigin(u"https://b.example"_s), none, "https://b.example"_ba, true);
    row("pattern", CorsOrigin(QRegularExpression(u"\\.example$"_s)), Page, Page, true);
    row("pattern, another origin", CorsOrigin(QRegularExpression(u"\\.org$"_s)), Page, none, true);
    row("pattern, no origin", CorsOrigin(QRegularExpression(u"."_s)), none, none, true);
    row("list", CorsOrigin(Patterns{u"https://b.example"_s, u"https://a.example"_s}), Page, Page,
        true);
    row("list with a pattern",
        CorsOrigin(Patterns{u"https://b.example"_s, QRegularExpression(u"a\\.ex"_s)}), Page, Page,
        true);
    row("list, another origin", CorsOrigin(Patterns{u"https://b.example"_s}), Page, none, true);
    row("list, other case", CorsOrigin(Patterns{u"https://A.example"_s}), Page, none, true);
    row("list, longer origin", CorsOrigin(Patterns{u"https://a.example"_s}),
        "https://a.example.org"_ba, none, true);
    row("list with an asterisk", CorsOrigin(Patterns{u"*"_s}), Page, none, true);
    row("list of texts", CorsOrigin(QStringList{u"https://b.example"_s, u"https://a.example"_s}),
        Page, Page, true);
    row("list of texts, another origin", CorsOrigin(QStringList{u"https://b.example"_s}), Page,
        none, true);
    row("empty list", CorsOrigin(Patterns{}), Page, none, true);
}

void tst_Cors::originForms()
{
    QFETCH(CorsOrigin, origin);
    QFETCH(QByteArray, requestOrigin);
    QFETCH(QByteArray, allowOrigin);
    QFETCH(bool, varies);
    CorsOptions options;
    options.origin = origin;

    Fields expected;
    if (!allowOrigin.isNull())
        expected.append({AllowOrigin, allowOrigin});
    if (varies)
        expected.append({"Vary"_ba, "Origin"_ba});
    QCOMPARE(headersFor(options, requestOrigin, false), expected);

    if (varies)
        expected.last().second = "Origin, Access-Control-Request-Headers"_ba;
    expected.append({AllowMethods, DefaultMethods});
    if (!varies)
        expected.append({"Vary"_ba, "Access-Control-Request-Headers"_ba});
    expected.append({AllowHeaders, Asked});
    QCOMPARE(headersFor(options, requestOrigin, true), expected);
}

void tst_Cors::functionDecides()
{
    CorsOptions options;
    options.origin = CorsOrigin(CorsOrigin::Decide(ignore));
    options.credentials = true;
    QCOMPARE(matchOrigin(options, u"https://a.example"_s), CorsDecision::Ask);

    const Fields allowed = {{AllowOrigin, Page},
                            {"Vary"_ba, "Origin"_ba},
                            {"Access-Control-Allow-Credentials"_ba, "true"_ba}};
    QCOMPARE(corsHeaders(options, makeRequest(Page, false), true, false).fields(), allowed);
    QVERIFY(corsHeaders(options, makeRequest(Page, false), false, false).isEmpty());
    QVERIFY(corsHeaders(options, makeRequest(Page, true), false, true).isEmpty());

    options.origin = CorsOrigin(CorsOrigin::Decide());
    QCOMPARE(matchOrigin(options, u"https://a.example"_s), CorsDecision::Refused);
}

void tst_Cors::refusedOriginsStillGetTheOtherHeaders()
{
    CorsOptions options;
    options.origin = CorsOrigin(QRegularExpression(u"\\.org$"_s));
    options.credentials = true;
    options.exposedHeaders = {u"X-A"_s};
    options.maxAge = std::chrono::seconds(5);
    const Fields actual = {{"Vary"_ba, "Origin"_ba},
                           {"Access-Control-Allow-Credentials"_ba, "true"_ba},
                           {"Access-Control-Expose-Headers"_ba, "X-A"_ba}};
    QCOMPARE(headersFor(options, Page, false), actual);
    const Fields preflight = {{"Vary"_ba, "Origin, Access-Control-Request-Headers"_ba},
                              {"Access-Control-Allow-Credentials"_ba, "true"_ba},
                              {AllowMethods, DefaultMethods},
                              {AllowHeaders, Asked},
                              {"Access-Control-Max-Age"_ba, "5"_ba},
                              {"Access-Control-Expose-Headers"_ba, "X-A"_ba}};
    QCOMPARE(headersFor(options, Page, true), preflight);
}

void tst_Cors::everythingConfigured()
{
    CorsOptions options;
    options.origin = CorsOrigin(u"https://a.example"_s);
    options.methods = QStringList{u"GET"_s, u"POST"_s};
    options.allowedHeaders = QStringList{u"A"_s, u"B"_s};
    options.exposedHeaders = QStringList{u"C"_s, u"D"_s};
    options.credentials = true;
    options.maxAge = std::chrono::minutes(10);
    const Fields actual = {{AllowOrigin, Page},
                           {"Vary"_ba, "Origin"_ba},
                           {"Access-Control-Allow-Credentials"_ba, "true"_ba},
                           {"Access-Control-Expose-Headers"_ba, "C,D"_ba}};
    QCOMPARE(headersFor(options, Page, false), actual);
    const Fields preflight = {{AllowOrigin, Page},
                              {"Vary"_ba, "Origin"_ba},
                              {"Access-Control-Allow-Credentials"_ba, "true"_ba},
                              {AllowMethods, "GET,POST"_ba},
                              {AllowHeaders, "A,B"_ba},
                              {"Access-Control-Max-Age"_ba, "600"_ba},
                              {"Access-Control-Expose-Headers"_ba, "C,D"_ba}};
    QCOMPARE(headersFor(options, Page, true), preflight);
}

void tst_Cors::credentialsWithAnyOrigin()
{
    CorsOptions options;
    options.credentials = true;
    const Fields expected = {{AllowOrigin, "*"_ba},
                             {"Access-Control-Allow-Credentials"_ba, "true"_ba}};
    QCOMPARE(headersFor(options, Page, false), expected);
}

void tst_Cors::emptyListsAreNotSent()
{
    CorsOptions options;
    options.methods.clear();
    options.allowedHeaders.emplace();
    QCOMPARE(headersFor(options, Page, true), (Fields{{AllowOrigin, "*"_ba}}));
}

void tst_Cors::zeroMaxAgeIsSent()
{
    CorsOptions options;
    options.maxAge = std::chrono::seconds(0);
    QVERIFY(headersFor(options, Page, true).contains({"Access-Control-Max-Age"_ba, "0"_ba}));
}

void tst_Cors::preflightThatAsksForNothing()
{
    const HttpHeaders headers = corsHeaders({}, makeRequest(Page, false), true, true);
    const Fields expected = {{AllowOrigin, "*"_ba},
                             {AllowMethods, DefaultMethods},
                             {"Vary"_ba, "Access-Control-Request-Headers"_ba}};
    QCOMPARE(headers.fields(), expected);
}

void tst_Cors::unfitValuesAreNotSent()
{
    CorsOptions options;
    options.origin = CorsOrigin(u"https://a.example\r\nX-Injected: yes"_s);
    options.methods = QStringList{u"GET\n"_s};
    options.exposedHeaders = QStringList{u"A\r\nB: c"_s};
    const Fields expected = {{"Vary"_ba, "Origin, Access-Control-Request-Headers"_ba},
                             {AllowHeaders, Asked}};
    QCOMPARE(headersFor(options, Page, true), expected);
}

void tst_Cors::whoAnswersThePreflight_data()
{
    QTest::addColumn<CorsOrigin>("origin");
    QTest::addColumn<bool>("allowed");
    QTest::addColumn<bool>("goesOn");
    QTest::addColumn<bool>("answered");
    const CorsOrigin list(QList<CorsOrigin::Pattern>{u"https://b.example"_s});
    const CorsOrigin function{CorsOrigin::Decide(ignore)};
    QTest::newRow("allowed") << CorsOrigin() << true << false << true;
    QTest::newRow("refused by a list") << list << false << false << true;
    QTest::newRow("allowed by a function") << function << true << false << true;
    QTest::newRow("refused by a function") << function << false << false << false;
    QTest::newRow("off") << CorsOrigin::none() << false << false << false;
    QTest::newRow("to be handled on") << CorsOrigin() << true << true << false;
}

void tst_Cors::whoAnswersThePreflight()
{
    QFETCH(CorsOrigin, origin);
    QFETCH(bool, allowed);
    QFETCH(bool, goesOn);
    CorsOptions options;
    options.origin = origin;
    options.preflightContinue = goesOn;
    QTEST(answersPreflight(options, allowed), "answered");
}

QTSOCKETIO_TEST(tst_Cors)
#include "tst_cors.moc"
