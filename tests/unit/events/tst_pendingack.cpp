// SPDX-License-Identifier: MIT
#include "socketio/events/pendingack_p.h"
#include "support/testmain.h"

#include <SocketIo/Result>
#include <SocketIo/Server>

#include <QtCore/qfuturewatcher.h>
#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <coroutine>
#include <optional>

using namespace Qt::StringLiterals;
using namespace SocketIo;

class TestPendingAck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void waits();
    void whatCannotBeCalledIsTold();
    void acknowledgedEndsIt();
    void failedEndsIt();
    void deletesItselfAfterwards();
    void signalsTellOnce();
    void thenTakesTypes();
    void thenTakesMembers();
    void anAnswerThatDoesNotFitFails();
    void anAnswerThatDoesNotFitFailsInOtherThreads();
    void anAnswerThatDoesNotFitFailsLateToo();
    void queuedConnectionsAreCalled();
    void coroutinesResume();
    void neverEndsInsideTheCall();
    void aServerWithoutPeersAnswersLater_data();
    void aServerWithoutPeersAnswersLater();
    void anOwnerThatGoesInsideTheCallFails();
    void onFailedForms();
    void chains();
    void addedAfterTheEnd();
    void failedFromTheStart();
    void futureResolves();
    void futureFails();
    void futureOfAType();
    void futureThatDoesNotFit();
    void futureTakenLate();
    void futureIsCancelledByDeletion();
    void futuresAreSeparate();
    void resultHasTheAnswer();
    void resultHasTheError();
    void resultIsCancelledByDeletion();
    void deletedEarly();
    void deletedByAHandler_data();
    void deletedByAHandler();
    void deadContextIsNotCalled();
    void contextInAnotherThread();

private:
    // As a sender has it that has returned it.
    PendingAck *newAck(const std::optional<QString> &event = std::nullopt)
    {
        return PendingAckPrivate::handOut(PendingAckPrivate::create(this, event));
    }
    void keep(const QString &text) { m_text = text; }
    void keepError(const Error &error) { m_text = error.message(); }
    void called() { m_text = u"called"_s; }

    QString m_text;
};

void TestPendingAck::waits()
{
    PendingAck *ack = newAck();
    QCOMPARE(ack->parent(), this);
    QVERIFY(!ack->isFinished());
    QVERIFY(ack->arguments().isEmpty());
    QVERIFY(!ack->error());
    delete ack;
}

void TestPendingAck::whatCannotBeCalledIsTold()
{
    PendingAck *ack = PendingAckPrivate::create(this);
    QObject *none = nullptr;
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"then\\(\\) was called without a context"_s));
    ack->then(none, [] {});
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"then\\(\\) was called without a function"_s));
    ack->then(this, std::function<void()>());
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"onFailed\\(\\) was called without a context"_s));
    ack->onFailed(none, [] {});
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"onFailed\\(\\) was called without a function"_s));
    ack->onFailed(this, std::function<void()>());
    delete ack;
}

void TestPendingAck::acknowledgedEndsIt()
{
    PendingAck *ack = newAck();
    PendingAckPrivate::acknowledge(ack, {1, u"a"_s});
    QVERIFY(ack->isFinished());
    QCOMPARE(ack->arguments(), (QVariantList{1, u"a"_s}));
    QVERIFY(!ack->error());
}

void TestPendingAck::failedEndsIt()
{
    PendingAck *ack = newAck();
    PendingAckPrivate::fail(ack, Error::timeout(), {u"one answer"_s});
    QVERIFY(ack->isFinished());
    QCOMPARE(ack->error().type(), Error::Type::Timeout);
    QCOMPARE(ack->error().message(), u"operation has timed out"_s);
    QCOMPARE(ack->arguments(), QVariantList{u"one answer"_s});
}

void TestPendingAck::deletesItselfAfterwards()
{
    const QPointer<PendingAck> ack = newAck();
    PendingAckPrivate::acknowledge(ack, {});
    QVERIFY(ack);
    QTRY_VERIFY(!ack);
}

void TestPendingAck::signalsTellOnce()
{
    PendingAck *ack = newAck();
    QSignalSpy acknowledged(ack, &PendingAck::acknowledged);
    QSignalSpy failed(ack, &PendingAck::failed);
    PendingAckPrivate::acknowledge(ack, {1});
    PendingAckPrivate::acknowledge(ack, {2});
    PendingAckPrivate::fail(ack, Error::disconnected());
    QCOMPARE(acknowledged.count(), 1);
    QCOMPARE(acknowledged.at(0).at(0).toList(), QVariantList{1});
    QCOMPARE(failed.count(), 0);

    PendingAck *other = newAck();
    QSignalSpy otherFailed(other, &PendingAck::failed);
    PendingAckPrivate::fail(other, Error::disconnected());
    PendingAckPrivate::acknowledge(other, {2});
    QCOMPARE(otherFailed.count(), 1);
    QCOMPARE(otherFailed.at(0).at(0).value<Error>().type(), Error::Type::Disconnected);
}

void TestPendingAck::thenTakesTypes()
{
    PendingAck *ack = newAck();
    QVariantList seen;
    ack->then(this, [&seen] { seen.append(u"nothing"_s); });
    ack->then(this, [&seen](const QVariantList &args) { seen.append(args); });
    ack->then(this, [&seen](const QString &text, int number) { seen.append({text, number}); });
    ack->then(this, [&seen](std::optional<QString> a, int, QVariant c) {
        seen.append({a.has_value(), c.isValid()});
    });
    PendingAckPrivate::acknowledge(ack, {u"a"_s, 2});
    QCOMPARE(seen, (QVariantList{u"nothing"_s, u"a"_s, 2, u"a"_s, 2, true, false}));
}

void TestPendingAck::thenTakesMembers()
{
    PendingAck *ack = newAck();
    ack->then(this, &TestPendingAck::keep);
    PendingAckPrivate::acknowledge(ack, {u"kept"_s});
    QCOMPARE(m_text, u"kept"_s);
}

void TestPendingAck::anAnswerThatDoesNotFitFails()
{
    PendingAck *ack = newAck(u"save"_s);
    QSignalSpy failed(ack, &PendingAck::failed);
    QStringList seen;
    const auto add = [&seen](const char *text) { seen.append(QString::fromLatin1(text)); };
    ack->then(this, [&add](int) { add("int"); })
        ->onFailed(this,
                   [&seen](const Error &error) {
                       QCOMPARE(error.type(), Error::Type::Argument);
                       seen.append(error.message());
                   })
        ->then(this, [&add](const QString &) { add("text"); });
    const char *text = "The answer to event \"save\" does not fit: "
                       "argument 1 (QString) cannot be converted to int";
    PendingAckPrivate::acknowledge(ack, {u"abc"_s});
    QCOMPARE(seen, (QStringList{u"text"_s, QString::fromLatin1(text)}));
    QCOMPARE(failed.count(), 0);
}

void TestPendingAck::anAnswerThatDoesNotFitFailsInOtherThreads()
{
    QThread thread;
    QObject context;
    context.moveToThread(&thread);
    thread.start();
    PendingAck *ack = newAck();
    std::atomic<bool> called = false;
    QThread *failedIn = nullptr;
    ack->then(&context, [&called](int) { called = true; })->onFailed(&context, [&] {
        failedIn = QThread::currentThread();
        thread.quit();
    });
    PendingAckPrivate::acknowledge(ack, {u"abc"_s});
    QVERIFY(thread.wait());
    QVERIFY(!called);
    QCOMPARE(failedIn, &thread);
}

void TestPendingAck::anAnswerThatDoesNotFitFailsLateToo()
{
    PendingAck *ack = newAck();
    PendingAckPrivate::acknowledge(ack, {u"abc"_s});
    QTest::ignoreMessage(
        QtWarningMsg, "The answer does not fit: argument 1 (QString) cannot be converted to int");
    Error seen;
    ack->then(this, [](int) { QFAIL("called"); })->onFailed(this, [&seen](const Error &error) {
        seen = error;
    });
    QTRY_COMPARE(seen.type(), Error::Type::Argument);
}

// F4: all that waits by way of the event loop is told before the object goes.
void TestPendingAck::queuedConnectionsAreCalled()
{
    for (const bool succeeds : {true, false}) {
        QPointer<PendingAck> ack = newAck();
        QStringList seen;
        const auto add = [&](const char *text) {
            QVERIFY(ack);
            seen.append(QString::fromLatin1(text));
        };
        connect(
            ack, &PendingAck::acknowledged, ack, [&] { add("own"); }, Qt::QueuedConnection);
        connect(
            ack, &PendingAck::acknowledged, this, [&] { add("other"); }, Qt::QueuedConnection);
        connect(
            ack, &PendingAck::failed, ack, [&] { add("own"); }, Qt::QueuedConnection);
        connect(
            ack, &PendingAck::failed, this, [&] { add("other"); }, Qt::QueuedConnection);
        if (succeeds)
            PendingAckPrivate::acknowledge(ack, {1});
        else
            PendingAckPrivate::fail(ack, Error::timeout());
        QTRY_VERIFY(!ack);
        QCOMPARE(seen, (QStringList{u"own"_s, u"other"_s}));
    }
}

namespace {

struct Coroutine
{
    struct promise_type // NOLINT(readability-identifier-naming)
    {
        Coroutine get_return_object() { return {}; }
        std::suspend_never initial_suspend() { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() { }
        void unhandled_exception() { std::terminate(); }
    };
};

// Resumes from the event loop with the object as context, as QCoro's qCoro(object, signal) does.
struct AnswerOf
{
    PendingAck *ack;
    QVariantList answer;

    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> coroutine)
    {
        QObject::connect(
            ack, &PendingAck::acknowledged, ack,
            [this, coroutine](const QVariantList &args) {
                answer = args;
                coroutine.resume();
            },
            Qt::QueuedConnection);
    }
    QVariantList await_resume() { return answer; }
};

} // namespace

void TestPendingAck::coroutinesResume()
{
    const QPointer<PendingAck> ack = newAck();
    QVariantList seen;
    [](PendingAck *waitedFor, QVariantList *answer) -> Coroutine {
        *answer = co_await AnswerOf{waitedFor, {}};
    }(ack, &seen);
    PendingAckPrivate::acknowledge(ack, {1, 2});
    QVERIFY(seen.isEmpty());
    QTRY_COMPARE(seen, (QVariantList{1, 2}));
    QTRY_VERIFY(!ack);
}

// F5: the caller has connected nothing yet.
void TestPendingAck::neverEndsInsideTheCall()
{
    for (const bool succeeds : {true, false}) {
        const QPointer<PendingAck> ack = PendingAckPrivate::create(this);
        if (succeeds)
            PendingAckPrivate::acknowledge(ack, {1});
        else
            PendingAckPrivate::fail(ack, Error::timeout());
        // A listener may run an event loop inside the call.
        QEventLoop().processEvents();
        QCOMPARE(PendingAckPrivate::handOut(ack), ack);
        QVERIFY(!ack->isFinished());
        QVERIFY(ack->arguments().isEmpty());
        QVERIFY(!ack->error());
        const QFuture<QVariantList> future = ack->future();
        QVERIFY(!future.isFinished());
        QSignalSpy told(
            ack, succeeds ? SIGNAL(acknowledged(QVariantList)) : SIGNAL(failed(SocketIo::Error)));
        PendingAckPrivate::acknowledge(ack, {2});
        QCOMPARE(told.count(), 0);
        QTRY_COMPARE(told.count(), 1);
        if (succeeds)
            QCOMPARE(told.at(0).at(0).toList(), QVariantList{1});
        QVERIFY(future.isFinished());
        QTRY_VERIFY(!ack);
    }
}

void TestPendingAck::aServerWithoutPeersAnswersLater_data()
{
    QTest::addColumn<bool>("betweenServers");
    QTest::newRow("to nobody") << false;
    QTest::newRow("to no other server") << true;
}

void TestPendingAck::aServerWithoutPeersAnswersLater()
{
    QFETCH(bool, betweenServers);
    Server io;
    PendingAck *ack =
        betweenServers ? io.serverSideEmitWithAck(u"x"_s) : io.to(u"nobody"_s).emitWithAck(u"x"_s);
    QVERIFY(!ack->isFinished());
    QSignalSpy acknowledged(ack, &PendingAck::acknowledged);
    QTRY_COMPARE(acknowledged.count(), 1);
    QCOMPARE(acknowledged.at(0).at(0).toList(), QVariantList());
}

void TestPendingAck::anOwnerThatGoesInsideTheCallFails()
{
    QObject owner;
    QPointer<PendingAck> ack = PendingAckPrivate::create(&owner);
    delete ack.data();
    QPointer<PendingAck> other = PendingAckPrivate::handOut(ack);
    QSignalSpy failed(other, &PendingAck::failed);
    QTRY_COMPARE(failed.count(), 1);
    QCOMPARE(failed.at(0).at(0).value<Error>().type(), Error::Type::Disconnected);
    QTRY_VERIFY(!other);
}

void TestPendingAck::onFailedForms()
{
    PendingAck *ack = newAck();
    QStringList seen;
    ack->onFailed(this, [&seen] { seen.append(u"nothing"_s); });
    ack->onFailed(this, [&seen](const Error &error) { seen.append(error.message()); });
    ack->onFailed(this, [&seen](Error error) { seen.append(error.message()); });
    ack->onFailed(this, &TestPendingAck::keepError);
    PendingAckPrivate::fail(ack, Error::timeout());
    const QString text = Error::timeout().message();
    QCOMPARE(seen, (QStringList{u"nothing"_s, text, text}));
    QCOMPARE(m_text, text);

    PendingAck *other = newAck();
    other->onFailed(this, &TestPendingAck::called);
    PendingAckPrivate::fail(other, Error::timeout());
    QCOMPARE(m_text, u"called"_s);
}

void TestPendingAck::chains()
{
    QStringList seen;
    const auto chain = [this, &seen] {
        return newAck()->then(this, [&seen] { seen.append(u"then"_s); })->onFailed(this, [&seen] {
            seen.append(u"failed"_s);
        });
    };
    PendingAckPrivate::acknowledge(chain(), {});
    QCOMPARE(seen, QStringList{u"then"_s});
    PendingAckPrivate::fail(chain(), Error::timeout());
    QCOMPARE(seen, (QStringList{u"then"_s, u"failed"_s}));
}

void TestPendingAck::addedAfterTheEnd()
{
    QStringList seen;
    const auto add = [this, &seen](PendingAck *ack) {
        ack->then(this, [&seen](const QString &text) { seen.append(text); })
            ->onFailed(this, [&seen](const Error &error) { seen.append(error.message()); });
    };
    QPointer<PendingAck> ack = newAck();
    PendingAckPrivate::acknowledge(ack, {u"answer"_s});
    add(ack);
    QVERIFY(seen.isEmpty());
    QTRY_VERIFY(!ack);
    QCOMPARE(seen, QStringList{u"answer"_s});

    ack = newAck();
    PendingAckPrivate::fail(ack, Error::timeout());
    add(ack);
    QTRY_VERIFY(!ack);
    QCOMPARE(seen, (QStringList{u"answer"_s, Error::timeout().message()}));
}

void TestPendingAck::failedFromTheStart()
{
    const QPointer<PendingAck> ack =
        PendingAckPrivate::createFailed(this, Error(Error::Type::Argument, u"reserved"_s));
    QVERIFY(!ack->isFinished());
    QSignalSpy failed(ack.data(), &PendingAck::failed);
    QString seen;
    ack->onFailed(this, [&seen](const Error &error) { seen += error.message(); });
    QVERIFY(!ack->future().isFinished());
    QCOMPARE(failed.count(), 0);
    QTRY_COMPARE(failed.count(), 1);
    QCOMPARE(seen, u"reserved"_s);
    QTRY_VERIFY(!ack);
}

void TestPendingAck::futureResolves()
{
    PendingAck *ack = newAck();
    const QFuture<QVariantList> future = ack->future();
    QVERIFY(!future.isFinished());
    QVariantList seen;
    const QFuture<void> continued =
        ack->future().then(this, [&seen](const QVariantList &args) { seen = args; });
    PendingAckPrivate::acknowledge(ack, {1, 2});
    QVERIFY(future.isFinished());
    QCOMPARE(future.result(), (QVariantList{1, 2}));
    QTRY_VERIFY(continued.isFinished());
    QCOMPARE(seen, (QVariantList{1, 2}));
}

void TestPendingAck::futureFails()
{
    PendingAck *ack = newAck();
    Error seen;
    const QFuture<void> continued =
        ack->future()
            .then(this, [](const QVariantList &) { QFAIL("there is no answer"); })
            .onFailed(this, [&seen](const AckException &exception) { seen = exception.error(); });
    const QFuture<QVariantList> future = ack->future();
    PendingAckPrivate::fail(ack, Error(Error::Type::Timeout, u"late"_s, 42));
    QTRY_VERIFY(continued.isFinished());
    QCOMPARE(seen.type(), Error::Type::Timeout);
    QCOMPARE(seen.data(), QVariant(42));
    try {
        QFuture<QVariantList>(future).waitForFinished();
        QFAIL("no exception");
    } catch (const AckException &exception) {
        QCOMPARE(exception.error().message(), u"late"_s);
        QCOMPARE(exception.what(), "late");
    }
}

void TestPendingAck::futureOfAType()
{
    PendingAck *ack = newAck();
    const QFuture<int> first = ack->future<int>();
    const QFuture<std::tuple<int, QString>> both = ack->future<int, QString>();
    const QFuture<QStringList> none = newAck()->future<QStringList>();
    PendingAckPrivate::acknowledge(ack, {7, u"saved"_s, true});
    QTRY_VERIFY(first.isFinished() && both.isFinished());
    QCOMPARE(first.result(), 7);
    QCOMPARE(both.result(), std::make_tuple(7, u"saved"_s));
    QVERIFY(!none.isFinished());
}

void TestPendingAck::futureThatDoesNotFit()
{
    PendingAck *ack = newAck();
    QFuture<int> number = ack->future<int>();
    QFuture<std::tuple<QString, int>> two = ack->future<QString, int>();
    PendingAckPrivate::acknowledge(ack, {u"seven"_s});
    QTRY_VERIFY(number.isFinished() && two.isFinished());
    QVERIFY_THROWS_EXCEPTION(AckException, number.waitForFinished());
    try {
        two.waitForFinished();
        QFAIL("no exception");
    } catch (const AckException &exception) {
        QCOMPARE(exception.error().type(), Error::Type::Argument);
        QVERIFY2(exception.error().message().contains(u"2"_s),
                 qPrintable(exception.error().message()));
    }
}

void TestPendingAck::futureTakenLate()
{
    PendingAck *ack = newAck();
    PendingAckPrivate::acknowledge(ack, {1});
    const QFuture<QVariantList> future = ack->future();
    QVERIFY(future.isFinished());
    QCOMPARE(future.result(), QVariantList{1});
    ack = newAck();
    PendingAckPrivate::fail(ack, Error::timeout());
    QVERIFY_THROWS_EXCEPTION(AckException, ack->future().waitForFinished());
}

void TestPendingAck::futureIsCancelledByDeletion()
{
    PendingAck *ack = newAck();
    const QFuture<QVariantList> future = ack->future();
    bool canceled = false;
    QFuture<QVariantList> continued = ack->future().onCanceled(this, [&canceled] {
        canceled = true;
        return QVariantList();
    });
    delete ack;
    QVERIFY(future.isCanceled());
    QVERIFY(future.isFinished());
    QTRY_VERIFY(continued.isFinished());
    QVERIFY(canceled);
}

void TestPendingAck::resultHasTheAnswer()
{
    PendingAck *ack = newAck();
    const QFuture<Result<int>> number = Result<int>::of(ack);
    const QFuture<Result<std::tuple<int, QString>>> both =
        Result<std::tuple<int, QString>>::of(ack);
    const QFuture<Result<QVariantList>> all = Result<QVariantList>::of(ack);
    QVERIFY(!number.isFinished());
    PendingAckPrivate::acknowledge(ack, {7, u"a"_s});
    QVERIFY(number.result().has_value());
    QVERIFY(number.result());
    QCOMPARE(*number.result(), 7);
    QCOMPARE(number.result().value(), 7);
    QCOMPARE(number.result().value_or(1), 7);
    QVERIFY(!number.result().error());
    QCOMPARE(std::get<1>(both.result().value()), u"a"_s);
    QCOMPARE(all.result()->size(), 2);
    Result<QString> text(u"moved"_s);
    QCOMPARE(*std::move(text), u"moved"_s);
}

void TestPendingAck::resultHasTheError()
{
    PendingAck *ack = newAck();
    const QFuture<Result<int>> number = Result<int>::of(ack);
    const QFuture<Result<QVariantList>> all = Result<QVariantList>::of(ack);
    PendingAckPrivate::fail(ack, Error::timeout());
    QVERIFY(number.isFinished());
    QVERIFY(!number.result());
    QCOMPARE(number.result().error().type(), Error::Type::Timeout);
    QCOMPARE(number.result().value_or(1), 1);
    QCOMPARE(all.result().error().type(), Error::Type::Timeout);
    try {
        Q_UNUSED(number.result().value())
        QFAIL("There is a value");
    } catch (const AckException &exception) {
        QCOMPARE(exception.error().type(), Error::Type::Timeout);
    }
    // An answer that is not what was asked for.
    PendingAck *wrong = newAck();
    const QFuture<Result<int>> none = Result<int>::of(wrong);
    PendingAckPrivate::acknowledge(wrong, {u"seven"_s});
    QVERIFY(!none.result());
    QCOMPARE(none.result().error().type(), Error::Type::Argument);
}

void TestPendingAck::resultIsCancelledByDeletion()
{
    PendingAck *ack = newAck();
    bool isCalled = false;
    const QFuture<void> continued =
        Result<int>::of(ack).then(this, [&isCalled](const Result<int> &) { isCalled = true; });
    delete ack;
    QTRY_VERIFY(continued.isFinished());
    QVERIFY(continued.isCanceled());
    QVERIFY(!isCalled);
}

void TestPendingAck::futuresAreSeparate()
{
    PendingAck *ack = newAck();
    const QFuture<QVariantList> first = ack->future();
    const QFuture<QVariantList> second = ack->future();
    int continued = 0;
    // Two continuations of one future would leave only the second one.
    const QFuture<void> one = ack->future().then(this, [&](const QVariantList &) { ++continued; });
    const QFuture<void> two = ack->future().then(this, [&](const QVariantList &) { ++continued; });
    PendingAckPrivate::acknowledge(ack, {1});
    QTRY_VERIFY(first.isFinished() && second.isFinished());
    QCOMPARE(first.result(), QVariantList{1});
    QCOMPARE(second.result(), QVariantList{1});
    QCOMPARE(ack->future().result(), QVariantList{1});
    QTRY_COMPARE(continued, 2);
}

void TestPendingAck::deletedEarly()
{
    QPointer<PendingAck> ack = newAck();
    delete ack.data();
    PendingAckPrivate::acknowledge(ack, {1});
    PendingAckPrivate::fail(ack, Error::timeout());

    // A failure that is not yet told is no reason to come back either.
    ack = PendingAckPrivate::createFailed(this, Error::timeout());
    QSignalSpy failed(ack.data(), &PendingAck::failed);
    delete ack.data();
    QCoreApplication::processEvents();
    QCOMPARE(failed.count(), 0);
}

void TestPendingAck::deletedByAHandler_data()
{
    QTest::addColumn<bool>("byFuture");
    QTest::addColumn<bool>("succeeds");

    QTest::newRow("acknowledged") << false << true;
    QTest::newRow("failed") << false << false;
    QTest::newRow("future resolved") << true << true;
    QTest::newRow("future failed") << true << false;
}

void TestPendingAck::deletedByAHandler()
{
    QFETCH(bool, byFuture);
    QFETCH(bool, succeeds);
    QPointer<PendingAck> ack = newAck();
    const auto remove = [&ack] { delete ack.data(); };
    if (byFuture) {
        ack->future().then([remove](const QFuture<QVariantList> &) { remove(); });
    } else {
        ack->then(this, remove)->onFailed(this, remove);
    }
    bool calledAfterwards = false;
    ack->then(this, [&] { calledAfterwards = true; })->onFailed(this, [&] {
        calledAfterwards = true;
    });
    if (succeeds)
        PendingAckPrivate::acknowledge(ack, {1});
    else
        PendingAckPrivate::fail(ack, Error::timeout());
    QVERIFY(!ack);
    QVERIFY(!calledAfterwards);
}

void TestPendingAck::deadContextIsNotCalled()
{
    PendingAck *ack = newAck();
    bool called = false;
    {
        QObject context;
        ack->then(&context, [&called] { called = true; });
    }
    PendingAckPrivate::acknowledge(ack, {});
    {
        QObject context;
        ack->then(&context, [&called] { called = true; });
    }
    QCoreApplication::processEvents();
    QVERIFY(!called);
}

void TestPendingAck::contextInAnotherThread()
{
    QThread thread;
    QObject context;
    context.moveToThread(&thread);
    thread.start();
    QThread *calledIn = nullptr;
    PendingAck *ack = newAck();
    ack->then(&context, [&calledIn, &thread](int) {
        calledIn = QThread::currentThread();
        thread.quit();
    });
    PendingAckPrivate::acknowledge(ack, {1});
    QVERIFY(thread.wait());
    QCOMPARE(calledIn, &thread);
}

QTSOCKETIO_TEST(TestPendingAck)
#include "tst_pendingack.moc"
