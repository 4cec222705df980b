// SPDX-License-Identifier: MIT
#include "engineio/server/openmetrics_p.h"

#include "support/openmetrics.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

class tst_OpenMetrics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesFamilies();
    void escapesLabels();
};

void tst_OpenMetrics::writesFamilies()
{
    OpenMetricsWriter writer;
    writer.begin(OpenMetricsWriter::Type::Counter, "a_bytes", "Bytes.", "bytes");
    writer.add(quint64(18446744073709551615u), {{"direction", "in"}, {"kind", "x"}});
    writer.begin(OpenMetricsWriter::Type::Gauge, "b_seconds", "A time.", "seconds");
    writer.add(0.00025);
    const QByteArray text = writer.finish();
    QCOMPARE(text,
             "# TYPE a_bytes counter\n"
             "# UNIT a_bytes bytes\n"
             "# HELP a_bytes Bytes.\n"
             "a_bytes_total{direction=\"in\",kind=\"x\"} 18446744073709551615\n"
             "# TYPE b_seconds gauge\n"
             "# UNIT b_seconds seconds\n"
             "# HELP b_seconds A time.\n"
             "b_seconds 0.00025\n"
             "# EOF\n"_ba);
    const OpenMetrics read(text);
    QCOMPARE(read.error, QString());
    QCOMPARE(read.samples.value(u"b_seconds"_s), 0.00025);
}

void tst_OpenMetrics::escapesLabels()
{
    OpenMetricsWriter writer;
    writer.begin(OpenMetricsWriter::Type::Gauge, "a", "One\\two\nthree.");
    writer.add(1.0, {{"name", "a\"b\\c\nd"}});
    const QByteArray text = writer.finish();
    QVERIFY(text.contains("# HELP a One\\\\two\\nthree.\n"));
    QVERIFY(text.contains("a{name=\"a\\\"b\\\\c\\nd\"} 1\n"));
    QCOMPARE(OpenMetrics(text).error, QString());
}

QTSOCKETIO_TEST(tst_OpenMetrics)

#include "tst_openmetrics.moc"
