// SPDX-License-Identifier: MIT
#include "socketio/client/slotwatch_p.h"
#include "socketio/events/pendingack_p.h"
#include "support/testmain.h"
#include "support/warnings.h"

#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using SocketIo::detail::SlotWatch;

namespace {

QString address()
{
    return u"http://localhost:3000"_s;
}

SlotWatch &impatient(SlotWatch &watch)
{
    watch.setPatience(0ms);
    return watch;
}

} // namespace

// Slots that wait for what cannot come before they return. tst_client_hints has one with a server.
class tst_SlotWatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void eventsAreNamed();
    void answersAreNamed();
    void slotsThatReturnAreNotTold();
    void slotsThatAskForNothingAreNotTold();
    void answeredAcknowledgementsAreNotTold();
    void deletedAcknowledgementsAreNotTold();

private:
    // Whatever is to be logged is logged when it returns.
    void settle();

    QObject parent;
    QPointer<PendingAck> ack;
};

void tst_SlotWatch::init()
{
    delete ack;
    ack = PendingAckPrivate::handOut(PendingAckPrivate::create(&parent));
}

void tst_SlotWatch::settle()
{
    QTimer later;
    later.setSingleShot(true);
    later.start(0ms); // behind the other, which is due as well
    QTRY_VERIFY(!later.isActive());
}

void tst_SlotWatch::eventsAreNamed()
{
    const Warnings log;
    SlotWatch watch(&parent, address);
    Packet packet;
    packet.type = PacketType::BinaryEvent;
    packet.args = {u"news"_s, 1};
    impatient(watch).enter(packet);
    watch.noteAckAsked(ack);
    QTRY_COMPARE(log.all().size(), 1);
    QVERIFY2(log.text().contains(u"called for the event \"news\" runs an event loop"_s)
                 && log.text().contains(address()),
             qPrintable(log.text()));
}

void tst_SlotWatch::answersAreNamed()
{
    const Warnings log;
    SlotWatch watch(&parent, address);
    Packet packet;
    packet.type = PacketType::Ack;
    packet.args = {u"news"_s};
    impatient(watch).enter(packet);
    watch.noteAckAsked(ack);
    QTRY_COMPARE(log.all().size(), 1);
    QVERIFY2(log.text().contains(u"called for an answer of the server"_s), qPrintable(log.text()));
}

void tst_SlotWatch::slotsThatReturnAreNotTold()
{
    const Warnings log;
    SlotWatch watch(&parent, address);
    const Packet packet;
    impatient(watch).enter(packet);
    watch.noteAckAsked(ack);
    watch.leave();
    watch.noteAckAsked(ack); // outside of a slot
    settle();
    QCOMPARE(log.text(), QString());
}

void tst_SlotWatch::slotsThatAskForNothingAreNotTold()
{
    const Warnings log;
    SlotWatch watch(&parent, address);
    const Packet packet;
    impatient(watch).enter(packet);
    settle();
    QCOMPARE(log.text(), QString());
}

void tst_SlotWatch::answeredAcknowledgementsAreNotTold()
{
    const Warnings log;
    SlotWatch watch(&parent, address);
    const Packet packet;
    impatient(watch).enter(packet);
    watch.noteAckAsked(ack);
    PendingAckPrivate::acknowledge(ack, {});
    settle();
    QCOMPARE(log.text(), QString());
}

void tst_SlotWatch::deletedAcknowledgementsAreNotTold()
{
    const Warnings log;
    SlotWatch watch(&parent, address);
    const Packet packet;
    impatient(watch).enter(packet);
    watch.noteAckAsked(ack);
    delete ack;
    settle();
    QCOMPARE(log.text(), QString());
}

QTSOCKETIO_TEST(tst_SlotWatch)
#include "tst_slotwatch.moc"
