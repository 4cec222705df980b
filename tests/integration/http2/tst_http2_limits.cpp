// SPDX-License-Identifier: MIT
#include "http2client.h"
#include "integration/engine/testclient.h"

#include <EngineIo/Http2>

#include <QtCore/qregularexpression.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What a client of HTTP/2 may cost: each limit, and that it hurts nobody else.
class tst_Http2_Limits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void floodsEndTheConnection_data();
    void floodsEndTheConnection();
    void limitsLetOthersLive();
    void headersThatAreTooLarge_data();
    void headersThatAreTooLarge();
    void headersThatExpandTooFar();
    void streamsAtOnce();
    void headersThatDoNotGoOn();
    void aBodyThatDoesNotGoOn();
    void anAnswerThatNobodyTakes();
    void aConnectionWithoutRequests();
    void whatWaitsForAnOwnerIsBounded();
    void aReaderThatDoesNotReadEndsAlone();
    void noWebSocketsWhereTheyAreOff();
    void garbage_data();
    void garbage();
};

namespace {

const QByteArray Polling = "/engine.io/?EIO=4&transport=polling";
const QByteArray WebSocket = "/engine.io/?EIO=4&transport=websocket";

QByteArray repeated(const QByteArray &frame, int count)
{
    QByteArray bytes;
    for (int i = 0; i < count; ++i)
        bytes += frame;
    return bytes;
}

// :method: GET, :scheme: https, :path: /, each in one byte, and :authority.
const QByteArray SmallHead = "\x82\x87\x84\x01\x01x";

void expectWarning(const QByteArray &setting)
{
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(u"^Ended the HTTP/2 connection of 127\\.0\\.0\\.1:\\d+: .*%1"_s.arg(
            QString::fromLatin1(setting))));
}

} // namespace

void tst_Http2_Limits::floodsEndTheConnection_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("setting");
    const auto frame = &Http2Client::frameOf;
    QByteArray resets;
    for (int32_t id = 1; id < 2 * 60; id += 2)
        resets += frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, id,
                        SmallHead)
            + frame(NGHTTP2_RST_STREAM, 0, id, QByteArray("\0\0\0\x08", 4));
    QTest::newRow("rapid reset") << resets << "maxResets"_ba;
    QByteArray malformed; // which the server resets
    for (int32_t id = 1; id < 2 * 60; id += 2)
        malformed += frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, id,
                           SmallHead + SmallHead);
    QTest::newRow("malformed requests") << malformed << "maxResets"_ba;
    QTest::newRow("settings") << repeated(frame(NGHTTP2_SETTINGS, 0, 0, {}), 120)
                              << "maxControlFrames"_ba;
    QTest::newRow("pings") << repeated(frame(NGHTTP2_PING, 0, 0, QByteArray(8, 'p')), 120)
                           << "maxControlFrames"_ba;
    QTest::newRow("answers to pings")
        << repeated(frame(NGHTTP2_PING, NGHTTP2_FLAG_ACK, 0, QByteArray(8, 'p')), 120)
        << "maxControlFrames"_ba;
    QTest::newRow("priorities") << repeated(
        frame(NGHTTP2_PRIORITY, 0, 1, QByteArray("\0\0\0\0\x10", 5)), 120)
                                << "maxControlFrames"_ba;
    QTest::newRow("small windows")
        << repeated(frame(NGHTTP2_WINDOW_UPDATE, 0, 0, QByteArray("\0\0\0\x01", 4)), 120)
        << "maxControlFrames"_ba;
    QTest::newRow("empty data") << frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1,
                                         "\x83\x87\x84\x01\x01x")
            + repeated(frame(NGHTTP2_DATA, 0, 1, {}), 120)
                                << "maxControlFrames"_ba;
    QTest::newRow("continuations") << frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM, 1, SmallHead)
            + repeated(frame(NGHTTP2_CONTINUATION, 0, 1, {}), 20)
                                   << "maxContinuationFrames"_ba;
}

void tst_Http2_Limits::floodsEndTheConnection()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, setting);
    Http2Options options;
    options.maxResets = 50;
    options.maxControlFrames = 100;
    options.maxContinuationFrames = 4;
    options.floodInterval = 600s; // however slow the machine is
    Http2Server server({}, options);
    QVERIFY(server.listen());
    Http2Client other(server.serverPort());
    QVERIFY(!other.openPolling().isEmpty());
    Http2Client client(server.serverPort());
    QTRY_VERIFY(client.hasSettings);
    expectWarning(setting);
    client.sendRaw(bytes);
    QTRY_VERIFY(client.isClosed);
    QCOMPARE(client.goAway, int(NGHTTP2_ENHANCE_YOUR_CALM));
    QVERIFY(!other.openPolling().isEmpty());
}

// What well-behaved clients do.
void tst_Http2_Limits::limitsLetOthersLive()
{
    Http2Server server;
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    QTRY_VERIFY(client.hasSettings);
    client.sendRaw(repeated(Http2Client::frameOf(NGHTTP2_PING, 0, 0, QByteArray(8, 'p')), 500));
    for (int i = 0; i < 100; ++i)
        client.reset(client.request("GET", Polling));
    // In several frames.
    QCOMPARE(client.exchange("GET", Polling, {}, {{"x-long", QByteArray(50'000, 'x')}}).status,
             200);
    QVERIFY(!client.isClosed);
}

void tst_Http2_Limits::headersThatAreTooLarge_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("size");
    QTest::newRow("one header") << 1 << 20'000;
    QTest::newRow("all together") << 30 << 900;
    QTest::newRow("too many") << 60 << 1;
}

void tst_Http2_Limits::headersThatAreTooLarge()
{
    QFETCH(int, count);
    QFETCH(int, size);
    ServerOptions options;
    options.maxHeaderSize = 16 * 1024;
    options.maxHeaderCount = 50;
    Http2Server server(options);
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    QTRY_VERIFY(client.hasSettings);
    Http2Client::Fields more;
    for (int i = 0; i < count; ++i)
        more.emplace_back("x-" + QByteArray::number(i), QByteArray(size, 'x'));
    QCOMPARE(client.exchange("GET", Polling, {}, more).status, 431);
    QVERIFY(!client.openPolling().isEmpty());
}

// One byte for each: "cookie: ..." from the table of what has been sent before.
void tst_Http2_Limits::headersThatExpandTooFar()
{
    Http2Server server;
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    QTRY_VERIFY(client.hasSettings);
    QByteArray head = SmallHead;
    head += QByteArray("\x40\x06x-long", 8); // a new name, to be kept
    head += "\x7f\x82\x1e";                  // 3969 bytes
    head += QByteArray(3969, 'x');
    head += QByteArray(12'000, '\xbe'); // the first of the table
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"^Ended the HTTP/2 connection .*maxHeaderSize"_s));
    client.sendRaw(Http2Client::frameOf(
        NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 1, head));
    QTRY_VERIFY(client.isClosed);
    QCOMPARE(client.goAway, int(NGHTTP2_ENHANCE_YOUR_CALM));
}

void tst_Http2_Limits::streamsAtOnce()
{
    Http2Options options;
    options.maxConcurrentStreams = 4;
    Http2Server server({}, options);
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    QTRY_VERIFY(client.hasSettings);
    QCOMPARE(nghttp2_session_get_remote_settings(client.session,
                                                 NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS),
             4u);
    // A client that goes by it has its fifth WebSocket wait.
    QList<int32_t> ids;
    for (int i = 0; i < 5; ++i)
        ids.append(client.webSocket(WebSocket));
    for (int i = 0; i < 4; ++i)
        QVERIFY(client.waitForBody(ids[i], "0{"));
    QCOMPARE(client.streams[ids[4]].status, 0);
    client.reset(ids[0]);
    QVERIFY(client.waitForBody(ids[4], "0{"));
    // One that does not gets no more than that.
    QByteArray bytes;
    for (int32_t id = 101; id < 141; id += 2)
        bytes += Http2Client::frameOf(
            NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, id, SmallHead);
    client.sendRaw(bytes);
    QTRY_VERIFY(client.isClosed);
    QTRY_COMPARE(server.clientsCount(), 0);
}

void tst_Http2_Limits::headersThatDoNotGoOn()
{
    ServerOptions options;
    options.requestTimeout = 50ms;
    Http2Server server(options);
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    client.sendRaw({});
    QTRY_VERIFY(client.hasSettings);
    client.sendRaw(Http2Client::frameOf(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM, 1, SmallHead));
    QTRY_VERIFY(client.isClosed);
}

void tst_Http2_Limits::aBodyThatDoesNotGoOn()
{
    ServerOptions options;
    options.requestTimeout = 50ms;
    Http2Server server(options);
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    const QByteArray sid = client.openPolling();
    QVERIFY(!sid.isEmpty());
    const int32_t post = client.request("POST", Polling + "&sid=" + sid, "4be", {}, false);
    QVERIFY(client.waitForEnd(post));
    QCOMPARE(client.streams[post].status, 408);
    QCOMPARE(client.exchange("POST", Polling + "&sid=" + sid, "4whole").status, 200);
}

void tst_Http2_Limits::anAnswerThatNobodyTakes()
{
    ServerOptions options;
    options.keepAliveTimeout = 200ms;
    Http2Server server(options);
    server.setRequestHandler([](const HttpRequest &, const HttpResponder &respond) {
        respond(HttpResponse(200, "text/plain", QByteArray(500'000, 'x')));
    });
    QVERIFY(server.listen());
    Http2Client client(server.serverPort(), nullptr, false);
    // Nothing is read, so that no window opens again.
    nghttp2_session_set_local_window_size(client.session, NGHTTP2_FLAG_NONE, 0, 0);
    const int32_t id = client.request("GET", "/file");
    QTRY_VERIFY(client.streams[id].status == 200 || client.isClosed);
    QTRY_VERIFY(client.isClosed || client.streams[id].closed);
    QVERIFY(client.streams[id].body.size() <= 500'000);
}

void tst_Http2_Limits::aConnectionWithoutRequests()
{
    ServerOptions options;
    options.keepAliveTimeout = 50ms;
    Http2Server server(options);
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    QTRY_VERIFY(client.isClosed);
    QCOMPARE(client.goAway, int(NGHTTP2_NO_ERROR));
}

void tst_Http2_Limits::whatWaitsForAnOwnerIsBounded()
{
    ServerOptions options;
    options.maxRequestBufferSize = 100'000;
    Http2Server server(options);
    server.setRequestHandler([](const HttpRequest &request, const HttpResponder &respond) {
        respond(HttpResponse(200, "text/plain", QByteArray::number(request.body().size())));
    });
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    QTRY_VERIFY(client.hasSettings);
    QCOMPARE(client.exchange("POST", "/upload", QByteArray(50'000, 'x')).body, "50000"_ba);
    QList<int32_t> ids;
    for (int i = 0; i < 3; ++i)
        ids.append(client.request("POST", "/upload", QByteArray(60'000, 'x'), {}, false));
    QTRY_VERIFY(client.streams[ids[0]].status == 503 || client.streams[ids[1]].status == 503
                || client.streams[ids[2]].status == 503);
    for (int32_t id : std::as_const(ids))
        client.reset(id);
    QTRY_COMPARE(client.exchange("POST", "/upload", QByteArray(50'000, 'x')).body, "50000"_ba);
}

// A session whose client does not read its stream is closed for its own sake, and the others of the
// connection go on.
void tst_Http2_Limits::aReaderThatDoesNotReadEndsAlone()
{
    ServerOptions options;
    options.maxSendBufferSize = 100'000;
    Http2Server server(options);
    QVERIFY(server.listen());
    Http2Client client(server.serverPort(), nullptr, false);
    QTRY_VERIFY(client.hasSettings);
    const int32_t slow = client.webSocket(WebSocket);
    QVERIFY(client.waitForBody(slow, "0{"));
    QTRY_COMPARE(server.accepted.size(), 1);
    // The stream's window stays shut, the connection's does not.
    nghttp2_session_set_local_window_size(client.session, NGHTTP2_FLAG_NONE, slow, 0);
    nghttp2_session_set_local_window_size(client.session, NGHTTP2_FLAG_NONE, 0, 10'000'000);
    client.flush();
    const int32_t other = client.webSocket(WebSocket);
    QVERIFY(client.waitForBody(other, "0{"));
    QTRY_COMPARE(server.accepted.size(), 2);
    QPointer<Session> session = server.accepted.first();
    QSignalSpy closed(session, &Session::closed);
    const auto sendMore = [&] {
        if (session && closed.isEmpty())
            session->send(Message::fromUtf8(QByteArray(60'000, 'x')));
        return !closed.isEmpty();
    };
    QVERIFY(QTest::qWaitFor(sendMore, TestSupport::Patience));
    QCOMPARE(closed.first().first().value<CloseReason>(), CloseReason::SendBufferOverflow);
    server.accepted.last()->send(Message::fromUtf8("still here"));
    QVERIFY(client.waitForBody(other, "4still here"));
}

void tst_Http2_Limits::noWebSocketsWhereTheyAreOff()
{
    Http2Options options;
    options.webSockets = false;
    Http2Server server({}, options);
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    QTRY_VERIFY(client.hasSettings);
    QCOMPARE(nghttp2_session_get_remote_settings(client.session,
                                                 NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL),
             0u);
    QVERIFY(!client.openPolling().isEmpty());
}

void tst_Http2_Limits::garbage_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const QByteArray settings = Http2Client::frameOf(NGHTTP2_SETTINGS, 0, 0, {});
    QTest::newRow("a preface that goes wrong") << "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"_ba;
    QTest::newRow("no settings") << preface + Http2Client::frameOf(NGHTTP2_PING, 0, 0, "12345678");
    QTest::newRow("a frame that is too long")
        << preface + settings + QByteArray("\xff\xff\xff\x00\x00\x00\x00\x00\x01", 9);
    QTest::newRow("a broken header table") << preface + settings
            + Http2Client::frameOf(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, "\xff\xff\xff");
    QTest::newRow("an even stream") << preface + settings
            + Http2Client::frameOf(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 2, SmallHead);
    QTest::newRow("data of no stream")
        << preface + settings + Http2Client::frameOf(NGHTTP2_DATA, 0, 7, "data");
    QTest::newRow("a window that overflows") << preface + settings
            + Http2Client::frameOf(NGHTTP2_WINDOW_UPDATE, 0, 0, "\x7f\xff\xff\xff");
    QTest::newRow("a push from a client") << preface + settings
            + Http2Client::frameOf(NGHTTP2_PUSH_PROMISE, NGHTTP2_FLAG_END_HEADERS, 1,
                                   QByteArray("\0\0\0\x02", 4) + SmallHead);
}

void tst_Http2_Limits::garbage()
{
    QFETCH(QByteArray, bytes);
    Http2Server server;
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    client.send(bytes);
    QVERIFY(client.waitForClosed());
    Http2Client other(server.serverPort());
    QVERIFY(!other.openPolling().isEmpty());
}

QTSOCKETIO_TEST(tst_Http2_Limits)
#include "tst_http2_limits.moc"
