// SPDX-License-Identifier: MIT
// Descriptors that are closed, used again, unusual or many.
#include "descriptors.h"
#include "dispatchertest.h"

#include <QtCore/qdir.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtemporaryfile.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

using namespace DispatcherTest;

class tst_EpollDispatcherDescriptors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void numberUsedAgainInSameTurn();
    void numberUsedAgainWhileEnabledAndDisabled();
    void numberUsedAgainBesideForgottenNotifier_data();
    void numberUsedAgainBesideForgottenNotifier();
    void closedWithNotifierDoesNotSpin();
    void copyThatOutlivesItsNotifierDoesNotSpin();
    void closedBeforeNotifierIsDisabled();
    void invalidIsDisabled();
    void regularFileIsAlwaysReady();
    void regularFileDoesNotStarveOthers();
    void regularFileNumberUsedAgain();
    void fiveThousandDescriptors();
    void moreThanOneTurnTakes();
    void highNumbers();
    void dispatcherLosesItsDescriptor();
};

void tst_EpollDispatcherDescriptors::numberUsedAgainInSameTurn()
{
    SocketPair first;
    SocketPair second;
    std::unique_ptr<SocketPair> replacement;
    int activated = 0;
    int wrong = 0;
    std::array<Notifier, 2> notifiers;
    Notifier newNotifier;
    const auto replaceOther = [&](int index) {
        if (++activated > 1)
            return;
        SocketPair &other = index == 0 ? second : first;
        (index == 0 ? first : second).receive();
        const int fd = other.near;
        notifiers[size_t(1 - index)].reset();
        replacement = std::make_unique<SocketPair>();
        QCOMPARE(::dup2(replacement->near, fd), fd); // closes the old one
        newNotifier = notifier(fd, QSocketNotifier::Read, [&] { ++wrong; });
    };
    notifiers[0] = readNotifier(first, [&] { replaceOther(0); });
    notifiers[1] = readNotifier(second, [&] { replaceOther(1); });
    first.send();
    second.send();
    QTRY_COMPARE(activated, 1);
    for (int i = 0; i < 3; ++i)
        QCoreApplication::processEvents();
    QCOMPARE(activated, 1);
    QCOMPARE(wrong, 0);
    // The new one is watched.
    replacement->send();
    QTRY_VERIFY(wrong > 0);
}

void tst_EpollDispatcherDescriptors::numberUsedAgainWhileEnabledAndDisabled()
{
    // Close, open and watch again, all between two turns, many times over.
    int count = 0;
    std::unique_ptr<SocketPair> pair;
    Notifier n;
    for (int i = 0; i < 50; ++i) {
        n.reset();
        pair.reset();
        pair = std::make_unique<SocketPair>();
        count = 0;
        n = readNotifier(*pair, [&] {
            ++count;
            pair->receive();
        });
        if (i % 2)
            QCoreApplication::processEvents();
        pair->send();
        if (i % 3 == 0)
            QTRY_COMPARE(count, 1);
    }
}

void tst_EpollDispatcherDescriptors::numberUsedAgainBesideForgottenNotifier_data()
{
    QTest::addColumn<bool>("registered");
    QTest::newRow("before the system knew of it") << false;
    QTest::newRow("after that") << true;
}

void tst_EpollDispatcherDescriptors::numberUsedAgainBesideForgottenNotifier()
{
    QFETCH(bool, registered);
    SocketPair pair;
    int forgottenCount = 0;
    Notifier forgotten = readNotifier(pair, [&] { ++forgottenCount; });
    if (registered)
        QCoreApplication::processEvents();
    SocketPair replacement;
    QCOMPARE(::dup2(replacement.near, pair.near), pair.near);
    int count = 0;
    const QRegularExpression warning(QLatin1String("Multiple socket notif"));
    if (!isGlib())
        QTest::ignoreMessage(QtWarningMsg, warning);
    const Notifier n = notifier(pair.near, QSocketNotifier::Read, [&] {
        ++count;
        pair.receive();
    });
    replacement.send();
    QTRY_VERIFY(count > 0);
    if (!isGlib()) { // which keeps both
        QCOMPARE(count, 1);
        QCOMPARE(forgottenCount, 0);
        if (!isEpoll())
            QTest::ignoreMessage(QtWarningMsg, warning);
    }
    forgotten.reset();
    count = 0;
    replacement.send();
    QTRY_COMPARE(count, 1);
}

void tst_EpollDispatcherDescriptors::closedWithNotifierDoesNotSpin()
{
    SocketPair pair;
    int count = 0;
    Notifier read = readNotifier(pair, [&] { ++count; });
    Notifier write = notifier(pair.near, QSocketNotifier::Exception, [&] { ++count; });
    QCoreApplication::processEvents();
    pair.closeNear();
    if (wanted() == "unix") {
        for (int i = 0; i < 2; ++i)
            QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QLatin1String("Invalid socket")));
    }
    QVERIFY(!spins());
    if (!isGlib())
        QCOMPARE(count, 0);
    read.reset();
    write.reset();
    QVERIFY(!spins());
}

void tst_EpollDispatcherDescriptors::copyThatOutlivesItsNotifierDoesNotSpin()
{
    // epoll goes on watching an open file although the descriptor it was told of is closed.
    SocketPair other;
    int others = 0;
    const Notifier otherNotifier = readNotifier(other, [&] {
        ++others;
        other.receive();
    });
    SocketPair pair;
    int count = 0;
    Notifier n = readNotifier(pair, [&] { ++count; });
    QCoreApplication::processEvents();
    const int fd = pair.near;
    const int copy = ::dup(fd);
    pair.closeNear();
    n.reset(); // too late
    pair.send();
    QVERIFY(!spins());
    QCOMPARE(count, 0);
    other.send();
    QTRY_COMPARE(others, 1);

    // The number with the old file again, and a notifier for it.
    QCOMPARE(::dup2(copy, fd), fd);
    n = notifier(fd, QSocketNotifier::Read, [&] {
        ++count;
        char c;
        QCOMPARE(::read(fd, &c, 1), ssize_t(1));
    });
    QTRY_COMPARE(count, 1);
    n.reset();
    ::close(fd);
    ::close(copy);
}

void tst_EpollDispatcherDescriptors::closedBeforeNotifierIsDisabled()
{
    for (int i = 0; i < 20; ++i) {
        SocketPair pair;
        int count = 0;
        Notifier n = readNotifier(pair, [&] {
            ++count;
            pair.receive();
        });
        pair.send();
        QTRY_COMPARE(count, 1);
        pair.closeNear();
        n.reset();
    }
    QVERIFY(!spins());
}

void tst_EpollDispatcherDescriptors::invalidIsDisabled()
{
    if (isGlib())
        QSKIP("The glib dispatcher ignores it");
    SocketPair pair;
    const int fd = pair.near;
    pair.closeNear();
    int count = 0;
    const Notifier read = notifier(fd, QSocketNotifier::Read, [&] { ++count; });
    const Notifier write = notifier(fd, QSocketNotifier::Write, [&] { ++count; });
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QLatin1String("type Read, disabling")));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QLatin1String("type Write, disabling")));
    QTRY_VERIFY(!read->isEnabled() && !write->isEnabled());
    QCOMPARE(count, 0);
}

void tst_EpollDispatcherDescriptors::regularFileIsAlwaysReady()
{
    QTemporaryFile file;
    QVERIFY(file.open());
    int reads = 0;
    int writes = 0;
    int exceptions = 0;
    const Notifier read = notifier(file.handle(), QSocketNotifier::Read, [&] { ++reads; });
    const Notifier write = notifier(file.handle(), QSocketNotifier::Write, [&] { ++writes; });
    const Notifier exception =
        notifier(file.handle(), QSocketNotifier::Exception, [&] { ++exceptions; });
    // It never lets the loop wait.
    for (int i = 0; i < 10; ++i)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    QCOMPARE_GE(reads, 5);
    QCOMPARE_GE(writes, 5);
    QCOMPARE(exceptions, 0);
    write->setEnabled(false);
    writes = 0;
    reads = 0;
    QCoreApplication::processEvents();
    QCOMPARE(reads, 1);
    QCOMPARE(writes, 0);
    read->setEnabled(false);
    exception->setEnabled(false);
    QVERIFY(!spins());
}

void tst_EpollDispatcherDescriptors::regularFileDoesNotStarveOthers()
{
    QTemporaryFile file;
    QVERIFY(file.open());
    int reads = 0;
    const Notifier always = notifier(file.handle(), QSocketNotifier::Read, [&] { ++reads; });
    SocketPair pair;
    int count = 0;
    const Notifier n = readNotifier(pair, [&] {
        ++count;
        pair.receive();
    });
    int fired = 0;
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, [&] { ++fired; });
    timer.start(2);
    pair.send();
    QTRY_VERIFY(count == 1 && fired >= 3);
    QVERIFY(reads > 3);
}

void tst_EpollDispatcherDescriptors::regularFileNumberUsedAgain()
{
    QTemporaryFile file;
    QVERIFY(file.open());
    const int fd = ::dup(file.handle());
    int count = 0;
    Notifier n = notifier(fd, QSocketNotifier::Read, [&] { ++count; });
    QTRY_VERIFY(count > 1);
    n.reset();
    SocketPair pair;
    QCOMPARE(::dup2(pair.near, fd), fd);
    count = 0;
    n = notifier(fd, QSocketNotifier::Read, [&] {
        ++count;
        pair.receive();
    });
    QVERIFY(!spins());
    QCOMPARE(count, 0);
    pair.send();
    QTRY_COMPARE(count, 1);
    n.reset();
    ::close(fd);
}

void tst_EpollDispatcherDescriptors::fiveThousandDescriptors()
{
    constexpr size_t Count = 5000;
    if (!allowDescriptors(2 * Count + 100))
        QSKIP("Too few descriptors allowed");
    std::vector<SocketPair> pairs(Count);
    std::vector<Notifier> notifiers;
    QList<size_t> activated;
    for (size_t i = 0; i < Count; ++i) {
        notifiers.push_back(readNotifier(pairs[i], [&, i] {
            activated.append(i);
            pairs[i].receive();
        }));
    }
    QCoreApplication::processEvents();
    QVERIFY(activated.isEmpty());

    QList<size_t> expected;
    for (size_t i = 0; i < Count; i += 617) {
        expected.append(i);
        pairs[i].send();
    }
    QTRY_COMPARE(activated.size(), expected.size());
    std::sort(activated.begin(), activated.end());
    QCOMPARE(activated, expected);

    // Half of them go, the others stay.
    for (size_t i = 0; i < Count; i += 2)
        notifiers[i].reset();
    activated.clear();
    for (const SocketPair &pair : pairs)
        pair.send();
    QTRY_COMPARE(activated.size(), qsizetype(Count / 2));
    QVERIFY(std::all_of(activated.begin(), activated.end(), [](size_t i) { return i % 2 == 1; }));
}

void tst_EpollDispatcherDescriptors::moreThanOneTurnTakes()
{
    constexpr size_t Count = 1500;
    if (!allowDescriptors(2 * Count + 100))
        QSKIP("Too few descriptors allowed");
    // One byte is read each time: with five in each, every descriptor has its turn before any
    // has had its last.
    std::vector<SocketPair> pairs(Count);
    std::vector<Notifier> notifiers;
    std::vector<int> counts(Count);
    size_t seen = 0;
    size_t seenAtFirstEnd = 0;
    for (size_t i = 0; i < Count; ++i) {
        notifiers.push_back(readNotifier(pairs[i], [&, i] {
            pairs[i].receive(1);
            if (++counts[i] == 1)
                ++seen;
            if (counts[i] == 5 && seenAtFirstEnd == 0)
                seenAtFirstEnd = seen;
        }));
        pairs[i].send(5);
    }
    QTRY_VERIFY(std::all_of(counts.begin(), counts.end(), [](int n) { return n == 5; }));
    QCOMPARE(seenAtFirstEnd, Count);
    QCoreApplication::processEvents();
    QVERIFY(std::all_of(counts.begin(), counts.end(), [](int n) { return n == 5; }));
}

void tst_EpollDispatcherDescriptors::highNumbers()
{
    rlimit limit{};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    const int highest = int(std::min<rlim_t>(limit.rlim_cur, 1000000)) - 1;
    SocketPair pair;
    const int fd = ::fcntl(pair.near, F_DUPFD, highest);
    QCOMPARE(fd, highest);
    int count = 0;
    Notifier n = notifier(fd, QSocketNotifier::Read, [&] {
        ++count;
        pair.receive();
    });
    pair.send();
    QTRY_COMPARE(count, 1);
    n.reset();
    ::close(fd);
}

void tst_EpollDispatcherDescriptors::dispatcherLosesItsDescriptor()
{
    if (!isEpoll())
        QSKIP("Qt's own dispatchers have none");
    // As by a library that closes what it takes for left over.
    SocketPair pair;
    int count = 0;
    const Notifier n = readNotifier(pair, [&] {
        ++count;
        pair.receive();
    });
    QCoreApplication::processEvents();
    const QFileInfoList entries =
        QDir(QLatin1String("/proc/self/fd")).entryInfoList(QDir::System | QDir::AllEntries);
    int closed = 0;
    for (const QFileInfo &entry : entries) {
        if (entry.symLinkTarget().endsWith(QLatin1String("[eventpoll]")))
            closed += ::close(entry.fileName().toInt()) == 0;
    }
    QCOMPARE(closed, 1);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QLatin1String("Cannot wait for")));
    pair.send();
    QTRY_COMPARE(count, 1);
    QVERIFY(!spins());
}

DISPATCHER_TEST(tst_EpollDispatcherDescriptors)
#include "tst_epolldispatcher_descriptors.moc"
