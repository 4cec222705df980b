// SPDX-License-Identifier: MIT
#ifndef PROCESSES_H
#define PROCESSES_H

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>

// A process among those that use the processor most.
struct Process
{
    Q_GADGET
    Q_PROPERTY(int rank MEMBER rank)
    Q_PROPERTY(int pid MEMBER pid)
    Q_PROPERTY(QString name MEMBER name)
    Q_PROPERTY(double cpu MEMBER cpu)
    Q_PROPERTY(double memory MEMBER memory)

public:
    int rank = 0; // from 0
    int pid = 0;  // 0: there are fewer processes than ranks
    QString name;
    double cpu = 0;    // percent of one core since the time before
    double memory = 0; // bytes that are resident
};

// Reads the machine's processes from /proc; elsewhere there are none.
class Processes
{
public:
    // The busiest, always as many as that, or none at all.
    QList<Process> busiest(int count);

private:
    QHash<int, double> m_seconds; // of the processor, by the pid
    QElapsedTimer m_sinceLast;
};

#endif
