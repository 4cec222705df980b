// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_WORKERLINK_P_H
#define SOCKETIO_WORKERLINK_P_H

#include "base/warninglimit_p.h"
#include "cluster/clusterframes_p.h"
#include "cluster/descriptorchannel_p.h"

#include <QtCore/qhash.h>

#include <memory>

namespace SocketIo::detail {

// Receives what concerns one namespace.
class NamespaceLinkObserver
{
public:
    virtual void messageReceived(const ClusterMessage &message, quint64 number) = 0;
    // uid is that of the adapter which has published the message, sequence what it has given with it.
    virtual void ownMessageOrdered(const QString &uid, quint64 sequence, quint64 number) = 0;
    virtual void sessionRestored(quint64 request, bool found, const KeptSession &kept,
                                 const QList<std::pair<quint64, QByteArray>> &messages) = 0;
    virtual void sessionStale(const QString &sid) = 0;

protected:
    ~NamespaceLinkObserver() = default;
};

// Receives what concerns the process.
class WorkerLinkObserver
{
public:
    virtual void connectionReceived(Descriptor descriptor, const QByteArray &bytes) = 0;
    virtual void workersChanged(const QList<quint32> &numbers) = 0;
    virtual void drainRequested(std::chrono::milliseconds timeout) = 0;
    virtual void primaryLost() = 0;

protected:
    ~WorkerLinkObserver() = default;
};

// A worker's end of the connection to its primary. It lives in the thread that first asks for it.
class SOCKETIO_CLUSTER_AUTOTEST_EXPORT WorkerLink : public QObject,
                                                    public std::enable_shared_from_this<WorkerLink>
{
public:
    static bool isWorker();
    // Whether the primary speaks this version of the messages between processes.
    static bool isUnderstood();
    // Returns null in a process that was not started by a primary that is understood.
    static std::shared_ptr<WorkerLink> instance();
    // The environment variable that makes a process a worker.
    static QString environmentName();
    static QString environmentValue(int descriptor, quint32 number, int slot, const QString &run);

    quint32 number() const { return m_number; }
    int slot() const { return m_slot; }
    QString offsetOf(quint64 number) const { return detail::offsetOf(m_run, number); }
    // The number of the last message received.
    quint64 position() const { return m_position; }

    template<typename... Values>
    bool send(Frame frame, const Values &...values)
    {
        return sendBytes(frame, toFrame(values...));
    }
    // Answers the client itself if the primary does not read.
    void passOn(Descriptor descriptor, const QByteArray &bytes);
    // Answers the client of a connection that nobody here serves.
    void refuse(Descriptor descriptor, const QByteArray &bytes);
    bool isOpen() const { return m_channel->isOpen(); }
    void flush() { m_channel->flush(std::chrono::seconds(5)); }

    void setObserver(WorkerLinkObserver *observer);
    void addObserver(const QString &nsp, NamespaceLinkObserver *observer);
    void removeObserver(const QString &nsp, NamespaceLinkObserver *observer);

private:
    WorkerLink(Descriptor socket, quint32 number, int slot, const QString &run);
    bool sendBytes(Frame frame, const QByteArray &bytes);
    void warnOfDropped(const QString &what) const;
    void start();
    void received(Frame frame, const QByteArray &bytes, Descriptor descriptor);
    void receivedInNamespace(Frame frame, const QByteArray &bytes);

    std::shared_ptr<DescriptorChannel> m_channel;
    const quint32 m_number;
    const int m_slot;
    const QString m_run;
    quint64 m_position = 0;
    bool m_isStarted = false;
    WorkerLinkObserver *m_observer = nullptr;
    QHash<QString, NamespaceLinkObserver *> m_observers; // by namespace
    // Clients can cause the first two kinds, by their number.
    EngineIo::detail::WarningLimit m_lostWarnings;
    EngineIo::detail::WarningLimit m_refusedWarnings;
    EngineIo::detail::WarningLimit m_unknownWarnings;
    EngineIo::detail::WarningLimit m_dropWarnings;
};

} // namespace SocketIo::detail

#endif
