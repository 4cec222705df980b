// SPDX-License-Identifier: MIT
#include "metrics.h"

#include <QtCore/qfile.h>
#include <QtCore/qthread.h>

#include <algorithm>
#include <cstdlib>

using namespace Qt::StringLiterals;

namespace {

QList<QByteArray> linesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().split('\n') : QList<QByteArray>();
}

double percent(double part, double all)
{
    return all > 0 ? std::clamp(100 * part / all, 0.0, 100.0) : 0;
}

double loadPercent()
{
#if defined(Q_OS_UNIX)
    double load = 0;
    if (::getloadavg(&load, 1) == 1)
        return percent(load, QThread::idealThreadCount());
#endif
    return -1;
}

} // namespace

Metrics::Metrics()
{
    sample();
}

Sample Metrics::sample()
{
    const QList<CpuTimes> cpuTimes = readCpuTimes();
    const std::pair<double, double> traffic = readTraffic();
    const double seconds = m_sinceLast.isValid() ? double(m_sinceLast.restart()) / 1000 : 0;
    Sample sample;
    sample.time = QDateTime::currentDateTimeUtc();
    sample.memory = readMemory();
    sample.cpu = loadPercent();
    if (seconds > 0) {
        m_cores.clear();
        for (qsizetype i = 0; i < qMin(cpuTimes.size(), m_cpuTimes.size()); ++i) {
            const double usage =
                percent(cpuTimes[i].busy - m_cpuTimes[i].busy, cpuTimes[i].all - m_cpuTimes[i].all);
            if (cpuTimes[i].name == "cpu")
                sample.cpu = usage;
            else
                m_cores.append({QString::fromLatin1(cpuTimes[i].name), usage});
        }
        if (traffic.first >= 0) {
            sample.received = qMax(0.0, traffic.first - m_traffic.first) / seconds;
            sample.sent = qMax(0.0, traffic.second - m_traffic.second) / seconds;
        }
    } else {
        m_sinceLast.start();
    }
    m_cpuTimes = cpuTimes;
    m_traffic = traffic;
    return sample;
}

// "cpu0 user nice system idle iowait ...", and "cpu" for the sum.
QList<Metrics::CpuTimes> Metrics::readCpuTimes()
{
    QList<CpuTimes> result;
    const QList<QByteArray> lines = linesOf(u"/proc/stat"_s);
    for (const QByteArray &line : lines) {
        if (!line.startsWith("cpu"))
            continue;
        const QList<QByteArray> fields = line.simplified().split(' ');
        CpuTimes times{fields.constFirst()};
        for (qsizetype i = 1; i < qMin(fields.size(), qsizetype(9)); ++i)
            times.all += fields.at(i).toDouble();
        times.busy = times.all - fields.value(4).toDouble() - fields.value(5).toDouble();
        result.append(times);
    }
    return result;
}

double Metrics::readMemory()
{
    double total = 0;
    double available = 0;
    const QList<QByteArray> lines = linesOf(u"/proc/meminfo"_s);
    for (const QByteArray &line : lines) {
        const double value = line.simplified().split(' ').value(1).toDouble();
        if (line.startsWith("MemTotal:"))
            total = value;
        else if (line.startsWith("MemAvailable:"))
            available = value;
    }
    return total > 0 ? percent(total - available, total) : -1;
}

// "eth0: received-bytes ... (8 fields) sent-bytes ...".
std::pair<double, double> Metrics::readTraffic()
{
    std::pair<double, double> sum{-1, -1};
    const QList<QByteArray> lines = linesOf(u"/proc/net/dev"_s);
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        if (colon < 0 || line.first(colon).trimmed() == "lo")
            continue;
        const QList<QByteArray> fields = line.sliced(colon + 1).simplified().split(' ');
        sum.first = qMax(0.0, sum.first) + fields.value(0).toDouble();
        sum.second = qMax(0.0, sum.second) + fields.value(8).toDouble();
    }
    return sum;
}
