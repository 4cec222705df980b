// SPDX-License-Identifier: MIT
#include "driver.h"
#include "qmlworld.h"

using namespace Qt::StringLiterals;

// From each signal and handler of the QML types, everything that an application may do there.
class tst_Reentrancy_Qml : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyClassWithSignalsIsTried()
    {
        QCOMPARE(Driver::classesOf(QmlWorld::hooks()), Driver::classesWithSignals(u"qml"_s));
    }
    void hooks_data() { Driver::addHooks(QmlWorld::hooks()); }
    void hooks()
    {
        QFETCH(Hook, hook);
        Driver::tryHook<QmlWorld>(hook, QmlWorld::actions());
    }
};

QTEST_GUILESS_MAIN(tst_Reentrancy_Qml)
#include "tst_reentrancy_qml.moc"
