// SPDX-License-Identifier: MIT
#include "driver.h"
#include "engineworld.h"

#include "support/testmain.h"

// From each signal and callback of the Engine.IO layer, everything that an application may do
// there.
class tst_Reentrancy_Engine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hooks_data() { Driver::addHooks(EngineWorld::hooks()); }
    void hooks()
    {
        QFETCH(Hook, hook);
        Driver::tryHook<EngineWorld>(hook, EngineWorld::actions());
    }
};

QTSOCKETIO_TEST_RUN(Driver::runCatching<tst_Reentrancy_Engine>)
#include "tst_reentrancy_engine.moc"
