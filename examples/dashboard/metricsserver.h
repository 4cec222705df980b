// SPDX-License-Identifier: MIT
#ifndef METRICSSERVER_H
#define METRICSSERVER_H

#include "metrics.h"

#include <SocketIo/Server>

#include <QtCore/qtimer.h>

// Sends what the machine does to everybody: "sample" and "cores" in every interval, and "history"
// to those who come.
class MetricsServer : public QObject
{
    Q_OBJECT

public:
    explicit MetricsServer(SocketIo::Server *io);

private:
    void measure();

    SocketIo::Server *m_io;
    Metrics m_metrics;
    QList<Sample> m_history;
    QTimer m_timer;
};

#endif
