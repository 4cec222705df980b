// SPDX-License-Identifier: MIT
#include "net/http/httprequestwriter_p.h"
#include "net/websocket/messagedeflate_p.h"

#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

class tst_MessageDeflate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void negotiates_data();
    void negotiates();
    void isOffByDefault();
    void survivesARoundTrip_data();
    void survivesARoundTrip();
    void remembersOnlyWhereThatIsAgreed();
    void compressesOnceForAll();
    void neverInflatesToMoreThanTheLimit();
    void refusesWhatIsMalformed_data();
    void refusesWhatIsMalformed();
};

void tst_MessageDeflate::initTestCase()
{
    if (!hasZlib())
        QSKIP("this build has no zlib");
}

void tst_MessageDeflate::negotiates_data()
{
    QTest::addColumn<QByteArray>("offers");
    QTest::addColumn<PerMessageDeflateOptions>("options");
    QTest::addColumn<QByteArray>("answer"); // empty: none
    const PerMessageDeflateOptions plain;
    PerMessageDeflateOptions forgetful;
    forgetful.serverNoContextTakeover = forgetful.clientNoContextTakeover = true;
    PerMessageDeflateOptions small;
    small.serverMaxWindowBits = 10;
    small.clientMaxWindowBits = 11;
    const QByteArray answer = "permessage-deflate"_ba;
    QTest::newRow("nothing offered") << ""_ba << plain << ""_ba;
    QTest::newRow("something else") << "permessage-bzip2"_ba << plain << ""_ba;
    QTest::newRow("plain") << answer << plain << answer;
    QTest::newRow("browser") << "permessage-deflate; client_max_window_bits"_ba << plain << answer;
    QTest::newRow("second offer") << "x, permessage-deflate ; foo=1 ,permessage-deflate"_ba << plain
                                  << answer;
    QTest::newRow("client forgets") << "permessage-deflate; client_no_context_takeover"_ba << plain
                                    << "permessage-deflate; client_no_context_takeover"_ba;
    QTest::newRow("server is to forget")
        << "permessage-deflate; server_no_context_takeover"_ba << plain
        << "permessage-deflate; server_no_context_takeover"_ba;
    QTest::newRow("server forgets") << answer << forgetful
                                    << "permessage-deflate; server_no_context_takeover; "
                                       "client_no_context_takeover"_ba;
    QTest::newRow("server's window") << "permessage-deflate; server_max_window_bits=12"_ba << plain
                                     << "permessage-deflate; server_max_window_bits=12"_ba;
    QTest::newRow("quoted") << "permessage-deflate; server_max_window_bits=\"12\""_ba << plain
                            << "permessage-deflate; server_max_window_bits=12"_ba;
    QTest::newRow("window of 8") << "permessage-deflate; server_max_window_bits=8"_ba << plain
                                 << ""_ba;
    QTest::newRow("small windows") << "permessage-deflate; client_max_window_bits"_ba << small
                                   << "permessage-deflate; server_max_window_bits=10; "
                                      "client_max_window_bits=11"_ba;
    QTest::newRow("smaller still")
        << "permessage-deflate; client_max_window_bits=9; server_max_window_bits=9"_ba << small
        << "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9"_ba;
    QTest::newRow("client that cannot be told") << answer << small << ""_ba;
    for (const char *offer :
         {"permessage-deflate; server_max_window_bits",
          "permessage-deflate; server_max_window_bits=7",
          "permessage-deflate; server_max_window_bits=16",
          "permessage-deflate; server_max_window_bits=010",
          "permessage-deflate; client_max_window_bits=",
          "permessage-deflate; client_max_window_bits=99999999999",
          "permessage-deflate; client_no_context_takeover=1",
          "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
          "permessage-deflate; client_max_window_bits; client_max_window_bits",
          "permessage-deflate;", "permessage-deflate; ;", "permessage-deflate; other"}) {
        const bool fine = QByteArray(offer) == "permessage-deflate;";
        QTest::newRow(offer) << QByteArray(offer) << plain << (fine ? answer : QByteArray());
    }
}

void tst_MessageDeflate::negotiates()
{
    QFETCH(QByteArray, offers);
    QFETCH(PerMessageDeflateOptions, options);
    QFETCH(QByteArray, answer);
    HttpRequest request;
    HttpRequestWriter(request).setHeaders({{"Sec-WebSocket-Extensions"_ba, offers}});
    const auto agreement = negotiateDeflate(request, options);
    QCOMPARE(agreement ? agreement->answer : QByteArray(), answer);
}

void tst_MessageDeflate::isOffByDefault()
{
    HttpRequest request;
    HttpRequestWriter(request).setHeaders(
        {{"Sec-WebSocket-Extensions"_ba, "permessage-deflate"_ba}});
    QVERIFY(!negotiateDeflate(request, std::nullopt));
}

void tst_MessageDeflate::survivesARoundTrip_data()
{
    QTest::addColumn<bool>("forgets");
    QTest::addColumn<int>("bits");
    for (const int bits : {9, 12, 15}) {
        QTest::addRow("%d bits", bits) << false << bits;
        QTest::addRow("%d bits, without context takeover", bits) << true << bits;
    }
}

// As if two servers talked to each other.
void tst_MessageDeflate::survivesARoundTrip()
{
    QFETCH(bool, forgets);
    QFETCH(int, bits);
    const DeflateAgreement agreement{forgets, forgets, bits, bits, {}};
    MessageDeflate here(agreement, {});
    MessageDeflate there(agreement, {});
    QByteArray noise(100000, '\0');
    for (qsizetype i = 0; i < noise.size(); ++i)
        noise[i] = char((i * 2654435761u) >> 13);
    for (const QByteArray &message :
         {"a"_ba, QByteArray(300000, 'x'), "short"_ba, noise, noise, "\0\0\xff\xff"_ba}) {
        const QByteArray compressed = here.compress(message, message);
        QByteArray again;
        QCOMPARE(there.inflate(compressed, message.size(), &again), Inflater::Status::Ok);
        QCOMPARE(again, message);
        MessageDeflate::forgetShared();
    }
}

void tst_MessageDeflate::remembersOnlyWhereThatIsAgreed()
{
    QByteArray noise(5000, '\0');
    for (qsizetype i = 0; i < noise.size(); ++i)
        noise[i] = char((i * 2654435761u) >> 13);
    MessageDeflate remembers(DeflateAgreement{}, {});
    const qsizetype first = remembers.compress(noise, {}).size();
    QVERIFY(remembers.compress(noise, {}).size() < first / 4);
    MessageDeflate forgets(DeflateAgreement{true, true, 15, 15, {}}, {});
    QCOMPARE(forgets.compress(noise, {}), forgets.compress(noise, {}));
}

void tst_MessageDeflate::compressesOnceForAll()
{
    const DeflateAgreement agreement{true, true, 15, 15, {}};
    MessageDeflate one(agreement, {});
    MessageDeflate two(agreement, {});
    const QByteArray message(5000, 'x');
    const QByteArray compressed = one.compress(message, message);
    QCOMPARE(two.compress(message, message).constData(), compressed.constData());
    // What is said to be the same is not, if it is another part of it.
    QByteArray inflated;
    QCOMPARE(two.inflate(two.compress(QByteArrayView(message).first(10), message), 100, &inflated),
             Inflater::Status::Ok);
    QCOMPARE(inflated, QByteArray(10, 'x'));
    MessageDeflate::forgetShared();
    QVERIFY(two.compress(message, message).constData() != compressed.constData());
    MessageDeflate::forgetShared();
}

void tst_MessageDeflate::neverInflatesToMoreThanTheLimit()
{
    const QByteArray bomb =
        MessageDeflate(DeflateAgreement{}, {}).compress(QByteArray(50'000'000, 'x'), {});
    QVERIFY(bomb.size() < 100'000);
    MessageDeflate inflates(DeflateAgreement{}, {});
    QByteArray message;
    QCOMPARE(inflates.inflate(bomb, 1'000'000, &message), Inflater::Status::TooBig);
    QVERIFY(message.size() <= 1'000'001);
    QVERIFY(message.capacity() < 3'000'000);
}

void tst_MessageDeflate::refusesWhatIsMalformed_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("reserved kind of block") << "\xff\xff\xff\xff"_ba;
    QTest::newRow("lengths that do not match") << QByteArray("\0\5\0\0\0x", 6);
    QTest::newRow("a distance before the beginning") << QByteArray::fromHex("03c2000000");
}

void tst_MessageDeflate::refusesWhatIsMalformed()
{
    QFETCH(QByteArray, payload);
    MessageDeflate inflates(DeflateAgreement{}, {});
    QByteArray message;
    QCOMPARE(inflates.inflate(payload, 1000, &message), Inflater::Status::Malformed);
}

QTSOCKETIO_TEST(tst_MessageDeflate)

#include "tst_messagedeflate.moc"
