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
    void offers_data();
    void offers();
    void agrees_data();
    void agrees();
    void clientAndServerUnderstandEachOther_data();
    void clientAndServerUnderstandEachOther();
    void aClientToldOfATinyWindowSendsPlainMessages();
    void survivesARoundTrip_data();
    void survivesARoundTrip();
    void goesOnBehindAFinalBlock_data();
    void goesOnBehindAFinalBlock();
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

void tst_MessageDeflate::offers_data()
{
    QTest::addColumn<PerMessageDeflateOptions>("options");
    QTest::addColumn<QByteArray>("offer");
    QTest::newRow("plain") << PerMessageDeflateOptions()
                           << "permessage-deflate; client_max_window_bits"_ba;
    PerMessageDeflateOptions small;
    small.serverNoContextTakeover = small.clientNoContextTakeover = true;
    small.serverMaxWindowBits = 10;
    small.clientMaxWindowBits = 11;
    QTest::newRow("all") << small
                         << "permessage-deflate; server_no_context_takeover; "
                            "client_no_context_takeover; server_max_window_bits=10; "
                            "client_max_window_bits=11"_ba;
}

void tst_MessageDeflate::offers()
{
    QFETCH(PerMessageDeflateOptions, options);
    QFETCH(QByteArray, offer);
    QCOMPARE(deflateOffer(options), offer);
}

void tst_MessageDeflate::agrees_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<PerMessageDeflateOptions>("options");
    QTest::addColumn<bool>("fine");
    const PerMessageDeflateOptions plain;
    PerMessageDeflateOptions small;
    small.serverMaxWindowBits = small.clientMaxWindowBits = 10;
    QTest::newRow("plain") << "permessage-deflate"_ba << plain << true;
    QTest::newRow("all") << "permessage-deflate; server_no_context_takeover; "
                            "client_no_context_takeover; server_max_window_bits=9; "
                            "client_max_window_bits=8"_ba
                         << plain << true;
    QTest::newRow("no smaller") << "permessage-deflate"_ba << small << true;
    QTest::newRow("a bigger window than offered")
        << "permessage-deflate; client_max_window_bits=11"_ba << small << false;
    QTest::newRow("a bigger window than asked for")
        << "permessage-deflate; server_max_window_bits=11"_ba << small << false;
    QTest::newRow("window without a value")
        << "permessage-deflate; client_max_window_bits"_ba << plain << false;
    QTest::newRow("twice") << "permessage-deflate, permessage-deflate"_ba << plain << false;
    QTest::newRow("unknown parameter") << "permessage-deflate; x"_ba << plain << false;
    QTest::newRow("unknown extension") << "x-webkit-deflate-frame"_ba << plain << false;
}

void tst_MessageDeflate::agrees()
{
    QFETCH(QByteArray, answer);
    QFETCH(PerMessageDeflateOptions, options);
    QFETCH(bool, fine);
    QCOMPARE(agreeOnDeflate(answer, options).has_value(), fine);
}

void tst_MessageDeflate::clientAndServerUnderstandEachOther_data()
{
    QTest::addColumn<PerMessageDeflateOptions>("clientOptions");
    QTest::addColumn<PerMessageDeflateOptions>("serverOptions");
    const PerMessageDeflateOptions plain;
    PerMessageDeflateOptions forgetful;
    forgetful.clientNoContextTakeover = true;
    PerMessageDeflateOptions small;
    small.serverMaxWindowBits = 9;
    small.clientMaxWindowBits = 12;
    QTest::newRow("plain") << plain << plain;
    QTest::newRow("client forgets") << forgetful << plain;
    QTest::newRow("client is to forget") << plain << forgetful;
    QTest::newRow("small client") << small << plain;
    QTest::newRow("small server") << plain << small;
}

void tst_MessageDeflate::clientAndServerUnderstandEachOther()
{
    QFETCH(PerMessageDeflateOptions, clientOptions);
    QFETCH(PerMessageDeflateOptions, serverOptions);
    HttpRequest request;
    HttpRequestWriter(request).setHeaders(
        {{"Sec-WebSocket-Extensions"_ba, deflateOffer(clientOptions)}});
    const auto ofServer = negotiateDeflate(request, serverOptions);
    QVERIFY(ofServer);
    const auto ofClient = agreeOnDeflate(ofServer->answer, clientOptions);
    QVERIFY(ofClient);
    MessageDeflate server(*ofServer, serverOptions);
    MessageDeflate client(*ofClient, clientOptions, WebSocketRole::Client);
    QByteArray noise(40000, '\0');
    for (qsizetype i = 0; i < noise.size(); ++i)
        noise[i] = char((i * 2654435761u) >> 13);
    for (const QByteArray &message : {noise, "short"_ba, noise, QByteArray(100000, 'x'), noise}) {
        QByteArray there;
        QCOMPARE(server.inflate(client.compress(message, {}), message.size(), &there),
                 Inflater::Status::Ok);
        QCOMPARE(there, message);
        QByteArray back;
        QCOMPARE(client.inflate(server.compress(message, {}), message.size(), &back),
                 Inflater::Status::Ok);
        QCOMPARE(back, message);
        MessageDeflate::forgetShared();
    }
}

// zlib has no raw streams with a window of 8 bits, and no message has to be compressed.
void tst_MessageDeflate::aClientToldOfATinyWindowSendsPlainMessages()
{
    const auto agreement = agreeOnDeflate("permessage-deflate; client_max_window_bits=8", {});
    QVERIFY(agreement);
    QVERIFY(MessageDeflate(*agreement, {}, WebSocketRole::Client).threshold() > 1'000'000'000);
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

void tst_MessageDeflate::goesOnBehindAFinalBlock_data()
{
    QTest::addColumn<bool>("forgets");
    QTest::addColumn<bool>("byServer");
    QTest::addColumn<QByteArray>("end"); // behind the block
    for (const bool forgets : {false, true}) {
        for (const bool byServer : {false, true}) {
            QTest::addRow("forgets: %d, by the server: %d", forgets, byServer)
                << forgets << byServer << ""_ba;
            QTest::addRow("forgets: %d, by the server: %d, with an empty block", forgets, byServer)
                << forgets << byServer << QByteArray("\0", 1);
        }
    }
}

void tst_MessageDeflate::goesOnBehindAFinalBlock()
{
    QFETCH(bool, forgets);
    QFETCH(bool, byServer);
    QFETCH(QByteArray, end);
    const DeflateAgreement agreement{forgets, forgets, 15, 15, {}};
    MessageDeflate there(agreement, {}, byServer ? WebSocketRole::Client : WebSocketRole::Server);
    const QByteArray message(3000, 'x');
    const QByteArray whole = Deflater(ZlibFormat::Raw).deflate(message) + end;
    for (int i = 0; i < 3; ++i) {
        QByteArray again;
        QCOMPARE(there.inflate(whole, message.size(), &again), Inflater::Status::Ok);
        QCOMPARE(again, message);
    }
    QByteArray usual;
    QCOMPARE(
        there.inflate(MessageDeflate(agreement, {}).compress(message, {}), message.size(), &usual),
        Inflater::Status::Ok);
    QCOMPARE(usual, message);
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
