// SPDX-License-Identifier: MIT
// Socket notifiers: when they are activated, and what their slots may do.
#include "descriptors.h"
#include "dispatchertest.h"

#include <QtCore/qtimer.h>

#include <arpa/inet.h>
#include <netinet/in.h>

using namespace DispatcherTest;

class tst_EpollDispatcherNotifiers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readWhileThereIsData();
    void writeWhileThereIsSpace();
    void exceptionForUrgentData();
    void hangUpActivates_data();
    void hangUpActivates();
    void typesOfOneDescriptor();
    void toggled();
    void toggledWithinOneTurn_data();
    void toggledWithinOneTurn();
    void disabledInOwnSlot();
    void deletedInOwnSlot();
    void endedByAnotherInSameTurn_data();
    void endedByAnotherInSameTurn();
    void enabledInSlotOfAnother();
    void nestedLoopHandlesTheRest();
    void nestedLoopWithoutNotifiersLeavesTheRest();
    void nestedLoopEndsWhatTheOuterOneFound();
    void excluded();
    void excludedDoesNotEndTheWait();
    void wakeUpWhileExcluded();
    void movesToThread();
};

void tst_EpollDispatcherNotifiers::readWhileThereIsData()
{
    SocketPair pair;
    int count = 0;
    const Notifier n = readNotifier(pair, [&] {
        ++count;
        pair.receive(1);
    });
    QCoreApplication::processEvents();
    QCOMPARE(count, 0);
    pair.send(3);
    QTRY_COMPARE(count, 3);
    QCoreApplication::processEvents();
    QCOMPARE(count, 3);
    pair.send(1);
    QTRY_COMPARE(count, 4);
}

void tst_EpollDispatcherNotifiers::writeWhileThereIsSpace()
{
    SocketPair pair;
    int count = 0;
    const Notifier n = notifier(pair.far, QSocketNotifier::Write, [&] { ++count; });
    QTRY_VERIFY(count >= 2);
    const QByteArray data(65536, 'x');
    while (::write(pair.far, data.constData(), size_t(data.size())) > 0) { }
    QCoreApplication::processEvents();
    count = 0;
    QCoreApplication::processEvents();
    QCOMPARE(count, 0);
    while (pair.receive() > 0) { }
    QTRY_VERIFY(count >= 1);
}

void tst_EpollDispatcherNotifiers::exceptionForUrgentData()
{
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto *generic = reinterpret_cast<sockaddr *>(&address);
    QCOMPARE(::bind(listener, generic, length), 0);
    QCOMPARE(::listen(listener, 1), 0);
    QCOMPARE(::getsockname(listener, generic, &length), 0);
    const int client = ::socket(AF_INET, SOCK_STREAM, 0);
    QCOMPARE(::connect(client, generic, length), 0);
    const int server = ::accept(listener, nullptr, nullptr);

    int urgent = 0;
    int readable = 0;
    const Notifier exception = notifier(server, QSocketNotifier::Exception, [&] {
        ++urgent;
        char c;
        QCOMPARE(::recv(server, &c, 1, MSG_OOB), ssize_t(1));
    });
    const Notifier read = notifier(server, QSocketNotifier::Read, [&] {
        ++readable;
        char buffer[16];
        QVERIFY(::recv(server, buffer, sizeof buffer, 0) > 0);
    });
    QCOMPARE(::send(client, "a", 1, 0), ssize_t(1));
    QTRY_COMPARE(readable, 1);
    QCOMPARE(urgent, 0);
    QCOMPARE(::send(client, "!", 1, MSG_OOB), ssize_t(1));
    QTRY_COMPARE(urgent, 1);
    ::close(client);
    ::close(server);
    ::close(listener);
}

void tst_EpollDispatcherNotifiers::hangUpActivates_data()
{
    QTest::addColumn<QSocketNotifier::Type>("type");
    QTest::newRow("read") << QSocketNotifier::Read;
    QTest::newRow("write") << QSocketNotifier::Write;
    QTest::newRow("exception") << QSocketNotifier::Exception;
}

void tst_EpollDispatcherNotifiers::hangUpActivates()
{
    QFETCH(QSocketNotifier::Type, type);
    SocketPair pair;
    const QByteArray data(65536, 'x');
    while (::write(pair.near, data.constData(), size_t(data.size())) > 0) { }
    int count = 0;
    const Notifier n = notifier(pair.near, type, [&] { ++count; });
    QCoreApplication::processEvents();
    QCOMPARE(count, 0);
    pair.closeFar();
    QTRY_VERIFY(count > 0);
}

void tst_EpollDispatcherNotifiers::typesOfOneDescriptor()
{
    SocketPair pair;
    QByteArray order;
    const Notifier write = notifier(pair.near, QSocketNotifier::Write, [&] { order += 'w'; });
    const Notifier read = notifier(pair.near, QSocketNotifier::Read, [&] {
        order += 'r';
        pair.receive();
    });
    pair.send();
    QTRY_VERIFY(order.contains('w') && order.contains('r'));
    if (!isGlib())
        QVERIFY(order.indexOf("rw") >= 0); // reading comes first

    write->setEnabled(false);
    order.clear();
    pair.send();
    QTRY_COMPARE(order, QByteArray("r"));
    read->setEnabled(false);
    pair.send();
    QCoreApplication::processEvents();
    QCOMPARE(order, QByteArray("r"));
    write->setEnabled(true);
    QTRY_VERIFY(order.contains('w'));
    QCOMPARE(order.count('r'), 1);
}

void tst_EpollDispatcherNotifiers::toggled()
{
    SocketPair pair;
    int count = 0;
    const Notifier n = readNotifier(pair, [&] { ++count; });
    pair.send();
    n->setEnabled(false);
    QCoreApplication::processEvents();
    QCOMPARE(count, 0);
    n->setEnabled(true);
    QTRY_VERIFY(count > 0);
    n->setEnabled(false);
    count = 0;
    QCoreApplication::processEvents();
    QCOMPARE(count, 0);
}

void tst_EpollDispatcherNotifiers::toggledWithinOneTurn_data()
{
    QTest::addColumn<bool>("withReader");
    QTest::newRow("alone") << false;
    QTest::newRow("beside a reader") << true;
}

void tst_EpollDispatcherNotifiers::toggledWithinOneTurn()
{
    QFETCH(bool, withReader);
    SocketPair pair;
    Notifier read;
    if (withReader)
        read = readNotifier(pair, [&] { pair.receive(); });
    int count = 0;
    const Notifier write = notifier(pair.near, QSocketNotifier::Write, [&] { ++count; });
    write->setEnabled(false);
    QCoreApplication::processEvents();
    QCOMPARE(count, 0);
    write->setEnabled(true);
    write->setEnabled(false);
    write->setEnabled(true);
    QTRY_VERIFY(count > 0);
    write->setEnabled(false);
    write->setEnabled(true);
    write->setEnabled(false);
    count = 0;
    QCoreApplication::processEvents();
    QCOMPARE(count, 0);
}

void tst_EpollDispatcherNotifiers::disabledInOwnSlot()
{
    SocketPair pair;
    int count = 0;
    QSocketNotifier *self = nullptr;
    const Notifier n = readNotifier(pair, [&] {
        ++count;
        self->setEnabled(false);
    });
    self = n.get();
    pair.send();
    QTRY_COMPARE(count, 1);
    QCoreApplication::processEvents();
    QCOMPARE(count, 1);
    n->setEnabled(true);
    QTRY_COMPARE(count, 2);
}

void tst_EpollDispatcherNotifiers::deletedInOwnSlot()
{
    SocketPair pair;
    int reads = 0;
    int writes = 0;
    Notifier write = notifier(pair.near, QSocketNotifier::Write, [&] { ++writes; });
    Notifier read;
    read = readNotifier(pair, [&] {
        ++reads;
        write.reset();
        // The signal is being emitted: the notifier goes as soon as that is over.
        read.release()->deleteLater();
    });
    pair.send();
    QTRY_COMPARE(reads, 1);
    const int before = writes;
    QCoreApplication::processEvents();
    QCoreApplication::processEvents();
    QCOMPARE(reads, 1);
    QCOMPARE(writes, before);
}

void tst_EpollDispatcherNotifiers::endedByAnotherInSameTurn_data()
{
    QTest::addColumn<bool>("deleted");
    QTest::addColumn<bool>("closed");
    QTest::newRow("disabled") << false << false;
    QTest::newRow("deleted") << true << false;
    QTest::newRow("deleted and closed") << true << true;
}

void tst_EpollDispatcherNotifiers::endedByAnotherInSameTurn()
{
    QFETCH(bool, deleted);
    QFETCH(bool, closed);
    // Whichever is activated first ends all the others.
    std::vector<SocketPair> pairs(5);
    std::vector<Notifier> notifiers(pairs.size());
    int activated = 0;
    for (size_t i = 0; i < pairs.size(); ++i) {
        notifiers[i] = readNotifier(pairs[i], [&, i] {
            ++activated;
            for (size_t other = 0; other < pairs.size(); ++other) {
                if (other == i)
                    continue;
                if (deleted)
                    notifiers[other].reset();
                else
                    notifiers[other]->setEnabled(false);
                if (closed)
                    pairs[other].closeNear();
            }
            pairs[i].receive();
        });
        pairs[i].send();
    }
    QTRY_COMPARE(activated, 1);
    for (int i = 0; i < 3; ++i)
        QCoreApplication::processEvents();
    QCOMPARE(activated, 1);
}

void tst_EpollDispatcherNotifiers::enabledInSlotOfAnother()
{
    SocketPair first;
    SocketPair second;
    int count = 0;
    Notifier added;
    const Notifier n = readNotifier(first, [&] {
        first.receive();
        added = readNotifier(second, [&] {
            ++count;
            second.receive();
        });
    });
    second.send();
    first.send();
    QTRY_COMPARE(count, 1);
}

void tst_EpollDispatcherNotifiers::nestedLoopHandlesTheRest()
{
    std::vector<SocketPair> pairs(6);
    std::vector<Notifier> notifiers;
    int nested = 0;
    QList<size_t> activated;
    for (size_t i = 0; i < pairs.size(); ++i) {
        notifiers.push_back(readNotifier(pairs[i], [&, i] {
            pairs[i].receive();
            activated.append(i);
            if (activated.size() == 1) {
                QEventLoop loop;
                QTimer::singleShot(20, &loop, &QEventLoop::quit);
                loop.exec();
                nested = int(activated.size());
            }
        }));
        pairs[i].send();
    }
    QTRY_VERIFY(nested > 0);
    QCOMPARE(nested, 6);
    QCoreApplication::processEvents();
    // Each once: what the nested loop handled is not handled again.
    QCOMPARE(QSet<size_t>(activated.begin(), activated.end()).size(), 6);
    QCOMPARE(activated.size(), 6);
}

void tst_EpollDispatcherNotifiers::nestedLoopWithoutNotifiersLeavesTheRest()
{
    if (isGlib())
        QSKIP("The glib dispatcher handles this flag in its own way");
    std::vector<SocketPair> pairs(6);
    std::vector<Notifier> notifiers;
    int activated = 0;
    int nested = 0;
    for (const SocketPair &pair : pairs) {
        notifiers.push_back(readNotifier(pair, [&] {
            pair.receive();
            if (++activated == 1) {
                for (int i = 0; i < 3; ++i)
                    QCoreApplication::processEvents(QEventLoop::ExcludeSocketNotifiers);
                nested = activated;
            }
        }));
        pair.send();
    }
    QTRY_COMPARE(activated, 6);
    QCOMPARE(nested, 1);
    QCoreApplication::processEvents();
    QCOMPARE(activated, 6);
}

void tst_EpollDispatcherNotifiers::nestedLoopEndsWhatTheOuterOneFound()
{
    // In the nested loop all the notifiers of the outer turn are deleted, their descriptors
    // closed, and new ones with the same numbers watched: none of these has anything to read.
    std::vector<SocketPair> pairs(6);
    std::vector<Notifier> notifiers;
    std::vector<SocketPair> newPairs;
    std::vector<Notifier> newNotifiers;
    int activated = 0;
    int wrong = 0;
    for (size_t i = 0; i < pairs.size(); ++i) {
        notifiers.push_back(readNotifier(pairs[i], [&, i] {
            if (++activated > 1)
                return;
            pairs[i].receive();
            QEventLoop loop;
            QTimer::singleShot(0, &loop, [&] {
                for (size_t k = 0; k < pairs.size(); ++k) {
                    if (k == i)
                        continue;
                    notifiers[k].reset();
                    const int fd = pairs[k].near;
                    newPairs.emplace_back();
                    SocketPair &pair = newPairs.back();
                    QCOMPARE(::dup2(pair.near, fd), fd);
                    newNotifiers.push_back(notifier(fd, QSocketNotifier::Read, [&] { ++wrong; }));
                }
                loop.quit();
            });
            loop.exec(QEventLoop::ExcludeSocketNotifiers);
        }));
        pairs[i].send();
    }
    QTRY_VERIFY(activated > 0);
    QTRY_COMPARE(newPairs.size(), size_t(5));
    for (int i = 0; i < 3; ++i)
        QCoreApplication::processEvents();
    QCOMPARE(activated, 1);
    QCOMPARE(wrong, 0);
    newPairs[0].send();
    QTRY_VERIFY(wrong > 0);
}

void tst_EpollDispatcherNotifiers::excluded()
{
    if (isGlib())
        QSKIP("The glib dispatcher handles this flag in its own way");
    SocketPair pair;
    int count = 0;
    const Notifier n = readNotifier(pair, [&] {
        ++count;
        pair.receive();
    });
    pair.send();
    for (int i = 0; i < 3; ++i)
        QCoreApplication::processEvents(QEventLoop::ExcludeSocketNotifiers);
    QCOMPARE(count, 0);
    QTRY_COMPARE(count, 1);
}

void tst_EpollDispatcherNotifiers::excludedDoesNotEndTheWait()
{
    if (isGlib())
        QSKIP("The glib dispatcher handles this flag in its own way");
    SocketPair pair;
    int count = 0;
    const Notifier n = readNotifier(pair, [&] {
        ++count;
        pair.receive();
    });
    // A wake-up from outside must leave nothing behind either.
    QEventLoop loop;
    const std::unique_ptr<QThread> thread(QThread::create([&] {
        QThread::msleep(10);
        QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection);
    }));
    thread->start();
    loop.exec();
    QVERIFY(thread->wait());

    pair.send();
    QVERIFY(!spins(QEventLoop::ExcludeSocketNotifiers));
    QCOMPARE(count, 0);
    QTRY_COMPARE(count, 1);
}

void tst_EpollDispatcherNotifiers::wakeUpWhileExcluded()
{
    // Changing between the two ways to wait loses no wake-up and leaves none behind.
    for (int i = 0; i < 200; ++i) {
        QEventLoop loop;
        const std::unique_ptr<QThread> thread(QThread::create(
            [&] { QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection); }));
        thread->start();
        loop.exec(i % 3 == 0 ? QEventLoop::AllEvents : QEventLoop::ExcludeSocketNotifiers);
        QVERIFY(thread->wait());
    }
}

void tst_EpollDispatcherNotifiers::movesToThread()
{
    SocketPair pair;
    QThread thread;
    setDispatcher(&thread);
    thread.start();
    std::atomic<QThread *> activatedIn = nullptr;
    Notifier n = readNotifier(pair, [&] {
        activatedIn = QThread::currentThread();
        pair.receive();
    });
    n->moveToThread(&thread);
    pair.send();
    QTRY_COMPARE(activatedIn.load(), &thread);
    connect(&thread, &QThread::finished, n.release(), &QObject::deleteLater);
    thread.quit();
    QVERIFY(thread.wait());
}

DISPATCHER_TEST(tst_EpollDispatcherNotifiers)
#include "tst_epolldispatcher_notifiers.moc"
