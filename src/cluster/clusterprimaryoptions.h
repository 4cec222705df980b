// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERPRIMARYOPTIONS_H
#define SOCKETIO_CLUSTERPRIMARYOPTIONS_H

#include <SocketIo/clusterglobal.h>

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <chrono>

namespace SocketIo {

struct ClusterPrimaryOptions
{
    // How the worker for a new client is selected.
    enum class Balancing {
        LeastConnections,
        RoundRobin,
        Random,
    };

    int workerCount = 0; // 0: as many as there are processors
    Balancing balancing = Balancing::LeastConnections;
    QString program;       // of the workers; this one if empty
    QStringList arguments; // with program
    std::chrono::milliseconds startTimeout{30000};
    std::chrono::milliseconds restartDelay{100};
    std::chrono::milliseconds restartDelayMax{10000};
    std::chrono::milliseconds responseTimeout{30000}; // 0: no limit
    std::chrono::milliseconds drainTimeout{30000};
    std::chrono::milliseconds requestTimeout{10000}; // 0: no limit
    int maxIncomingConnections = 1000;               // whose first request has not come
    qsizetype maxQueuedBytes = 64 * 1024 * 1024;     // for a worker that does not read
    int maxSessions = 100'000;                       // kept for recovery
    qsizetype maxLogSize = 64 * 1024 * 1024;         // bytes of events kept for recovery
};

} // namespace SocketIo

#endif
