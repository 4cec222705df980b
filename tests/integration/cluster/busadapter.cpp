// SPDX-License-Identifier: MIT
#include "busadapter.h"

#include <SocketIo/Namespace>

using namespace SocketIo;

namespace {
QList<BusAdapter *> adapters;
} // namespace

BusAdapter::BusAdapter(Namespace *nsp, const ClusterOptions &options)
    : ClusterAdapter(nsp, options)
{
    adapters.append(this);
}

BusAdapter::~BusAdapter()
{
    adapters.removeOne(this);
}

QList<BusAdapter *> BusAdapter::all()
{
    return adapters;
}

void BusAdapter::receive(const ClusterMessage &message)
{
    std::optional<ClusterMessage> received = message;
    if (!message.hasBinary())
        received = ClusterMessage::fromJson(message.toJson());
    Q_ASSERT(received);
    QMetaObject::invokeMethod(
        this,
        [this, received] {
            if (!m_silent)
                handleMessage(*received);
        },
        Qt::QueuedConnection);
}

void BusAdapter::serverCount(const CountReply &reply)
{
    if (m_counts.isEmpty())
        ClusterAdapter::serverCount(reply);
    else
        reply(m_counts.size() > 1 ? m_counts.takeFirst() : m_counts.constFirst());
}

void BusAdapter::publishMessage(const ClusterMessage &message)
{
    if (m_silent)
        return;
    for (BusAdapter *adapter : std::as_const(adapters))
        adapter->receive(message);
}

void BusAdapter::publishResponse(const QString &requesterUid, const ClusterMessage &response)
{
    if (m_silent)
        return;
    for (BusAdapter *adapter : std::as_const(adapters)) {
        if (adapter->uid() == requesterUid)
            adapter->receive(response);
    }
}
