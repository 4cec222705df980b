// SPDX-License-Identifier: MIT
#include "engineio/server/serverstatistics_p.h"

#include "engineio/server/openmetrics_p.h"
#include "support/openmetrics.h"
#include "support/testmain.h"

#include <QtCore/qmetaobject.h>
#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

class tst_ServerStatistics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsEachReason();
    void addsWhatAnotherThreadHasCounted();
};

void tst_ServerStatistics::countsEachReason()
{
    ServerStatistics statistics;
    const auto reasons = QMetaEnum::fromType<CloseReason>();
    QCOMPARE(size_t(reasons.keyCount()), statistics.total.closed.size());
    for (int i = 0; i < reasons.keyCount(); ++i)
        statistics.total.closed.at(size_t(reasons.value(i))) = quint64(100 + i);
    const auto errors = QMetaEnum::fromType<ConnectionError>();
    QCOMPARE(size_t(errors.keyCount()), statistics.total.refusals.size());
    for (int i = 0; i < errors.keyCount(); ++i)
        statistics.total.refusals.at(size_t(errors.value(i))) = quint64(200 + i);

    OpenMetricsWriter writer;
    statistics.write(writer);
    const QByteArray text = writer.finish();
    for (int i = 0; i < reasons.keyCount(); ++i) {
        const QString reason = closeReasonText(CloseReason(reasons.value(i)));
        const QString line = u"engineio_sessions_closed_total{reason=\"%1\"} %2\n"_s;
        QVERIFY2(text.contains(line.arg(reason).arg(100 + i).toUtf8()), qPrintable(reason));
    }
    for (int i = 0; i < errors.keyCount(); ++i) {
        const QString line = u"engineio_requests_refused_total{code=\"%1\",message=\"%2\"} %3\n"_s;
        const QString error = connectionErrorText(ConnectionError(errors.value(i)));
        QVERIFY2(text.contains(line.arg(errors.value(i)).arg(error).arg(200 + i).toUtf8()),
                 qPrintable(error));
    }
}

void tst_ServerStatistics::addsWhatAnotherThreadHasCounted()
{
    ServerStatistics sum;
    ServerStatistics part;
    part.traffic = {1, 2};
    part.total.packetsSent = 3;
    part.total.closed.back() = 4;
    part.total.refusals.back() = 5;
    part.connections = 6; // which the server counts, and not its threads
    sum.add(part);
    sum.add(part);
    QCOMPARE(sum.traffic.bytesReceived, 2u);
    QCOMPARE(sum.traffic.bytesSent, 4u);
    QCOMPARE(sum.total.packetsSent, 6u);
    QCOMPARE(sum.total.closed.back(), 8u);
    QCOMPARE(sum.total.refusals.back(), 10u);
    QCOMPARE(sum.connections, 0u);
}

QTSOCKETIO_TEST(tst_ServerStatistics)

#include "tst_serverstatistics.moc"
