// SPDX-License-Identifier: MIT
#include "cluster/workerlink_p.h"

#include "cluster/refusal_p.h"
#include "socketio/cluster/clusterlogging_p.h"

#include <QtCore/qstringlist.h>

#include <fcntl.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

// How much may wait for a primary that does not read.
constexpr qsizetype MaxQueuedBytes = 64 * 1024 * 1024;

// The version of the messages between the processes. A primary may be older than its workers.
constexpr int ProtocolVersion = 1;

struct Environment
{
    bool isWorker = false;
    int descriptor = -1; // none if the primary speaks another version
    quint32 number = 0;
    int slot = 0;
    QString run;
};

// Taken out of the environment on first use, so that the worker's own child processes do not take
// it for theirs.
const Environment &environment()
{
    static const Environment read = [] {
        Environment result;
        const QByteArray name = WorkerLink::environmentName().toLatin1();
        result.isWorker = qEnvironmentVariableIsSet(name.constData());
        const QStringList parts = qEnvironmentVariable(name.constData()).split(u':');
        qunsetenv(name.constData());
        if (parts.size() != 5 || parts[4].toInt() != ProtocolVersion)
            return result;
        result.descriptor = parts[0].toInt();
        result.number = parts[1].toUInt();
        result.slot = parts[2].toInt();
        result.run = parts[3];
        if (::fcntl(result.descriptor, F_SETFD, FD_CLOEXEC) != 0)
            result.descriptor = -1;
        return result;
    }();
    return read;
}

} // namespace

QString WorkerLink::environmentName()
{
    return u"QTSOCKETIO_CLUSTER_WORKER"_s;
}

QString WorkerLink::environmentValue(int descriptor, quint32 number, int slot, const QString &run)
{
    return u"%1:%2:%3:%4:%5"_s.arg(descriptor).arg(number).arg(slot).arg(run).arg(ProtocolVersion);
}

bool WorkerLink::isWorker()
{
    return environment().isWorker;
}

bool WorkerLink::isUnderstood()
{
    return environment().descriptor >= 0;
}

std::shared_ptr<WorkerLink> WorkerLink::instance()
{
    if (!isUnderstood())
        return nullptr;
    // Kept alive by its users. The descriptor can be used only once.
    static std::weak_ptr<WorkerLink> present;
    static bool isTaken = false;
    if (std::shared_ptr<WorkerLink> link = present.lock())
        return link;
    if (std::exchange(isTaken, true))
        return nullptr;
    const Environment &from = environment();
    std::shared_ptr<WorkerLink> made(
        new WorkerLink(Descriptor(from.descriptor), from.number, from.slot, from.run));
    present = made;
    return made;
}

WorkerLink::WorkerLink(Descriptor socket, quint32 number, int slot, const QString &run)
    : m_channel(DescriptorChannel::make(std::move(socket), MaxQueuedBytes))
    , m_number(number)
    , m_slot(slot)
    , m_run(run)
{
}

void WorkerLink::passOn(Descriptor descriptor, const QByteArray &bytes)
{
    if (m_channel->sendOrLeave(quint8(Frame::PassOn), bytes, &descriptor))
        return;
    refuseConnection(std::move(descriptor), 503);
    if (m_channel->isOpen())
        warnOfDropped(u"A connection for another worker is refused"_s);
}

// Without bytes the connection is encrypted, and the client would not understand the answer.
void WorkerLink::refuse(Descriptor descriptor, const QByteArray &bytes)
{
    EngineIo::detail::warnIfDue(
        lcCluster(), m_refusedWarnings.take(),
        u"A connection is refused: the server of this worker is closed or deleted, or its "
        "ClusterWorker is. End the process, so that the primary starts another one."_s);
    if (!bytes.isEmpty())
        refuseConnection(std::move(descriptor), 503);
}

bool WorkerLink::sendBytes(Frame frame, const QByteArray &bytes)
{
    const bool sent = m_channel->send(quint8(frame), bytes);
    // The channel itself names a message that is too large.
    if (!sent && m_channel->isOpen() && bytes.size() <= DescriptorChannel::MaxFrameSize)
        warnOfDropped(u"Messages for other workers are dropped"_s);
    return sent;
}

void WorkerLink::warnOfDropped(const QString &what) const
{
    EngineIo::detail::warnIfDue(
        lcCluster(), m_dropWarnings.take(),
        u"%1: the primary does not read, and more than %2 MiB wait for it. Look for what keeps its "
        "event loop busy."_s.arg(what)
            .arg(MaxQueuedBytes / 1024 / 1024));
}

void WorkerLink::setObserver(WorkerLinkObserver *observer)
{
    m_observer = observer;
    if (observer)
        start();
}

void WorkerLink::start()
{
    if (std::exchange(m_isStarted, true))
        return;
    const std::weak_ptr<WorkerLink> weak = weak_from_this();
    m_channel->start(
        [weak](quint8 type, const QByteArray &bytes, Descriptor descriptor) {
            if (const std::shared_ptr<WorkerLink> self = weak.lock())
                self->received(Frame(type), bytes, std::move(descriptor));
        },
        [weak] {
            const std::shared_ptr<WorkerLink> self = weak.lock();
            if (!self)
                return;
            for (DescriptorChannel::Unsent &frame : self->m_channel->takeUnsent())
                refuseConnection(std::move(frame.descriptor), 503);
            if (self->m_observer)
                self->m_observer->primaryLost();
        });
}

void WorkerLink::addObserver(const QString &nsp, NamespaceLinkObserver *observer)
{
    m_observers.insert(nsp, observer);
}

void WorkerLink::removeObserver(const QString &nsp, NamespaceLinkObserver *observer)
{
    if (m_observers.value(nsp) == observer)
        m_observers.remove(nsp);
}

void WorkerLink::received(Frame frame, const QByteArray &bytes, Descriptor descriptor)
{
    switch (frame) {
    case Frame::Connection:
        if (!descriptor.isValid()) {
            EngineIo::detail::warnIfDue(
                lcCluster(), m_lostWarnings.take(),
                u"A connection is lost: this worker has too many open files. Raise the limit "
                "(ulimit -n, LimitNOFILE)."_s);
        } else if (m_observer) {
            m_observer->connectionReceived(std::move(descriptor), bytes);
        } else {
            refuse(std::move(descriptor), bytes);
        }
        return;
    case Frame::Workers: {
        QList<quint32> numbers;
        if (fromFrame(bytes, numbers) && m_observer)
            m_observer->workersChanged(numbers);
        return;
    }
    case Frame::Drain: {
        qint64 timeout = 0;
        if (fromFrame(bytes, timeout) && m_observer)
            m_observer->drainRequested(std::chrono::milliseconds(timeout));
        return;
    }
    case Frame::Ping:
        send(Frame::Pong);
        return;
    default:
        receivedInNamespace(frame, bytes);
    }
}

void WorkerLink::receivedInNamespace(Frame frame, const QByteArray &bytes)
{
    QString nsp;
    quint64 number = 0;
    switch (frame) {
    case Frame::Message: {
        QByteArray content;
        if (!fromFrame(bytes, nsp, number, content))
            return;
        if (number > 0)
            m_position = number;
        const std::optional<ClusterMessage> message = messageFromBytes(content);
        if (NamespaceLinkObserver *const observer = m_observers.value(nsp); observer && message)
            observer->messageReceived(*message, number);
        return;
    }
    case Frame::Own: {
        QString uid;
        quint64 sequence = 0;
        if (!fromFrame(bytes, nsp, number, uid, sequence))
            return;
        m_position = number;
        if (NamespaceLinkObserver *const observer = m_observers.value(nsp))
            observer->ownMessageOrdered(uid, sequence, number);
        return;
    }
    case Frame::Restored: {
        bool found = false;
        KeptSession kept;
        QList<std::pair<quint64, QByteArray>> messages;
        if (!fromFrame(bytes, nsp, number, found, kept, messages))
            return;
        if (NamespaceLinkObserver *const observer = m_observers.value(nsp))
            observer->sessionRestored(number, found, kept, messages);
        return;
    }
    case Frame::Stale: {
        QString sid;
        if (!fromFrame(bytes, nsp, sid))
            return;
        if (NamespaceLinkObserver *const observer = m_observers.value(nsp))
            observer->sessionStale(sid);
        return;
    }
    default:
        EngineIo::detail::warnIfDue(
            lcCluster(), m_unknownWarnings.take(),
            u"The primary has sent a message of an unknown type: %1"_s.arg(int(frame)));
    }
}

} // namespace SocketIo::detail
