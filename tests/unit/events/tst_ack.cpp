// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include <SocketIo/Ack>

#include <QtCore/qsemaphore.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;
using SocketIo::Ack;

class TestAck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void withoutAPeerItDoesNothing();
    void answersOnce();
    void copiesShareTheAnswer();
    void convertsArguments();
    void releasesWhatTheAnswerHolds();
    void answeringMayAnswerAgain();
    void oneOfManyThreadsAnswers();
};

void TestAck::withoutAPeerItDoesNothing()
{
    for (const Ack &ack : {Ack(), Ack(nullptr)}) {
        QVERIFY(!ack.isWanted());
        QVERIFY(!ack.isPending());
        ack(1);
        ack.acknowledge({});
    }
}

void TestAck::answersOnce()
{
    QList<QVariantList> answers;
    const Ack ack([&answers](const QVariantList &args) { answers.append(args); });
    QVERIFY(ack.isWanted());
    QVERIFY(ack.isPending());
    ack(u"first"_s);
    QVERIFY(ack.isWanted());
    QVERIFY(!ack.isPending());
    ack(u"second"_s);
    ack.acknowledge({u"third"_s});
    QCOMPARE(answers, QList<QVariantList>{{u"first"_s}});
}

void TestAck::copiesShareTheAnswer()
{
    int count = 0;
    const Ack ack([&count](const QVariantList &) { ++count; });
    const Ack copy = ack;
    copy();
    QVERIFY(!ack.isPending());
    ack();
    QCOMPARE(count, 1);
}

void TestAck::convertsArguments()
{
    QVariantList answer;
    const auto newAck = [&answer] {
        return Ack([&answer](const QVariantList &args) { answer = args; });
    };
    newAck()();
    QCOMPARE(answer, QVariantList());
    newAck()(1, u"two", "3"_ba, QList<int>{4});
    QCOMPARE(answer, (QVariantList{1, u"two"_s, "3"_ba, QVariantList{4}}));
    newAck().acknowledge({1, 2});
    QCOMPARE(answer, (QVariantList{1, 2}));
}

void TestAck::releasesWhatTheAnswerHolds()
{
    auto held = std::make_shared<int>();
    const Ack ack([held](const QVariantList &) {});
    QCOMPARE(held.use_count(), 2);
    ack();
    QCOMPARE(held.use_count(), 1);
}

void TestAck::answeringMayAnswerAgain()
{
    int count = 0;
    Ack ack;
    ack = Ack([&count, &ack](const QVariantList &) {
        ++count;
        ack();
        ack = Ack();
    });
    ack();
    QCOMPARE(count, 1);
}

void TestAck::oneOfManyThreadsAnswers()
{
    std::atomic<int> count = 0;
    const Ack ack([&count](const QVariantList &) { ++count; });
    QSemaphore start;
    std::vector<std::unique_ptr<QThread>> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back(QThread::create([&start, ack] {
            start.acquire();
            ack(1);
        }));
        threads.back()->start();
    }
    start.release(4);
    for (const auto &thread : threads)
        QVERIFY(thread->wait());
    QCOMPARE(count.load(), 1);
}

QTSOCKETIO_TEST(TestAck)
#include "tst_ack.moc"
