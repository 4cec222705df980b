// SPDX-License-Identifier: MIT
#include "socketio/server/middlewarechain_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

class tst_MiddlewareChain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsInOrder();
    void whatFollowsNextComesFirst();
    void errorEndsTheChain();
    void answersMayComeLater();
    void laterAnswersAreIgnored();
    void droppedChainIsFreed();
    void listMayChangeMeanwhile();
    void longChainsDoNotRecurse();
    void emptyNextIsHarmless();

private:
    using Function = std::function<void(Next)>;
    using Chain = detail::MiddlewareChain<Function>;

    void run(const QList<Function> &functions)
    {
        log.clear();
        Chain::run(
            functions, [](const Function &function, Next next) { function(next); },
            [this](const Error &error) { log += error ? error.message() : u"done"_s; });
    }
    Function logging(const QString &text)
    {
        return [this, text](const Next &next) {
            log += text;
            next();
        };
    }

    QStringList log;
};

void tst_MiddlewareChain::runsInOrder()
{
    run({});
    QCOMPARE(log, QStringList{u"done"_s});
    run({logging(u"a"_s), logging(u"b"_s), logging(u"c"_s)});
    QCOMPARE(log, (QStringList{u"a"_s, u"b"_s, u"c"_s, u"done"_s}));
}

void tst_MiddlewareChain::whatFollowsNextComesFirst()
{
    run({[this](const Next &next) {
             next();
             log += u"after a"_s;
         },
         [this](const Next &next) {
             next();
             log += u"after b"_s;
         }});
    QCOMPARE(log, (QStringList{u"after a"_s, u"after b"_s, u"done"_s}));
}

void tst_MiddlewareChain::errorEndsTheChain()
{
    run({logging(u"a"_s), [](const Next &next) { next(Error(u"no"_s)); }, logging(u"b"_s)});
    QCOMPARE(log, (QStringList{u"a"_s, u"no"_s}));
    run({[](const Next &next) { next(Error()); }, logging(u"b"_s)});
    QCOMPARE(log, (QStringList{u"b"_s, u"done"_s}));
}

void tst_MiddlewareChain::answersMayComeLater()
{
    QList<Next> waiting;
    const Function wait = [&](const Next &next) { waiting += next; };
    run({wait, logging(u"b"_s), wait, wait});
    QCOMPARE(log, QStringList());
    waiting.at(0)();
    QCOMPARE(log, QStringList{u"b"_s});
    waiting.at(1)();
    QCOMPARE(waiting.size(), 3);
    waiting.at(2)(Error(u"no"_s));
    QCOMPARE(log, (QStringList{u"b"_s, u"no"_s}));
}

void tst_MiddlewareChain::laterAnswersAreIgnored()
{
    QList<Next> waiting;
    run({[&](const Next &next) {
             waiting += next;
             next();
             next();
             next(Error(u"no"_s));
         },
         [&](const Next &next) { waiting += next; }, logging(u"c"_s)});
    waiting.at(0)();
    QCOMPARE(log, QStringList());
    const Next copy = waiting.at(1);
    copy();
    waiting.at(1)();
    waiting.at(1)(Error(u"no"_s));
    QCOMPARE(log, (QStringList{u"c"_s, u"done"_s}));
}

void tst_MiddlewareChain::droppedChainIsFreed()
{
    auto token = std::make_shared<int>();
    const std::weak_ptr<int> watch = token;
    std::optional<Next> waiting;
    Chain::run(
        {[&](const Next &next) { waiting = next; }},
        [](const Function &function, Next next) { function(next); },
        [token = std::move(token)](const Error &) {});
    QVERIFY(!watch.expired());
    waiting.reset();
    QVERIFY(watch.expired());
}

void tst_MiddlewareChain::listMayChangeMeanwhile()
{
    QList<Function> functions;
    functions.append([&](const Next &next) {
        functions.append(logging(u"added"_s));
        next();
    });
    functions.append(logging(u"b"_s));
    run(functions);
    QCOMPARE(log, (QStringList{u"b"_s, u"done"_s}));
}

void tst_MiddlewareChain::longChainsDoNotRecurse()
{
    int calls = 0;
    run(QList<Function>(200000, [&](const Next &next) {
        ++calls;
        next();
    }));
    QCOMPARE(calls, 200000);
    QCOMPARE(log, QStringList{u"done"_s});
}

void tst_MiddlewareChain::emptyNextIsHarmless()
{
    Next next;
    next();
    next(Error(u"no"_s));
}

QTSOCKETIO_TEST(tst_MiddlewareChain)

#include "tst_middlewarechain.moc"
