// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include "base/systemrandom_p.h"

#include <QtCore/qregularexpression.h>
#include <QtCore/qset.h>
#include <QtTest/qtest.h>

using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

class tst_SystemRandom : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesAreOfOneForm();
};

void tst_SystemRandom::namesAreOfOneForm()
{
    const QRegularExpression form(u"^[0-9a-f]{16}$"_s);
    QSet<QByteArray> names;
    for (int i = 0; i < 1000; ++i) {
        const QByteArray name = randomHex64();
        QVERIFY2(form.match(QString::fromLatin1(name)).hasMatch(), name.constData());
        names.insert(name);
    }
    QCOMPARE(names.size(), 1000);
}

QTSOCKETIO_TEST(tst_SystemRandom)
#include "tst_systemrandom.moc"
