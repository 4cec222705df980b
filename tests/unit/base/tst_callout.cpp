// SPDX-License-Identifier: MIT
#include "base/callout_p.h"
#include "support/testmain.h"

#include <QtCore/qstring.h>
#include <QtTest/qtest.h>

#include <memory>

using EngineIo::detail::CallOut;

class Emitter : public QObject
{
    Q_OBJECT

public:
    QString text = QStringLiteral("text");

Q_SIGNALS:
    void first();
    void second(const QString &text, int number);
};

class tst_CallOut : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void emitsInOrderWhileTheObjectLives();
    void stopsWhenTheObjectIsDeleted();
    void stopsWhenTheConditionFails();
    void conditionIsNotAskedOfADeadObject();
    void argumentsOutliveTheObject();
    void goesOnAfterAnException();
};

void tst_CallOut::emitsInOrderWhileTheObjectLives()
{
    Emitter emitter;
    QStringList seen;
    connect(&emitter, &Emitter::first, this, [&] { seen.append(QStringLiteral("first")); });
    connect(&emitter, &Emitter::second, this,
            [&](const QString &text, int number) { seen.append(text + QString::number(number)); });
    CallOut out(&emitter);
    QVERIFY(out.emitSignal(&Emitter::first));
    QVERIFY(out.emitSignal(&Emitter::second, emitter.text, 2));
    QVERIFY(out.call([&] { seen.append(QStringLiteral("call")); }));
    QCOMPARE(
        seen,
        QStringList({QStringLiteral("first"), QStringLiteral("text2"), QStringLiteral("call")}));
    QVERIFY(bool(out));
    QCOMPARE(out.object(), &emitter);
}

void tst_CallOut::stopsWhenTheObjectIsDeleted()
{
    auto *emitter = new Emitter;
    int calls = 0;
    connect(emitter, &Emitter::first, this, [&] {
        ++calls;
        delete emitter;
    });
    connect(emitter, &Emitter::second, this, [&] { ++calls; });
    CallOut out(emitter);
    QVERIFY(!out.emitSignal(&Emitter::first));
    QVERIFY(!out.emitSignal(&Emitter::second, QString(), 1));
    QVERIFY(!out.call([&] { ++calls; }));
    QCOMPARE(calls, 1);
    QCOMPARE(out.object(), nullptr);
}

void tst_CallOut::stopsWhenTheConditionFails()
{
    Emitter emitter;
    int connection = 1;
    int calls = 0;
    connect(&emitter, &Emitter::first, this, [&] {
        ++calls;
        ++connection;
    });
    CallOut out(&emitter, [&connection, before = connection] { return connection == before; });
    QVERIFY(!out.emitSignal(&Emitter::first));
    QVERIFY(!out.emitSignal(&Emitter::first));
    QCOMPARE(calls, 1);
}

void tst_CallOut::conditionIsNotAskedOfADeadObject()
{
    auto emitter = std::make_unique<Emitter>();
    int asked = 0;
    CallOut out(emitter.get(), [&asked, raw = emitter.get()] {
        ++asked;
        return !raw->text.isEmpty();
    });
    QVERIFY(bool(out));
    emitter.reset();
    QVERIFY(!out);
    QCOMPARE(asked, 1);
}

void tst_CallOut::argumentsOutliveTheObject()
{
    auto *emitter = new Emitter;
    emitter->text = QString(100, u'x'); // of its own, so that a dangling reference shows
    QString seen;
    connect(emitter, &Emitter::second, this, [&](const QString &text) {
        delete emitter;
        seen = text;
    });
    CallOut out(emitter);
    QVERIFY(!out.emitSignal(&Emitter::second, emitter->text, 1));
    QCOMPARE(seen, QString(100, u'x'));
}

// It is thrown again, once, by the event loop.
void tst_CallOut::goesOnAfterAnException()
{
    Emitter emitter;
    QString seen;
    connect(&emitter, &Emitter::first, this, [] { throw 7; });
    connect(&emitter, &Emitter::second, this, [&](const QString &text) { seen = text; });
    CallOut out(&emitter);
    QVERIFY(out.emitSignal(&Emitter::first));
    QVERIFY(out.emitSignal(&Emitter::second, emitter.text, 1));
    QCOMPARE(seen, emitter.text);
    int caught = 0;
    const auto runLoop = [&caught] {
        try {
            QCoreApplication::sendPostedEvents();
        } catch (int thrown) {
            caught += thrown;
        }
    };
    runLoop();
    QCOMPARE(caught, 7);
    runLoop();
    QCOMPARE(caught, 7);
}

QTSOCKETIO_TEST(tst_CallOut)

#include "tst_callout.moc"
