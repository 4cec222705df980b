// SPDX-License-Identifier: MIT
#ifndef METRICSSERVER_H
#define METRICSSERVER_H

#include "metrics.h"
#include "processes.h"

#include <SocketIo/Server>

#include <QtCore/qtimer.h>

// Sends what the machine does to everybody: "sample" and "cores" twice in a second, "processes"
// every other second; and to those who come "history" and the rest as it is.
class MetricsServer : public QObject
{
    Q_OBJECT

public:
    explicit MetricsServer(SocketIo::Server *io);

private:
    void measure();
    void measureProcesses();

    SocketIo::Server *m_io;
    Metrics m_metrics;
    Processes m_processes;
    QList<Sample> m_history;
    QList<Process> m_busiest;
    QTimer m_timer;
    QTimer m_processesTimer;
};

#endif
