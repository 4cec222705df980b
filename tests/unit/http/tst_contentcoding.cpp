// SPDX-License-Identifier: MIT
#include "net/http/contentcoding_p.h"
#include "support/testmain.h"

#include <QtCore/qendian.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstandardpaths.h>
#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(EngineIo::detail::ContentCoding)

namespace {

// A zlib stream, given to qUncompress() with the length that it wants in front.
QByteArray inflate(const QByteArray &zlib, qsizetype size)
{
    QByteArray bytes(4, '\0');
    qToBigEndian(quint32(size), bytes.data());
    return qUncompress(bytes + zlib);
}

quint32 adler32(const QByteArray &data)
{
    quint32 low = 1;
    quint32 high = 0;
    for (const char byte : data) {
        low = (low + quint8(byte)) % 65521;
        high = (high + low) % 65521;
    }
    return (high << 16) | low;
}

} // namespace

class tst_ContentCoding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void negotiates_data();
    void negotiates();
    void identityKeepsTheContent();
    void contentComesBack_data();
    void contentComesBack();
    void gzipHasTheKnownChecksum();
    void gzipReadsIt();
    void repetitiveContentShrinks();
};

void tst_ContentCoding::negotiates_data()
{
    QTest::addColumn<QByteArray>("accept");
    QTest::addColumn<ContentCoding>("coding");
    const auto row = [](const char *accept, ContentCoding coding) {
        QTest::newRow(accept) << QByteArray(accept) << coding;
    };
    row("", ContentCoding::Identity);
    row("identity", ContentCoding::Identity);
    row("br", ContentCoding::Identity);
    row("gzip", ContentCoding::Gzip);
    row("GZip", ContentCoding::Gzip);
    row("x-gzip", ContentCoding::Gzip);
    row("deflate", ContentCoding::Deflate);
    row("gzip, deflate, br, zstd", ContentCoding::Gzip);
    row("deflate, gzip", ContentCoding::Gzip);
    row("deflate,gzip;q=0.9", ContentCoding::Deflate);
    row("gzip;q=0.5, deflate;q=0.501", ContentCoding::Deflate);
    row("gzip;q=0, deflate", ContentCoding::Deflate);
    row("gzip;q=0", ContentCoding::Identity);
    row("gzip;q=0.000", ContentCoding::Identity);
    row("gzip;q=0.001", ContentCoding::Gzip);
    row("gzip ; Q=1.000 , deflate", ContentCoding::Gzip);
    row("*", ContentCoding::Gzip);
    row("*;q=0", ContentCoding::Identity);
    row("gzip;q=0, *", ContentCoding::Deflate);
    row("*;q=0, deflate", ContentCoding::Deflate);
    row("identity, gzip;q=0.5", ContentCoding::Identity);
    row("identity;q=0.5, gzip;q=0.5", ContentCoding::Gzip);
    row("identity;q=0, gzip;q=0.5", ContentCoding::Gzip);
    row("gzip;q=1.001", ContentCoding::Identity);
    row("gzip;q=", ContentCoding::Identity);
    row("gzip;q=-1", ContentCoding::Identity);
    row("gzip;q=0.1234", ContentCoding::Identity);
    row("gzip;q=x, deflate", ContentCoding::Deflate);
    row("gzip;level=9", ContentCoding::Gzip);
    row(",,;;,gzip,", ContentCoding::Gzip);
    row("gzipped", ContentCoding::Identity);
}

void tst_ContentCoding::negotiates()
{
    QFETCH(QByteArray, accept);
    QTEST(negotiateCoding(accept), "coding");
}

void tst_ContentCoding::identityKeepsTheContent()
{
    QCOMPARE(encodeContent(ContentCoding::Identity, "abc"_ba), "abc"_ba);
}

void tst_ContentCoding::contentComesBack_data()
{
    QTest::addColumn<QByteArray>("content");
    QByteArray allBytes;
    for (unsigned i = 0; i < 100'000; ++i)
        allBytes.append(char((i * i) >> 3));
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("one byte") << "a"_ba;
    QTest::newRow("text") << QByteArray("42[\"message\",\"hello\"]\x1e").repeated(100);
    QTest::newRow("zeros") << QByteArray(1'000'000, '\0');
    QTest::newRow("bytes of all kinds") << allBytes;
}

void tst_ContentCoding::contentComesBack()
{
    QFETCH(QByteArray, content);

    const QByteArray zlib = encodeContent(ContentCoding::Deflate, content);
    QCOMPARE(inflate(zlib, content.size()), content);
    QCOMPARE(qFromBigEndian<quint32>(zlib.last(4).constData()), adler32(content));

    const QByteArray gzip = encodeContent(ContentCoding::Gzip, content);
    QCOMPARE(gzip.first(10), "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"_ba);
    QCOMPARE(qFromLittleEndian<quint32>(gzip.last(4).constData()), quint32(content.size()));
    QByteArray adler(4, '\0');
    qToBigEndian(adler32(content), adler.data());
    const QByteArray raw = gzip.sliced(10).chopped(8);
    QCOMPARE(inflate("\x78\x9c"_ba + raw + adler, content.size()), content);
}

// The check value that CRC-32 is published with.
void tst_ContentCoding::gzipHasTheKnownChecksum()
{
    const QByteArray gzip = encodeContent(ContentCoding::Gzip, "123456789"_ba);
    QCOMPARE(qFromLittleEndian<quint32>(gzip.last(8).constData()), 0xcbf43926u);
    const QByteArray empty = encodeContent(ContentCoding::Gzip, {});
    QCOMPARE(qFromLittleEndian<quint32>(empty.last(8).constData()), 0u);
}

void tst_ContentCoding::gzipReadsIt()
{
    const QString program = QStandardPaths::findExecutable(u"gzip"_s);
    if (program.isEmpty())
        QSKIP("There is no gzip to read it with.");
    for (const QByteArray &content : {QByteArray(""), QByteArray("hello").repeated(1000)}) {
        QProcess gzip;
        gzip.start(program, {u"-dc"_s});
        gzip.write(encodeContent(ContentCoding::Gzip, content));
        gzip.closeWriteChannel();
        QVERIFY(gzip.waitForFinished());
        QCOMPARE(gzip.exitCode(), 0);
        QCOMPARE(gzip.readAllStandardError(), QByteArray());
        QCOMPARE(gzip.readAllStandardOutput(), content);
    }
}

void tst_ContentCoding::repetitiveContentShrinks()
{
    const QByteArray content = QByteArray("hello").repeated(1000);
    QVERIFY(encodeContent(ContentCoding::Deflate, content).size() < content.size() / 10);
    QVERIFY(encodeContent(ContentCoding::Gzip, content).size() < content.size() / 10);
}

QTSOCKETIO_TEST(tst_ContentCoding)
#include "tst_contentcoding.moc"
