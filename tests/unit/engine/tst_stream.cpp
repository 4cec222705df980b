// SPDX-License-Identifier: MIT
#include "base/iocontext_p.h"
#include "net/stream/tcpstream_p.h"
#include "support/testmain.h"

#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace EngineIo::detail;

namespace {

// Gives away what it accepts.
class Acceptor final : public QTcpServer
{
public:
    qintptr descriptor = -1;

private:
    void incomingConnection(qintptr accepted) override { descriptor = accepted; }
};

} // namespace

class tst_Stream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lastTurnSendsTheRest_data();
    void lastTurnSendsTheRest();
    void abortSendsNothingInOtherTurns_data() { lastTurnSendsTheRest_data(); }
    void abortSendsNothingInOtherTurns();
    void lastTurnDoesNotWaitForThePeer_data() { lastTurnSendsTheRest_data(); }
    void lastTurnDoesNotWaitForThePeer();

private:
    static constexpr int Share = 1000;

    // Of the row.
    std::unique_ptr<Stream> open(IoContext &context, QTcpSocket &peer);
};

void tst_Stream::lastTurnSendsTheRest_data()
{
    QTest::addColumn<bool>("tcpStream");
    QTest::newRow("that of the system") << false;
    QTest::newRow("TcpStream") << true;
}

std::unique_ptr<Stream> tst_Stream::open(IoContext &context, QTcpSocket &peer)
{
    QFETCH(bool, tcpStream);
    Acceptor acceptor;
    if (!acceptor.listen(QHostAddress::LocalHost))
        return nullptr;
    peer.connectToHost(acceptor.serverAddress(), acceptor.serverPort());
    if (!QTest::qWaitFor([&] {
            return acceptor.descriptor >= 0 && peer.state() == QAbstractSocket::ConnectedState;
        })) {
        return nullptr;
    }
    TurnBudget budget;
    budget.bytes = Share;
    context.setBudget(budget);
    if (tcpStream)
        return TcpStream::open(acceptor.descriptor, nullptr, context);
    return Stream::open(acceptor.descriptor, nullptr, context);
}

// Also if the stream has sent its share of a turn already, after which it waits for the next one.
void tst_Stream::lastTurnSendsTheRest()
{
    IoContext context;
    QTcpSocket peer;
    const std::unique_ptr<Stream> stream = open(context, peer);
    QVERIFY(stream);
    stream->write(QByteArray(20 * Share, 'x'));
    stream->flush();
    QCOMPARE(stream->bytesToWrite(), 19 * Share);
    context.beginLastTurn();
    stream->abort();
    QTRY_COMPARE(peer.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(peer.bytesAvailable(), 20 * Share);
}

void tst_Stream::abortSendsNothingInOtherTurns()
{
    IoContext context;
    QTcpSocket peer;
    const std::unique_ptr<Stream> stream = open(context, peer);
    QVERIFY(stream);
    stream->write(QByteArray(20 * Share, 'x'));
    stream->flush();
    stream->abort();
    QTRY_COMPARE(peer.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(peer.bytesAvailable(), Share);
}

// More than the system takes while nobody reads.
void tst_Stream::lastTurnDoesNotWaitForThePeer()
{
    constexpr qsizetype Size = 64 * 1024 * 1024;
    IoContext context;
    QTcpSocket peer;
    const std::unique_ptr<Stream> stream = open(context, peer);
    QVERIFY(stream);
    stream->write(QByteArray(Size, 'x'));
    stream->flush();
    context.beginLastTurn();
    stream->abort(); // which comes back
    QCOMPARE(stream->bytesToWrite(), 0);
    QTRY_COMPARE(peer.state(), QAbstractSocket::UnconnectedState);
    QVERIFY(peer.bytesAvailable() > Share);
    QVERIFY(peer.bytesAvailable() < Size);
}

QTSOCKETIO_TEST(tst_Stream)
#include "tst_stream.moc"
