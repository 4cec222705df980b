// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_WORKERPROCESS_P_H
#define SOCKETIO_WORKERPROCESS_P_H

#include "base/warninglimit_p.h"
#include "cluster/clusterframes_p.h"
#include "cluster/descriptorchannel_p.h"

#include <SocketIo/clusterprimary.h>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtimer.h>

#include <memory>

namespace SocketIo::detail {

class WorkerProcess;

// Receives news about one worker.
class WorkerProcessObserver
{
public:
    virtual void workerReady(WorkerProcess *worker) = 0;
    // A frame that is not about the worker itself.
    virtual void frameReceived(WorkerProcess *worker, Frame frame, const QByteArray &bytes,
                               Descriptor descriptor) = 0;
    // The process gets no frames any more: it is gone, or soon will be.
    virtual void workerDisconnected(WorkerProcess *worker) = 0;
    // The process is gone, or could not be started.
    virtual void workerEnded(WorkerProcess *worker, const QString &reason) = 0;

protected:
    ~WorkerProcessObserver() = default;
};

// One worker process, in the primary.
class WorkerProcess : public QObject
{
public:
    using State = ClusterPrimary::WorkerState;

    WorkerProcess(quint32 number, int slot, WorkerProcessObserver *observer);
    ~WorkerProcess() override;

    void start(const ClusterPrimaryOptions &options, const QString &program,
               const QStringList &arguments, const QString &run);
    void drain(std::chrono::milliseconds timeout);
    // Checks whether the process responds, and kills it if it has not responded for timeout. To be
    // called from time to time.
    void check(std::chrono::milliseconds timeout);

    quint32 number() const { return m_number; }
    int slot() const { return m_slot; }
    qint64 processId() const { return m_processId; }
    State state() const { return m_state; }
    // Whether frames can be sent to the process.
    bool isConnected() const { return m_channel && m_channel->isOpen(); }
    // Whether it gets new clients.
    bool isServing() const { return m_state == State::Serving && isConnected(); }
    std::chrono::milliseconds age() const { return std::chrono::milliseconds(m_age.elapsed()); }
    // How many sessions the worker has, or will soon have.
    qint64 load() const { return m_sessions + qint64(m_given - m_counted); }
    int sessions() const { return m_sessions; }

    template<typename... Values>
    bool send(Frame frame, const Values &...values)
    {
        return sendBytes(frame, toFrame(values...));
    }
    bool sendBytes(Frame frame, const QByteArray &bytes);
    enum class Client { New, Known };
    // Returns false, and leaves the descriptor to the caller, if too much waits for the worker.
    bool give(Descriptor *descriptor, const QByteArray &bytes, Client client);

private:
    void frameReceived(Frame frame, const QByteArray &bytes, Descriptor descriptor);
    void ready();
    void readLoad(const QByteArray &bytes);
    void disconnected();
    void ended(const QString &reason);

    const quint32 m_number;
    const int m_slot;
    WorkerProcessObserver *const m_observer;
    QProcess m_process;
    qint64 m_processId = 0; // kept when it has ended
    std::shared_ptr<DescriptorChannel> m_channel;
    State m_state = State::Starting;
    QTimer m_timer; // until the worker has to be ready, or gone
    QElapsedTimer m_age;
    QElapsedTimer m_asked; // since it was asked whether it responds
    bool m_isAsked = false;
    int m_checks = 0; // since m_asked
    int m_checksDisconnected = 0;
    QString m_reason; // why it was killed
    int m_sessions = 0;
    quint64 m_given = 0;   // connections of new clients
    quint64 m_counted = 0; // those of m_given that m_sessions includes
    EngineIo::detail::WarningLimit m_dropWarnings;
    bool m_isEnded = false;
};

} // namespace SocketIo::detail

#endif
