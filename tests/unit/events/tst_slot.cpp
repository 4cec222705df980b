// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include <SocketIo/Slot>

#include <QtTest/qtest.h>

#include <memory>
#include <optional>

using namespace Qt::StringLiterals;
using namespace SocketIo;

namespace {

QVariantList received;
int calls = 0;

void freeFunction(int number, const QString &text)
{
    received = {number, text};
}

void noexceptFunction() noexcept
{
    ++calls;
}

struct Functor
{
    void operator()(int number) const { received = {number}; }
};

// Neither copied nor cheap to hold twice.
struct MoveOnly
{
    std::unique_ptr<int> number = std::make_unique<int>(5);
    void operator()() { received = {(*number)++}; }
};

class Receiver : public QObject
{
public:
    void take(const QString &text, const Ack &ack)
    {
        received = {text};
        ack(u"taken"_s);
    }
    void takeConst(int number) const { received = {number}; }
    int answering(int number) noexcept
    {
        received = {number};
        return number;
    }
    virtual void overridden(int) { received = {u"base"_s}; }
};

class Derived : public Receiver
{
public:
    void overridden(int) override { received = {u"derived"_s}; }
};

struct SlotPoint
{
    Q_GADGET
    Q_PROPERTY(int x MEMBER x)

public:
    int x = 0;
};

} // namespace

class TestSlot : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void callsFunctions();
    void callsMemberFunctions();
    void callsFunctors();
    void convertsArguments();
    void dropsExtraArguments();
    void missingArguments();
    void missingOptionalArguments();
    void passesTheAck();
    void passesAllArgumentsRaw();
    void listAmongOthersIsOneArgument();
    void saysWhatDoesNotFit_data();
    void saysWhatDoesNotFit();
    void bindConvertsNowAndCallsLater();
    void bindKeepsTheSlotAlive();
    void copiesShareTheFunction();
    void referencesAreToTheArguments();

private:
    template<typename Function>
    QString call(Function &&function, const QVariantList &args, const Ack &ack = {})
    {
        QString error;
        const Slot slot = Slot::create(this, std::forward<Function>(function));
        if (slot.call(args, ack, &error) != error.isEmpty())
            return u"result and error text differ"_s;
        return error;
    }
};

void TestSlot::init()
{
    received.clear();
    calls = 0;
}

void TestSlot::callsFunctions()
{
    QCOMPARE(call(freeFunction, {1, u"a"_s}), QString());
    QCOMPARE(received, (QVariantList{1, u"a"_s}));
    QCOMPARE(call(&freeFunction, {2, u"b"_s}), QString());
    QCOMPARE(received, (QVariantList{2, u"b"_s}));
    QCOMPARE(call(noexceptFunction, {}), QString());
    QCOMPARE(calls, 1);
}

void TestSlot::callsMemberFunctions()
{
    Derived receiver;
    QString error;
    QVERIFY(Slot::create(&receiver, &Receiver::take).call({u"a"_s}, {}, &error));
    QCOMPARE(received, QVariantList{u"a"_s});
    QVERIFY(Slot::create(&receiver, &Receiver::takeConst).call({1}, {}, &error));
    QCOMPARE(received, QVariantList{1});
    const Receiver &constant = receiver;
    QVERIFY(Slot::create(&constant, &Receiver::takeConst).call({2}, {}, &error));
    QCOMPARE(received, QVariantList{2});
    QVERIFY(Slot::create(&receiver, &Receiver::answering).call({3}, {}, &error));
    QCOMPARE(received, QVariantList{3});
    QVERIFY(Slot::create(&receiver, &Receiver::overridden).call({4}, {}, &error));
    QCOMPARE(received, QVariantList{u"derived"_s});
}

void TestSlot::callsFunctors()
{
    QCOMPARE(call(Functor(), {7}), QString());
    QCOMPARE(received, QVariantList{7});

    const Slot counter = Slot::create(this, [count = 0]() mutable { received = {++count}; });
    QString error;
    QVERIFY(counter.call({}, {}, &error));
    QVERIFY(counter.call({}, {}, &error));
    QCOMPARE(received, QVariantList{2});

    const Slot moveOnly = Slot::create(this, MoveOnly());
    QVERIFY(moveOnly.call({}, {}, &error));
    QVERIFY(moveOnly.call({}, {}, &error));
    QCOMPARE(received, QVariantList{6});

    const std::function<void(int)> function = [](int number) { received = {number}; };
    QCOMPARE(call(function, {8}), QString());
    QCOMPARE(received, QVariantList{8});
}

void TestSlot::convertsArguments()
{
    const auto slot = [](int number, double real, const QString &text, bool flag,
                         const QByteArray &bytes, const QList<int> &list, const SlotPoint &point,
                         QVariant any, std::optional<QString> optional) {
        received = {number, real, text, flag, bytes, list.size(), point.x, any, optional.value()};
    };
    QCOMPARE(call(slot,
                  {1.0, 2, 3, 1, "b"_ba, QVariantList{1, 2}, QVariantMap{{u"x"_s, 4}},
                   QVariantMap(), u"o"_s}),
             QString());
    QCOMPARE(received, (QVariantList{1, 2.0, u"3"_s, true, "b"_ba, 2, 4, QVariantMap(), u"o"_s}));
}

void TestSlot::dropsExtraArguments()
{
    QCOMPARE(call([](int number) { received = {number}; }, {1, 2, u"x"_s}), QString());
    QCOMPARE(received, QVariantList{1});
    QCOMPARE(call([] { ++calls; }, {1, 2}), QString());
    QCOMPARE(calls, 1);
}

void TestSlot::missingArguments()
{
    const auto slot = [](int, int) { ++calls; };
    QCOMPARE(call(slot, {1}), u"argument 2 is missing"_s);
    QCOMPARE(call(slot, {}), u"argument 1 is missing"_s);
    QCOMPARE(calls, 0);
}

void TestSlot::missingOptionalArguments()
{
    const auto slot = [](int number, std::optional<int> optional, const QVariant &any) {
        received = {number, optional.has_value(), any.isValid()};
    };
    QCOMPARE(call(slot, {1}), QString());
    QCOMPARE(received, (QVariantList{1, false, false}));
    QCOMPARE(call(slot, {1, 2}), QString());
    QCOMPARE(received, (QVariantList{1, true, false}));
    QCOMPARE(call(slot, {1, u"x"_s}),
             u"argument 2 (QString) cannot be converted to "
             "std::optional<int>"_s);
}

void TestSlot::passesTheAck()
{
    QVariantList answer;
    const Ack ack([&answer](const QVariantList &args) { answer = args; });
    QCOMPARE(call([](int, const Ack &a) { a(1); }, {7}, ack), QString());
    QCOMPARE(answer, QVariantList{1});

    bool wanted = true;
    QCOMPARE(call([&wanted](Ack a) { wanted = a.isWanted(); }, {7, 8}), QString());
    QVERIFY(!wanted);
    // An ack does not stand in for an argument.
    QCOMPARE(call([](int, const Ack &) {}, {}, ack), u"argument 1 is missing"_s);
}

void TestSlot::passesAllArgumentsRaw()
{
    const QVariantList args{1, u"a"_s, QVariant()};
    QCOMPARE(call([](const QVariantList &list) { received = list; }, args), QString());
    QCOMPARE(received, args);
    QCOMPARE(call([](QVariantList list) { received = list; }, {}), QString());
    QCOMPARE(received, QVariantList());
    QVariantList answer;
    const Ack ack([&answer](const QVariantList &list) { answer = list; });
    QCOMPARE(call([](const QVariantList &list, const Ack &a) { a.acknowledge(list); }, args, ack),
             QString());
    QCOMPARE(answer, args);
    QCOMPARE(call([](const QList<QVariant> &list) { received = list; }, args), QString());
    QCOMPARE(received, args);
}

void TestSlot::listAmongOthersIsOneArgument()
{
    const QVariantList inner{1, 2};
    const QVariantList args{QVariant(inner), 3};
    QCOMPARE(call([](const QVariantList &list, int) { received = list; }, args), QString());
    QCOMPARE(received, inner);
    QCOMPARE(call([](const QList<int> &list) { received = {list.size()}; }, args), QString());
    QCOMPARE(received, QVariantList{2});
    QCOMPARE(call([](const QVariantList &list, std::optional<QVariant>) { received = list; },
                  {QVariant(inner)}),
             QString());
    QCOMPARE(received, inner);
}

void TestSlot::saysWhatDoesNotFit_data()
{
    QTest::addColumn<QVariant>("argument");
    QTest::addColumn<QString>("expected");

    QTest::newRow("text") << QVariant(u"abc"_s)
                          << u"argument 2 (QString) cannot be converted to int"_s;
    QTest::newRow("map") << QVariant(QVariantMap())
                         << u"argument 2 (QVariantMap) cannot be converted to int"_s;
    QTest::newRow("null") << QVariant::fromValue(nullptr)
                          << u"argument 2 (null) cannot be converted to int"_s;
    QTest::newRow("too great") << QVariant(qint64(1) << 40)
                               << u"argument 2 (qlonglong) cannot be converted to int"_s;
}

void TestSlot::saysWhatDoesNotFit()
{
    QFETCH(QVariant, argument);
    QFETCH(QString, expected);
    QCOMPARE(call([](int, int) { ++calls; }, {1, argument}), expected);
    QCOMPARE(calls, 0);
}

void TestSlot::bindConvertsNowAndCallsLater()
{
    QString error;
    const Slot slot = Slot::create(this, [](int number, const Ack &ack) {
        received = {number};
        ack(number);
    });
    QVERIFY(!slot.bind({u"abc"_s}, {}, &error));
    QCOMPARE(error, u"argument 1 (QString) cannot be converted to int"_s);

    QVariantList answer;
    const Ack ack([&answer](const QVariantList &args) { answer = args; });
    const std::function<void()> bound = slot.bind({u"42"_s}, ack, &error);
    QVERIFY(bound);
    QVERIFY(received.isEmpty());
    bound();
    QCOMPARE(received, QVariantList{42});
    QCOMPARE(answer, QVariantList{42});

    const Slot raw = Slot::create(this, [](const QVariantList &list) { received = list; });
    raw.bind({1, 2}, {}, &error)();
    QCOMPARE(received, (QVariantList{1, 2}));
}

void TestSlot::bindKeepsTheSlotAlive()
{
    auto held = std::make_shared<int>();
    QString error;
    std::function<void()> bound;
    {
        const Slot slot = Slot::create(this, [held] { ++*held; });
        bound = slot.bind({}, {}, &error);
    }
    bound();
    QCOMPARE(*held, 1);
    bound = nullptr;
    QCOMPARE(held.use_count(), 1);
}

void TestSlot::copiesShareTheFunction()
{
    QVERIFY(Slot().isNull());
    QString error;
    const Slot slot = Slot::create(this, [count = 0]() mutable { received = {++count}; });
    const Slot copy = slot;
    QVERIFY(!copy.isNull());
    QVERIFY(slot.call({}, {}, &error));
    QVERIFY(copy.call({}, {}, &error));
    QCOMPARE(received, QVariantList{2});
}

// No value is copied for a slot that only looks at it.
void TestSlot::referencesAreToTheArguments()
{
    QString error;
    const QVariantList args{u"text"_s, QVariantMap{{u"a"_s, 1}}, 5};
    const void *text = nullptr;
    const void *map = nullptr;
    const QVariant *number = nullptr;
    QVariant missing = u"not taken"_s;
    const Slot slot = Slot::create(
        this, [&](const QString &s, const QVariantMap &m, const QVariant &n, const QVariant &none) {
            text = &s;
            map = &m;
            number = &n;
            missing = none;
        });
    QVERIFY(slot.call(args, {}, &error));
    QCOMPARE(text, args.at(0).constData());
    QCOMPARE(map, args.at(1).constData());
    QCOMPARE(number, &args.at(2));
    QCOMPARE(missing, QVariant());

    QString converted;
    const Slot converting = Slot::create(this, [&](const QByteArray &bytes, const QString &s) {
        converted = QString::fromUtf8(bytes) + s;
    });
    QVERIFY(converting.call({"bytes"_ba, u"text"_s}, {}, &error));
    QCOMPARE(converted, u"bytestext"_s);
    QVERIFY(!converting.call({"bytes"_ba}, {}, &error));
    QVERIFY(!converting.call({"bytes"_ba, QVariantMap()}, {}, &error));
    QCOMPARE(converted, u"bytestext"_s);
}

QTSOCKETIO_TEST(TestSlot)
#include "tst_slot.moc"
