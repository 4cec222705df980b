// SPDX-License-Identifier: MIT
#include "driver.h"
#include "sioworld.h"

#include "support/testmain.h"

using namespace Qt::StringLiterals;

// From each signal and callback of a server, everything that an application may do there.
class tst_Reentrancy_Server : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyClassWithSignalsIsTried()
    {
        QCOMPARE(Driver::classesOf(SioWorld::serverHooks() + SioWorld::clientHooks()),
                 Driver::classesWithSignals({u"src/engineio"_s, u"src/socketio"_s}));
    }
    void hooks_data() { Driver::addHooks(SioWorld::serverHooks()); }
    void hooks()
    {
        QFETCH(Hook, hook);
        Driver::tryHook<SioWorld>(hook, SioWorld::actions());
    }
};

QTSOCKETIO_TEST_RUN(Driver::runCatching<tst_Reentrancy_Server>)
#include "tst_reentrancy_server.moc"
