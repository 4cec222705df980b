// SPDX-License-Identifier: MIT
#ifndef BUSADAPTER_H
#define BUSADAPTER_H

#include <SocketIo/ClusterAdapter>

#include <QtCore/qlist.h>
#include <QtCore/qset.h>

// Carries messages between the servers of one process, as JSON where that is possible, by way of
// the event loop.
class BusAdapter final : public SocketIo::ClusterAdapter
{
public:
    BusAdapter(SocketIo::Namespace *nsp, const SocketIo::ClusterOptions &options);
    ~BusAdapter() override;

    // Of the main namespace of each server, in the order in which they were made.
    static QList<BusAdapter *> all();
    // A server that has crashed: it neither sends nor receives.
    void setSilent(bool silent) { m_silent = silent; }
    // What it says of the number of servers from now on, without counting: one after the other, and
    // then the last one.
    void setServerCounts(const QList<int> &counts) { m_counts = counts; }
    void receive(const SocketIo::ClusterMessage &message);
    void serverCount(const CountReply &reply) override;

protected:
    void publishMessage(const SocketIo::ClusterMessage &message) override;
    void publishResponse(const QString &requesterUid,
                         const SocketIo::ClusterMessage &response) override;

private:
    bool m_silent = false;
    QList<int> m_counts;
};

#endif
