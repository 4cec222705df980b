// SPDX-License-Identifier: MIT
#include "adminui/passwordcheck_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

#include <memory>

using namespace SocketIo::detail;
using namespace Qt::StringLiterals;

namespace {

// Of "secret".
const char *const Hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

} // namespace

class tst_PasswordCheck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsHashes_data();
    void knowsHashes();
    void compares_data();
    void compares();
    void answersLater();
    void refusesWhenTooManyWait();
    void callsNobodyWhenItIsGone();
    void mayBeDeletedByItsAnswer();
};

void tst_PasswordCheck::knowsHashes_data()
{
    QTest::addColumn<QByteArray>("hash");
    QTest::addColumn<bool>("isOne");
    const QByteArray hash(Hash);
    QTest::newRow("2b") << hash << true;
    QTest::newRow("2y") << QByteArray(hash).replace("$2b", "$2y") << true;
    QTest::newRow("2a") << QByteArray(hash).replace("$2b", "$2a") << true;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("plain") << "secret"_ba << false;
    QTest::newRow("another kind") << "$6$salt$hash"_ba << false;
    QTest::newRow("too short") << hash.chopped(1) << false;
    QTest::newRow("too long") << hash + 'a' << false;
    QTest::newRow("line") << hash + '\n' << false;
    QTest::newRow("rounds") << QByteArray(hash).replace("$04$", "$03$") << false;
    QTest::newRow("too many rounds") << QByteArray(hash).replace("$04$", "$32$") << false;
    QTest::newRow("characters") << QByteArray(hash).replace("uu", "u:") << false;
}

void tst_PasswordCheck::knowsHashes()
{
    QFETCH(QByteArray, hash);
    QTEST(PasswordCheck::isBcryptHash(hash), "isOne");
}

void tst_PasswordCheck::compares_data()
{
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<QByteArray>("hash");
    QTest::addColumn<bool>("same");
    const QByteArray hash(Hash);
    QTest::newRow("right") << "secret"_ba << hash << true;
    QTest::newRow("right, of PHP") << "secret"_ba << QByteArray(hash).replace("$2b", "$2y") << true;
    QTest::newRow("UTF-8") << QByteArray("gr\u00fc\u00df dich")
                           << "$2b$04$abcdefghijklmnopqrstuu99.GtRxdHR066AvkA2v0ZsZR9IFtVuq"_ba
                           << true;
    QTest::newRow("wrong") << "Secret"_ba << hash << false;
    QTest::newRow("empty") << QByteArray() << hash << false;
    QTest::newRow("the hash") << hash << hash << false;
    QTest::newRow("more after NUL") << QByteArray("secret\0more", 11) << hash << false;
    QTest::newRow("long") << QByteArray(4096, 's') << hash << false;
    QTest::newRow("no hash") << "secret"_ba << QByteArray() << false;
    QTest::newRow("nonsense") << "secret"_ba
                              << "*0"_ba << false;
}

void tst_PasswordCheck::compares()
{
    if (!PasswordCheck::isAvailable())
        QSKIP("built without libxcrypt");
    QFETCH(QByteArray, password);
    QFETCH(QByteArray, hash);
    QTEST(PasswordCheck::matches(password, hash), "same");
}

void tst_PasswordCheck::answersLater()
{
    if (!PasswordCheck::isAvailable())
        QSKIP("built without libxcrypt");
    PasswordCheck check(Hash, 10);
    QList<bool> answers;
    const auto note = [&answers](bool matches) { answers.append(matches); };
    QVERIFY(check.start("wrong", note));
    QVERIFY(check.start("secret", note));
    QVERIFY(answers.isEmpty());
    QTRY_COMPARE(answers, (QList<bool>{false, true}));
}

void tst_PasswordCheck::refusesWhenTooManyWait()
{
    PasswordCheck check(Hash, 2);
    int answers = 0;
    const auto note = [&answers](bool) { ++answers; };
    QVERIFY(check.start("a", note));
    QVERIFY(check.start("b", note));
    QVERIFY(!check.start("c", note));
    QTRY_COMPARE(answers, 2);
    QVERIFY(check.start("c", note));
    QTRY_COMPARE(answers, 3);
}

void tst_PasswordCheck::callsNobodyWhenItIsGone()
{
    const auto held = std::make_shared<int>(0);
    auto check = std::make_unique<PasswordCheck>(Hash, 10);
    for (int i = 0; i < 5; ++i)
        QVERIFY(check->start("secret", [held](bool) { ++*held; }));
    check.reset();
    QCoreApplication::processEvents();
    QCOMPARE(*held, 0);
    QCOMPARE(held.use_count(), 1L); // who waited is let go
}

void tst_PasswordCheck::mayBeDeletedByItsAnswer()
{
    auto check = std::make_unique<PasswordCheck>(Hash, 10);
    int answers = 0;
    for (int i = 0; i < 3; ++i) {
        QVERIFY(check->start("secret", [&](bool) {
            ++answers;
            check.reset();
        }));
    }
    QTRY_COMPARE(answers, 1);
    QCoreApplication::processEvents();
    QCOMPARE(answers, 1);
}

QTSOCKETIO_TEST(tst_PasswordCheck)

#include "tst_passwordcheck.moc"
