// SPDX-License-Identifier: MIT
#include "cluster/descriptorchannel_p.h"
#include "support/testmain.h"

#include <QtCore/qtemporaryfile.h>
#include <QtTest/qtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace SocketIo::detail;
using namespace std::chrono_literals;

namespace {

struct End
{
    void use(Descriptor socket, qsizetype limit = 1'000'000)
    {
        channel = DescriptorChannel::make(std::move(socket), limit);
    }
    void start()
    {
        channel->start(
            [this](quint8 type, const QByteArray &bytes, Descriptor descriptor) {
                types.append(type);
                frames.append(bytes);
                descriptors.push_back(std::move(descriptor));
            },
            [this] { ++ends; });
    }
    std::shared_ptr<DescriptorChannel> channel;
    QList<int> types;
    QByteArrayList frames;
    std::vector<Descriptor> descriptors;
    int ends = 0;
};

ino_t fileOf(int descriptor)
{
    struct stat about = {};
    return ::fstat(descriptor, &about) == 0 ? about.st_ino : 0;
}

} // namespace

class tst_DescriptorChannel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void framesArriveInOrder();
    void descriptorsArriveWithTheirFrames();
    void bigFramesTakeSeveralTurns();
    void whatWaitsIsBounded();
    void endIsTold();
    void unsentDescriptorsComeBack_data();
    void unsentDescriptorsComeBack();
    void mayBeDestroyedByItsHandler();
    void aLostDescriptorIsNotAnothers();
    void frameThatIsTooLargeEndsIt();

private:
    std::unique_ptr<End> m_here;
    std::unique_ptr<End> m_there;
};

void tst_DescriptorChannel::init()
{
    Descriptor here;
    Descriptor there;
    QVERIFY(DescriptorChannel::makePair(&here, &there));
    m_here = std::make_unique<End>();
    m_there = std::make_unique<End>();
    m_here->use(std::move(here));
    m_there->use(std::move(there));
}

void tst_DescriptorChannel::cleanup()
{
    m_here.reset();
    m_there.reset();
}

void tst_DescriptorChannel::framesArriveInOrder()
{
    m_there->start();
    QByteArrayList sent;
    for (int i = 0; i < 1000; ++i) {
        sent.append(QByteArray(i, char('a' + i % 26)));
        QVERIFY(m_here->channel->send(quint8(i % 100), sent.last()));
    }
    QTRY_COMPARE(m_there->frames, sent);
    QCOMPARE(m_there->types[99], 99);
    QCOMPARE(m_there->types[100], 0);
}

void tst_DescriptorChannel::descriptorsArriveWithTheirFrames()
{
    m_there->start();
    QList<ino_t> sent;
    for (int i = 0; i < 100; ++i) {
        if (i % 3 == 0) {
            QTemporaryFile file;
            QVERIFY(file.open());
            sent.append(fileOf(file.handle()));
            QVERIFY(m_here->channel->send(1, QByteArray(1000 * (i % 7), 'x'),
                                          Descriptor(::dup(file.handle()))));
        } else {
            sent.append(0);
            QVERIFY(m_here->channel->send(2, QByteArray(i, 'y')));
        }
    }
    QTRY_COMPARE(m_there->frames.size(), 100);
    for (int i = 0; i < 100; ++i) {
        QCOMPARE(m_there->types[i], i % 3 == 0 ? 1 : 2);
        QCOMPARE(fileOf(m_there->descriptors[size_t(i)].number()), sent[i]);
    }
}

void tst_DescriptorChannel::bigFramesTakeSeveralTurns()
{
    m_there->start();
    const QByteArray big(20'000'000, 'b');
    QVERIFY(m_here->channel->send(1, big)); // alone, whatever the limit
    QTRY_COMPARE(m_there->frames.size(), 1);
    QCOMPARE(m_there->frames[0], big);
    QVERIFY(m_here->channel->send(2, "small"));
    QTRY_COMPARE(m_there->frames.size(), 2);
}

void tst_DescriptorChannel::whatWaitsIsBounded()
{
    int sent = 0;
    while (sent < 10'000 && m_here->channel->send(1, QByteArray(10'000, 'x')))
        ++sent;
    QVERIFY(sent >= 100 && sent < 1000); // the limit, and what the system takes
    m_there->start();
    QTRY_COMPARE(m_there->frames.size(), sent);
    QVERIFY(m_here->channel->send(1, "again"));
    m_here->channel->flush(5s);
    QTRY_COMPARE(m_there->frames.last(), "again");
}

void tst_DescriptorChannel::endIsTold()
{
    m_there->start();
    m_here->channel->send(1, "last");
    m_here->channel.reset();
    QTRY_COMPARE(m_there->ends, 1);
    QCOMPARE(m_there->frames, QByteArrayList{"last"}); // first what was sent
    QVERIFY(!m_there->channel->isOpen());
    QVERIFY(!m_there->channel->send(1, "too late"));
}

void tst_DescriptorChannel::unsentDescriptorsComeBack_data()
{
    QTest::addColumn<bool>("isNoticed");
    QTest::newRow("the end is told") << false;
    QTest::newRow("the end is noticed while sending") << true;
}

void tst_DescriptorChannel::unsentDescriptorsComeBack()
{
    QFETCH(const bool, isNoticed);
    m_here->start();
    QTemporaryFile file;
    QVERIFY(file.open());
    const auto send = [&](int number) {
        return m_here->channel->send(1, QByteArray::number(number) + QByteArray(10'000, ' '),
                                     Descriptor(::dup(file.handle())));
    };
    int sent = 0;
    while (sent < 10'000 && send(sent))
        ++sent;
    m_there->channel.reset();
    if (isNoticed)
        m_here->channel->flush(5s);
    QTRY_COMPARE(m_here->ends, 1);
    const std::vector<DescriptorChannel::Unsent> unsent = m_here->channel->takeUnsent();
    QVERIFY(unsent.size() > 50 && unsent.size() <= 100); // the limit
    for (auto frame = unsent.rbegin(); frame != unsent.rend(); ++frame) {
        QCOMPARE(frame->bytes.trimmed().toInt(), --sent);
        QCOMPARE(fileOf(frame->descriptor.number()), fileOf(file.handle()));
    }
    QVERIFY(m_here->channel->takeUnsent().empty());
}

void tst_DescriptorChannel::mayBeDestroyedByItsHandler()
{
    int received = 0;
    m_there->channel->start(
        [this, &received](quint8, const QByteArray &, Descriptor) {
            ++received;
            m_there->channel->close();
            m_there->channel.reset();
        },
        [] {});
    m_here->channel->send(1, "one");
    m_here->channel->send(1, "two");
    QTRY_COMPARE(received, 1);
    m_here->start();
    QTRY_COMPARE(m_here->ends, 1);
}

// Out of descriptors, the system drops some on their way.
void tst_DescriptorChannel::aLostDescriptorIsNotAnothers()
{
    rlimit limit = {};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    m_there->start();
    QTemporaryFile lost;
    QVERIFY(lost.open());
    QVERIFY(m_here->channel->send(1, "lost", Descriptor(::dup(lost.handle()))));
    const Descriptor next(::dup(lost.handle()));
    const rlimit none{rlim_t(next.number()) + 1, limit.rlim_max};
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &none), 0);
    (void)QTest::qWaitFor([this] { return m_there->frames.size() == 1; }, TestSupport::Patience);
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    QCOMPARE(m_there->frames, QByteArrayList{"lost"});
    QVERIFY(!m_there->descriptors[0].isValid());
    QTemporaryFile file;
    QVERIFY(file.open());
    QVERIFY(m_here->channel->send(1, "next", Descriptor(::dup(file.handle()))));
    QTRY_COMPARE(m_there->frames.size(), 2);
    QCOMPARE(fileOf(m_there->descriptors[1].number()), fileOf(file.handle()));
}

void tst_DescriptorChannel::frameThatIsTooLargeEndsIt()
{
    constexpr auto Limit = DescriptorChannel::MaxFrameSize;
    QTest::ignoreMessage(QtWarningMsg,
                         "A message of 268435457 bytes is not sent: between processes it may have "
                         "268435456");
    QVERIFY(!m_here->channel->send(1, QByteArray(Limit + 1, Qt::Uninitialized)));

    // The other end is a program that does not keep to that.
    Descriptor here;
    Descriptor there;
    QVERIFY(DescriptorChannel::makePair(&here, &there));
    End end;
    end.use(std::move(here));
    end.start();
    const QByteArray frames("\2\0\0\0\1ok\1\0\0\x10\1", 12);
    QCOMPARE(::write(there.number(), frames.constData(), size_t(frames.size())), frames.size());
    QTest::ignoreMessage(QtWarningMsg,
                         "Another process announces a frame of 268435457 bytes: it is left");
    QTRY_COMPARE_WITH_TIMEOUT(end.ends, 1, 30'000);
    QCOMPARE(end.frames, QByteArrayList{"ok"});
    QVERIFY(!end.channel->isOpen());
}

QTSOCKETIO_TEST(tst_DescriptorChannel)

#include "tst_descriptorchannel.moc"
