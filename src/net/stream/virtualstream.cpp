// SPDX-License-Identifier: MIT
#include "net/stream/virtualstream_p.h"

#include "base/iocontext_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>

#include <utility>

namespace EngineIo::detail {

void StreamWaker::wake()
{
    const std::lock_guard lock(m_mutex);
    if (m_stream && !std::exchange(m_posted, true))
        QCoreApplication::postEvent(m_stream, new QEvent(QEvent::User));
}

VirtualStream::VirtualStream(IoContext &context, StreamPeer peer)
    : m_context(&context)
    , m_peer(std::move(peer))
{
    m_waker->m_stream = this;
}

VirtualStream::~VirtualStream()
{
    const std::lock_guard lock(m_waker->m_mutex);
    m_waker->m_stream = nullptr;
}

void VirtualStream::setObserver(StreamObserver *observer)
{
    m_observer = observer;
    if (observer)
        wake(); // input may have arrived before there was an observer
}

void VirtualStream::write(const QByteArray &data, qsizetype offset)
{
    m_output.append(QByteArrayView(data).sliced(offset));
}

void VirtualStream::setReading(bool enabled)
{
    if (std::exchange(m_reading, enabled) != enabled && enabled)
        wake();
}

void VirtualStream::attach(IoContext &context)
{
    m_context = &context;
    moveToThread(context.thread());
}

void VirtualStream::reportClosed(const QString &error)
{
    if (StreamObserver *const told = std::exchange(m_observer, nullptr))
        told->streamClosed(error);
}

bool VirtualStream::event(QEvent *event)
{
    if (event->type() != QEvent::User)
        return QObject::event(event);
    {
        const std::lock_guard lock(m_waker->m_mutex);
        m_waker->m_posted = false;
    }
    // In an event loop that the observer runs: the current report is finished first.
    if (std::exchange(m_working, true))
        return true;
    const IoContext::Scope scope(*m_context);
    work();
    m_working = false;
    return true;
}

} // namespace EngineIo::detail
