// SPDX-License-Identifier: MIT
#include "socketio/client/lossreport_p.h"
#include "support/testmain.h"

#include <QtCore/qstringlist.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using SocketIo::detail::LossReport;

// What the log is told of connections that break again and again because of the same mistake.
class tst_LossReport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSameIsCounted();
    void anotherKindEndsTheCount();
    void numbersMakeNoOtherKind();
    void theCountIsToldAfterThePause();
    void afterThePauseItIsNewAgain();
};

namespace {
// A message that is too big: its text says which.
Error tooBig(const QString &text)
{
    return {Error::Type::Transport, text, QVariantMap{{u"tooBig"_s, true}}};
}

// The warnings without their hints.
struct Log
{
    QStringList texts;
    LossReport report{nullptr,
                      [this](const QString &text) { texts.append(text.section(u". "_s, 0, 0)); }};
};
} // namespace

void tst_LossReport::theSameIsCounted()
{
    QStringList texts;
    LossReport report(nullptr, [&](const QString &text) { texts.append(text); });
    Error error(Error::Type::Protocol, u"cannot read it"_s);
    error.setHint(u"Use the same parser."_s);
    for (int i = 0; i < 3; ++i)
        report.add(error);
    QCOMPARE(texts, QStringList{u"cannot read it. Use the same parser."_s});
}

void tst_LossReport::anotherKindEndsTheCount()
{
    Log log;
    log.report.add(tooBig(u"save"_s));
    log.report.add(tooBig(u"save"_s));
    log.report.add(tooBig(u"load"_s));
    log.report.add(tooBig(u"load"_s));
    log.report.add(tooBig(u"load"_s));
    log.report.add(Error(Error::Type::Protocol, u"cannot read it"_s));
    QCOMPARE(log.texts,
             (QStringList{u"save"_s, u"once more: save"_s, u"load"_s, u"2 times more: load"_s,
                          u"cannot read it"_s}));
}

// Each time it is sent, an event has the number of another acknowledgement.
void tst_LossReport::numbersMakeNoOtherKind()
{
    Log log;
    log.report.add(tooBig(u"save with 2009 bytes"_s));
    log.report.add(tooBig(u"save with 2010 bytes"_s));
    QCOMPARE(log.texts, QStringList{u"save with 2009 bytes"_s});
}

// The last one stands for all of them, and another pause begins.
void tst_LossReport::theCountIsToldAfterThePause()
{
    QStringList texts;
    LossReport *told = nullptr;
    LossReport report(nullptr, [&](const QString &text) {
        texts.append(text.section(u". "_s, 0, 0));
        if (texts.size() == 2)
            told->add(tooBig(u"save 4"_s));
    });
    told = &report;
    report.setPause(20ms);
    report.add(tooBig(u"save 1"_s));
    report.add(tooBig(u"save 2"_s));
    report.add(tooBig(u"save 3"_s));
    QTRY_COMPARE(texts,
                 (QStringList{u"save 1"_s, u"2 times more: save 3"_s, u"once more: save 4"_s}));
}

void tst_LossReport::afterThePauseItIsNewAgain()
{
    Log log;
    log.report.setPause(0ms);
    log.report.add(tooBig(u"save"_s));
    QTimer later;
    later.setSingleShot(true);
    later.start(0ms); // behind the pause
    QTRY_VERIFY(!later.isActive());
    log.report.add(tooBig(u"save"_s));
    QCOMPARE(log.texts, (QStringList{u"save"_s, u"save"_s}));
}

QTSOCKETIO_TEST(tst_LossReport)
#include "tst_lossreport.moc"
