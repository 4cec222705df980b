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
    void init();
    void cleanup();
    void lastTurnSendsTheRest_data();
    void lastTurnSendsTheRest();
    void abortSendsNothingInOtherTurns_data() { lastTurnSendsTheRest_data(); }
    void abortSendsNothingInOtherTurns();
    void lastTurnDoesNotWaitForThePeer_data() { lastTurnSendsTheRest_data(); }
    void lastTurnDoesNotWaitForThePeer();

private:
    static constexpr int Share = 1000;

    std::unique_ptr<IoContext> m_context;
    std::unique_ptr<QTcpSocket> m_peer;
    std::unique_ptr<Stream> m_stream; // of the row
};

void tst_Stream::init()
{
    QFETCH(bool, tcpStream);
    m_context = std::make_unique<IoContext>();
    m_peer = std::make_unique<QTcpSocket>();
    Acceptor acceptor;
    QVERIFY(acceptor.listen(QHostAddress::LocalHost));
    m_peer->connectToHost(acceptor.serverAddress(), acceptor.serverPort());
    QTRY_VERIFY(acceptor.descriptor >= 0 && m_peer->state() == QAbstractSocket::ConnectedState);
    TurnBudget budget;
    budget.bytes = Share;
    m_context->setBudget(budget);
    if (tcpStream)
        m_stream = TcpStream::open(Descriptor(acceptor.descriptor), nullptr, *m_context);
    else
        m_stream = Stream::open(Descriptor(acceptor.descriptor), nullptr, *m_context);
    QVERIFY(m_stream);
}

void tst_Stream::cleanup()
{
    m_stream.reset();
    m_peer.reset();
    m_context.reset();
}

void tst_Stream::lastTurnSendsTheRest_data()
{
    QTest::addColumn<bool>("tcpStream");
    QTest::newRow("that of the system") << false;
    QTest::newRow("TcpStream") << true;
}

// Also if the stream has sent its share of a turn already, after which it waits for the next one.
void tst_Stream::lastTurnSendsTheRest()
{
    m_stream->write(QByteArray(20 * Share, 'x'));
    m_stream->flush();
    QCOMPARE(m_stream->bytesToWrite(), 19 * Share);
    m_context->beginLastTurn();
    m_stream->abort();
    QTRY_COMPARE(m_peer->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(m_peer->bytesAvailable(), 20 * Share);
}

void tst_Stream::abortSendsNothingInOtherTurns()
{
    m_stream->write(QByteArray(20 * Share, 'x'));
    m_stream->flush();
    m_stream->abort();
    QTRY_COMPARE(m_peer->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(m_peer->bytesAvailable(), Share);
}

// More than the system takes while nobody reads.
void tst_Stream::lastTurnDoesNotWaitForThePeer()
{
    constexpr qsizetype Size = 64 * 1024 * 1024;
    m_stream->write(QByteArray(Size, 'x'));
    m_stream->flush();
    m_context->beginLastTurn();
    m_stream->abort(); // which comes back
    QCOMPARE(m_stream->bytesToWrite(), 0);
    QTRY_COMPARE(m_peer->state(), QAbstractSocket::UnconnectedState);
    QVERIFY(m_peer->bytesAvailable() > Share);
    QVERIFY(m_peer->bytesAvailable() < Size);
}

QTSOCKETIO_TEST(tst_Stream)
#include "tst_stream.moc"
