// SPDX-License-Identifier: MIT
#include "cluster/workerprocess_p.h"

#include "base/timelimits_p.h"
#include "cluster/workerlink_p.h"
#include "socketio/cluster/clusterlogging_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qpointer.h>
#include <QtCore/qprocess.h>

#include <utility>

#include <fcntl.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::detail::timerTime;

namespace {

// How long a worker that was asked to end may take beyond the time for its clients.
constexpr std::chrono::milliseconds EndTimeout = 5s;
// While the machine sleeps, time passes in which a worker cannot respond either.
constexpr int MinChecks = 4;

} // namespace

WorkerProcess::WorkerProcess(quint32 number, int slot, WorkerProcessObserver *observer)
    : m_number(number)
    , m_slot(slot)
    , m_observer(observer)
{
    m_process.setProcessChannelMode(QProcess::ForwardedChannels);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_reason = m_state == State::Starting
            ? u"it was not ready in time (ClusterPrimaryOptions::startTimeout)"_s
            : u"it did not end in time"_s;
        m_process.kill();
    });
    // Queued, and not called from within QProcess: the observer deletes this object.
    connect(
        &m_process, &QProcess::finished, this,
        [this](int code, QProcess::ExitStatus status) {
            ended(status == QProcess::CrashExit ? u"it crashed or was killed"_s
                                                : u"it ended with %1"_s.arg(code));
        },
        Qt::QueuedConnection);
    connect(
        &m_process, &QProcess::errorOccurred, this,
        [this](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart)
                ended(m_process.errorString());
        },
        Qt::QueuedConnection);
    connect(&m_process, &QProcess::started, this, [this] { m_processId = m_process.processId(); });
}

WorkerProcess::~WorkerProcess()
{
    m_isEnded = true;
    if (m_channel)
        m_channel->close();
    if (m_process.state() != QProcess::NotRunning) {
        m_process.disconnect(this); // nothing is reported any more
        m_process.kill();
        m_process.waitForFinished();
    }
}

void WorkerProcess::start(const ClusterPrimaryOptions &options, const QString &program,
                          const QStringList &arguments, const QString &run)
{
    Descriptor ours;
    Descriptor theirs;
    m_age.start();
    if (!DescriptorChannel::makePair(&ours, &theirs)) {
        const QString reason = qt_error_string();
        QMetaObject::invokeMethod(
            this, [this, reason] { ended(reason); }, Qt::QueuedConnection);
        return;
    }
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(WorkerLink::environmentName(),
                       WorkerLink::environmentValue(theirs.number(), m_number, m_slot, run));
    m_process.setProcessEnvironment(environment);
    // For this child alone: the application may be starting other processes.
    m_process.setChildProcessModifier([number = theirs.number()] { ::fcntl(number, F_SETFD, 0); });
    m_channel = DescriptorChannel::make(std::move(ours), options.maxQueuedBytes);
    m_channel->start(
        [guard = QPointer<WorkerProcess>(this)](quint8 type, const QByteArray &bytes,
                                                Descriptor descriptor) {
            if (guard)
                guard->frameReceived(Frame(type), bytes, std::move(descriptor));
        },
        [guard = QPointer<WorkerProcess>(this)] {
            if (guard)
                guard->disconnected(); // QProcess reports the end of the process
        });
    m_timer.start(timerTime(options.startTimeout));
    m_process.start(program, arguments);
    // The id is known at once, and a quick worker may be ready before started() is emitted.
    m_processId = m_process.processId();
    qCDebug(lcCluster) << "Worker" << m_number << "in place" << m_slot << "is started:" << program;
}

void WorkerProcess::frameReceived(Frame frame, const QByteArray &bytes, Descriptor descriptor)
{
    switch (frame) {
    case Frame::Ready:
        ready();
        break;
    case Frame::Load:
        readLoad(bytes);
        break;
    case Frame::Pong:
        m_isAsked = false;
        break;
    default:
        m_observer->frameReceived(this, frame, bytes, std::move(descriptor));
    }
}

void WorkerProcess::ready()
{
    if (m_state != State::Starting)
        return; // it has been asked to end already
    m_timer.stop();
    m_state = State::Serving;
    m_observer->workerReady(this);
}

void WorkerProcess::readLoad(const QByteArray &bytes)
{
    qint32 sessions = 0;
    quint64 connections = 0;
    if (!fromFrame(bytes, sessions, connections))
        return;
    m_sessions = sessions;
    m_counted = std::min(connections, m_given);
}

void WorkerProcess::drain(std::chrono::milliseconds timeout)
{
    m_state = State::Draining;
    m_timer.start(timerTime(timerTime(timeout) + EndTimeout));
    send(Frame::Drain, qint64(timeout.count()));
}

void WorkerProcess::check(std::chrono::milliseconds timeout)
{
    if (m_state == State::Serving && !isConnected() && ++m_checksDisconnected == MinChecks) {
        qCWarning(lcCluster).noquote()
            << u"The worker %1 has closed its connection to the primary, but has not ended: it "
               "gets no clients. End it, so that the primary starts another one."_s.arg(
                   m_processId);
    }
    if (m_state == State::Starting || timeout <= 0ms)
        return;
    if (!m_isAsked) {
        m_isAsked = true;
        m_checks = 0;
        m_asked.start();
        send(Frame::Ping);
    } else if (++m_checks >= MinChecks && m_asked.hasExpired(timeout.count())) {
        m_reason = u"it did not respond (ClusterPrimaryOptions::responseTimeout)"_s;
        m_process.kill();
    }
}

// What the process has not got goes to other workers, as if it had passed it on.
void WorkerProcess::disconnected()
{
    m_observer->workerDisconnected(this);
    for (DescriptorChannel::Unsent &frame : m_channel->takeUnsent())
        m_observer->frameReceived(this, Frame::PassOn, frame.bytes, std::move(frame.descriptor));
}

void WorkerProcess::ended(const QString &reason)
{
    if (std::exchange(m_isEnded, true))
        return;
    m_timer.stop();
    if (isConnected()) {
        m_channel->close();
        disconnected();
    }
    m_observer->workerEnded(this, m_reason.isEmpty() ? reason : m_reason);
}

bool WorkerProcess::sendBytes(Frame frame, const QByteArray &bytes)
{
    const bool sent = m_channel && m_channel->send(quint8(frame), bytes);
    // The channel itself names a message that is too large.
    if (!sent && m_channel && m_channel->isOpen()
        && bytes.size() <= DescriptorChannel::MaxFrameSize) {
        EngineIo::detail::warnIfDue(
            lcCluster(), m_dropWarnings.take(),
            u"Messages for the worker %1 are dropped: it does not read, and more than "
            "ClusterPrimaryOptions::maxQueuedBytes wait for it. Look for what keeps its event loop "
            "busy."_s.arg(m_processId));
    }
    return sent;
}

bool WorkerProcess::give(Descriptor *descriptor, const QByteArray &bytes, Client client)
{
    if (!m_channel || !m_channel->sendOrLeave(quint8(Frame::Connection), bytes, descriptor))
        return false;
    if (client == Client::New)
        ++m_given;
    return true;
}

} // namespace SocketIo::detail
