// SPDX-License-Identifier: MIT
#ifndef METRICS_H
#define METRICS_H

#include <QtCore/qdatetime.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qlist.h>
#include <QtCore/qmetatype.h>

// What the machine did since the sample before. Members that the platform does not tell are -1.
struct Sample
{
    Q_GADGET
    Q_PROPERTY(QDateTime time MEMBER time)
    Q_PROPERTY(double cpu MEMBER cpu)
    Q_PROPERTY(double memory MEMBER memory)
    Q_PROPERTY(double received MEMBER received)
    Q_PROPERTY(double sent MEMBER sent)

public:
    QDateTime time;
    double cpu = -1;      // percent of all cores
    double memory = -1;   // percent in use
    double received = -1; // bytes in a second, by all network interfaces but the loopback
    double sent = -1;
};

// One core of the processor.
struct Core
{
    Q_GADGET
    Q_PROPERTY(QString name MEMBER name)
    Q_PROPERTY(double usage MEMBER usage)

public:
    QString name;
    double usage = 0; // percent
};

// Reads the machine's counters: from /proc on Linux; elsewhere only the load, where the system
// tells it.
class Metrics
{
public:
    Metrics();

    Sample sample();
    QList<Core> cores() const { return m_cores; } // of the last sample

private:
    struct CpuTimes
    {
        QByteArray name;
        double busy = 0;
        double all = 0;
    };
    static QList<CpuTimes> readCpuTimes();
    static double readMemory();
    static std::pair<double, double> readTraffic();

    QList<CpuTimes> m_cpuTimes;
    std::pair<double, double> m_traffic;
    QElapsedTimer m_sinceLast;
    QList<Core> m_cores;
};

#endif
