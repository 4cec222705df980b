// SPDX-License-Identifier: MIT
#include "processes.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>

#include <algorithm>
#if defined(Q_OS_UNIX)
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace {

#if defined(Q_OS_UNIX)
const double TicksPerSecond = double(::sysconf(_SC_CLK_TCK));
const double PageSize = double(::sysconf(_SC_PAGESIZE));
#else
constexpr double TicksPerSecond = 100;
constexpr double PageSize = 4096;
#endif

// "pid (name) state ...": the name may hold spaces and parentheses. Answers the seconds of the
// processor that it has had; less than 0: it has ended.
double readProcess(Process *process)
{
    QFile file(u"/proc/%1/stat"_s.arg(process->pid));
    if (!file.open(QIODevice::ReadOnly))
        return -1;
    const QByteArray line = file.readAll();
    const qsizetype nameAt = line.indexOf('(') + 1;
    const qsizetype nameEnd = line.lastIndexOf(')');
    if (nameAt == 0 || nameEnd < nameAt)
        return -1;
    process->name = QString::fromUtf8(line.sliced(nameAt, nameEnd - nameAt));
    const QList<QByteArray> fields = line.sliced(nameEnd + 1).simplified().split(' ');
    process->memory = fields.value(21).toDouble() * PageSize;
    return (fields.value(11).toDouble() + fields.value(12).toDouble()) / TicksPerSecond;
}

} // namespace

QList<Process> Processes::busiest(int count)
{
    const double passed = m_sinceLast.isValid() ? double(m_sinceLast.restart()) / 1000 : 0;
    if (!m_sinceLast.isValid())
        m_sinceLast.start();
    QHash<int, double> seconds;
    QList<Process> all;
    const QStringList names = QDir(u"/proc"_s).entryList(QDir::Dirs);
    for (const QString &name : names) {
        Process process;
        process.pid = name.toInt();
        const double used = process.pid > 0 ? readProcess(&process) : -1;
        // Threads of the kernel have no memory.
        if (used < 0 || process.memory <= 0)
            continue;
        const double before = m_seconds.value(process.pid); // 0: it is new
        process.cpu = passed > 0 ? std::max(0.0, 100 * (used - before) / passed) : 0;
        seconds.insert(process.pid, used);
        all.append(process);
    }
    m_seconds = seconds;
    if (all.isEmpty())
        return all;
    std::sort(all.begin(), all.end(), [](const Process &a, const Process &b) {
        return a.cpu != b.cpu ? a.cpu > b.cpu : a.memory > b.memory;
    });
    all.resize(count);
    for (int rank = 0; rank < count; ++rank)
        all[rank].rank = rank;
    return all;
}
