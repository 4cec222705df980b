// SPDX-License-Identifier: MIT
#include "snippets.h"
#include "udpadapter.h"

#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

// The code of the guides at work: servers and clients of theirs talk to each other.
class tst_Snippets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void typedSlots();
    void acknowledgements();
    void authentication();
    void rooms();
    void adapterOverUdp();

private:
    QUrl url(const QString &path = u"/"_s) const
    {
        return QUrl(u"http://127.0.0.1:%1%2"_s.arg(io->serverPort()).arg(path));
    }

    std::unique_ptr<Server> io;
};

void tst_Snippets::init()
{
    io = std::make_unique<Server>();
    QVERIFY(io->listen(QHostAddress::LocalHost));
}

void tst_Snippets::cleanup()
{
    io.reset();
}

void tst_Snippets::typedSlots()
{
    Recorder recorder;
    serveTypes(io.get(), &recorder);
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(url()));
    QStringList names;
    catchAll(socket.get(), this, &names);
    sendReadings(socket.get());
    QTRY_COMPARE(recorder.readings.size(), 3);
    QCOMPARE(recorder.readings.first().sensor, u"boiler"_s);
    QCOMPARE(recorder.readings.first().value, 61.5);
    // A reading that is none.
    socket->emitEvent(u"reading"_s, 1);
    QTRY_COMPARE(recorder.refused.size(), 1);
    Q_EMIT recorder.levelChanged(3, u"high"_s);
    QTRY_COMPARE(names, QStringList{u"level (2)"_s});
}

void tst_Snippets::acknowledgements()
{
    serveAcknowledgements(io.get());
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(url()));
    QStringList log;
    save(socket.get(), this, &log);
    const QStringList expected = {u"saved: 9 characters"_s, u"saved"_s};
    QTRY_COMPARE(log, expected);
    const QFuture<QString> future = saveAsFuture(socket.get());
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result(), u"saved"_s);

    QVariantList answers;
    socket->on(u"your name"_s, this, [](const Ack &ack) { ack(u"Ada"_s); });
    askEverybody(io.get(), this, &answers);
    QTRY_COMPARE(answers, QVariantList{u"Ada"_s});
}

void tst_Snippets::authentication()
{
    serveAuthentication(io.get());
    serveEventRules(io.get());
    const std::unique_ptr<ClientSocket> stranger(Manager::connectTo(url()));
    QStringList refusals;
    showRefusals(stranger.get(), this, &refusals);
    QTRY_COMPARE(refusals, QStringList{u"not authorized"_s});
    const std::unique_ptr<ClientSocket> friendly(connectWithToken(url(), u"secret"_s));
    QTRY_VERIFY(friendly->isConnected());
}

void tst_Snippets::rooms()
{
    serveRooms(io.get());
    serveNamespaces(io.get());
    const std::unique_ptr<ClientSocket> first(Manager::connectTo(url()));
    const std::unique_ptr<ClientSocket> second(Manager::connectTo(url()));
    QStringList heard;
    second->on(u"said"_s, this, [&](const QString &text) { heard.append(text); });
    second->on(u"news"_s, this, [&](const QString &text) { heard.append(text); });
    QVariantList joined;
    second->emitWithAck(u"join"_s, u"sports"_s)->then(this, [&](const QVariantList &args) {
        joined = args;
    });
    QTRY_COMPARE(joined.size(), 1);
    first->emitEvent(u"say"_s, u"sports"_s, u"Goal!"_s);
    QTRY_COMPARE(heard, QStringList{u"Goal!"_s});
    announce(io.get(), u"It rains"_s);
    QTRY_COMPARE(heard.size(), 5);

    QStringList headlines;
    const std::unique_ptr<ClientSocket> reader(joinNews(url()));
    reader->on(u"headline"_s, this, [&](const QString &text) { headlines.append(text); });
    QTRY_COMPARE(headlines, QStringList{u"Welcome"_s});
}

void tst_Snippets::adapterOverUdp()
{
    UdpLink links[2];
    for (UdpLink &link : links)
        QVERIFY(link.bind(QHostAddress::LocalHost, 0));
    links[0].addPeer(QHostAddress::LocalHost, links[1].port());
    links[1].addPeer(QHostAddress::LocalHost, links[0].port());
    ServerOptions options;
    options.adapter = UdpAdapter::factory(&links[0]);
    io = std::make_unique<Server>(options);
    QVERIFY(io->listen(QHostAddress::LocalHost));
    options.adapter = UdpAdapter::factory(&links[1]);
    Server other(options);
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(url()));
    QVariantList received;
    socket->on(u"news"_s, this, [&](const QVariantList &args) { received = args; });
    QTRY_VERIFY(socket->isConnected());
    other.emitEvent(u"news"_s, 1, QByteArray("\0\1", 2));
    QTRY_COMPARE(received, QVariantList({1LL, QByteArray("\0\1", 2)}));
    QFuture<QList<RemoteSocket>> sockets = other.fetchSockets();
    QTRY_VERIFY(sockets.isFinished());
    QCOMPARE(sockets.result().size(), 1);
    QCOMPARE(sockets.result().constFirst().id(), socket->id());
}

QTEST_GUILESS_MAIN(tst_Snippets)
#include "tst_snippets.moc"
