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
        // Those of the module for Redis need a Redis, and tst_extensions.qml tries the others.
        QStringList classes = Driver::classesWithSignals({u"qml"_s});
        const QStringList modules =
            Driver::classesWithSignals({u"qml/redis"_s, u"qml/adminui"_s, u"qml/http2"_s});
        for (const QString &name : modules)
            classes.removeOne(name);
        QCOMPARE(Driver::classesOf(QmlWorld::hooks()), classes);
    }
    void hooks_data() { Driver::addHooks(QmlWorld::hooks()); }
    void hooks()
    {
        QFETCH(Hook, hook);
        Driver::tryHook<QmlWorld>(hook, QmlWorld::actions(), 2);
    }
};

QTEST_GUILESS_MAIN(tst_Reentrancy_Qml)
#include "tst_reentrancy_qml.moc"
