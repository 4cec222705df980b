// SPDX-License-Identifier: MIT
#include "driver.h"
#include "sioworld.h"

#include "support/testmain.h"

// From each signal and callback of a client, everything that an application may do there.
class tst_Reentrancy_Client : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hooks_data() { Driver::addHooks(SioWorld::clientHooks()); }
    void hooks()
    {
        QFETCH(Hook, hook);
        Driver::tryHook<SioWorld>(hook, SioWorld::actions());
    }
};

QTSOCKETIO_TEST_RUN(Driver::runCatching<tst_Reentrancy_Client>)
#include "tst_reentrancy_client.moc"
