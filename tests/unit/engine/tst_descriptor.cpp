// SPDX-License-Identifier: MIT
#include "net/stream/descriptor_p.h"
#include "support/testmain.h"

#include <QtCore/qtemporaryfile.h>
#include <QtTest/qtest.h>

#include <utility>

#include <fcntl.h>
#include <unistd.h>

using namespace EngineIo::detail;

class tst_Descriptor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_file.open()); }
    void cleanup() { m_file.close(); }
    void isClosedByItsOwner();
    void isLeftOpenWhenReleased();

private:
    qintptr opened() { return ::dup(m_file.handle()); }
    static bool isOpen(qintptr handle) { return ::fcntl(int(handle), F_GETFD) != -1; }

    QTemporaryFile m_file;
};

void tst_Descriptor::isClosedByItsOwner()
{
    const qintptr first = opened();
    const qintptr second = opened();
    {
        Descriptor descriptor(first);
        Descriptor moved(std::move(descriptor));
        QVERIFY(!descriptor.isValid()); // NOLINT(bugprone-use-after-move)
        QCOMPARE(moved.handle(), first);
        moved = Descriptor(second);
        QVERIFY(!isOpen(first));
        QVERIFY(isOpen(second));
    }
    QVERIFY(!isOpen(second));
}

void tst_Descriptor::isLeftOpenWhenReleased()
{
    qintptr handle = -1;
    {
        Descriptor descriptor(opened());
        handle = descriptor.release();
        QVERIFY(!descriptor.isValid());
    }
    QVERIFY(isOpen(handle));
    ::close(int(handle));
}

QTSOCKETIO_TEST(tst_Descriptor)
#include "tst_descriptor.moc"
