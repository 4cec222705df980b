// SPDX-License-Identifier: MIT
#include "engineio/server/relay_p.h"

#include "engineio/server/ioworker_p.h"

namespace EngineIo::detail {

namespace {

// What may be on its way to the session's thread before the stream is no longer read from.
constexpr qsizetype MaxUnread = 256 * 1024; // bytes

void post(const RelayThread &thread, std::function<void(IoContext &)> &&function)
{
    thread.queue->post([weak = thread.worker, function = std::move(function)] {
        const std::shared_ptr<IoWorker> self = weak.lock();
        if (!self)
            return;
        const IoContext::Scope scope(self->context());
        function(self->context());
    });
}

} // namespace

RelayThread::RelayThread(IoWorker &owner)
    : worker(owner.weak_from_this())
    , queue(owner.bridge().ioQueue())
{
}

void RelayThreads::tellOrigin(std::function<void(IoContext &)> function) const
{
    post(origin, std::move(function));
}

void RelayThreads::tellTarget(std::function<void(IoContext &)> function) const
{
    post(target, std::move(function));
}

// A request

void RelayedExchange::start(const RelayThreads &threads,
                            const std::shared_ptr<RequestExchange> &original)
{
    if (original->request().method() != "POST") {
        pass(threads, original, 0);
        return;
    }
    // The session is known, so it is its body.
    original->receiveBody(BodyOwner::Session,
                          [threads, weak = std::weak_ptr(original)](int status) {
                              if (const std::shared_ptr<RequestExchange> exchange = weak.lock())
                                  pass(threads, exchange, status);
                          });
}

void RelayedExchange::pass(const RelayThreads &threads,
                           const std::shared_ptr<RequestExchange> &original, int bodyStatus)
{
    auto relayed = std::make_shared<RelayedExchange>(threads, original, bodyStatus);
    original->setAbortHandler([threads, weak = std::weak_ptr(relayed)] {
        threads.tellTarget([weak](IoContext &) {
            if (const std::shared_ptr<RelayedExchange> exchange = weak.lock())
                exchange->abort();
        });
    });
    threads.tellTarget([target = threads.target.worker, relayed = std::move(relayed)](IoContext &) {
        if (const std::shared_ptr<IoWorker> worker = target.lock())
            worker->handleRelayed(relayed);
    });
}

RelayedExchange::RelayedExchange(RelayThreads threads,
                                 const std::shared_ptr<RequestExchange> &original, int bodyStatus)
    : m_threads(std::move(threads))
    , m_original(original)
    , m_peerText(original->peerText())
    , m_bodyStatus(bodyStatus)
{
    m_request = original->request();
}

void RelayedExchange::receiveBody(BodyOwner, std::function<void(int)> done)
{
    if (!m_ended)
        done(m_bodyStatus);
}

void RelayedExchange::respond(const HttpResponse &response)
{
    if (std::exchange(m_ended, true))
        return;
    const auto self = shared_from_this();
    m_abortHandler = nullptr;
    m_threads.tellOrigin([weak = m_original, complete = withHeaders(response)](IoContext &) {
        if (const std::shared_ptr<RequestExchange> exchange = weak.lock())
            exchange->respond(complete);
    });
}

void RelayedExchange::abort()
{
    if (std::exchange(m_ended, true))
        return;
    if (const auto handler = std::exchange(m_abortHandler, nullptr))
        handler();
}

std::unique_ptr<Stream> RelayedExchange::upgrade(const HttpResponse &response, QByteArray *rest)
{
    const auto self = shared_from_this();
    m_ended = true;
    m_abortHandler = nullptr;
    auto stream = std::make_unique<RelayedStream>(m_threads, m_request);
    m_threads.tellOrigin([weak = m_original, end = stream->end(),
                          complete = withHeaders(response)](IoContext &context) {
        const std::shared_ptr<RequestExchange> exchange = weak.lock();
        std::unique_ptr<Stream> original;
        QByteArray first;
        if (exchange && !exchange->isEnded())
            original = exchange->upgrade(complete, &first);
        end->open(std::move(original), first, context);
    });
    rest->clear();
    return stream;
}

// A stream, where its session is

RelayedStream::RelayedStream(RelayThreads threads, const HttpRequest &request)
    : m_threads(std::move(threads))
    , m_request(request)
    , m_handle(std::make_shared<Handle>(Handle{this}))
    , m_end(std::make_shared<RelayEnd>(m_threads, m_handle))
{
}

RelayedStream::~RelayedStream()
{
    m_handle->stream = nullptr;
    if (!m_closed)
        abort();
}

void RelayedStream::setObserver(StreamObserver *observer)
{
    m_observer = observer;
    // What came before anybody listened, in an event of its own.
    if (observer && (!m_input.isEmpty() || m_closed))
        m_threads.tellTarget([handle = m_handle](IoContext &) {
            if (handle->stream)
                handle->stream->deliver();
        });
}

void RelayedStream::setReading(bool enabled)
{
    if (std::exchange(m_reading, enabled) != enabled && enabled)
        setObserver(m_observer);
}

void RelayedStream::write(const QByteArray &data, qsizetype offset)
{
    if (m_closing || m_closed)
        return;
    m_output.push_back(offset > 0 ? data.sliced(offset) : data);
    m_outputBytes += data.size() - offset;
}

void RelayedStream::flush()
{
    if (m_output.empty())
        return;
    m_onItsWay += m_outputBytes;
    m_undelivered += std::exchange(m_outputBytes, 0);
    m_threads.tellOrigin(
        [end = m_end, blocks = std::exchange(m_output, {})](IoContext &) { end->write(blocks); });
}

void RelayedStream::close()
{
    if (m_closing)
        return;
    flush();
    m_closing = true;
    m_threads.tellOrigin([end = m_end](IoContext &) { end->close(); });
}

void RelayedStream::abort()
{
    m_observer = nullptr;
    m_output.clear();
    m_outputBytes = 0;
    if (!std::exchange(m_closed, true))
        m_threads.tellOrigin([end = m_end](IoContext &) { end->abort(); });
}

void RelayedStream::received(const QByteArray &bytes)
{
    if (m_closing)
        return;
    m_input.append(bytes);
    deliver();
}

void RelayedStream::deliver()
{
    if (m_delivering)
        return; // in a nested event loop: the outer call goes on
    const std::shared_ptr<Handle> handle = m_handle;
    m_delivering = true;
    while (m_observer && m_reading && !m_input.isEmpty()) {
        QByteArray bytes = std::exchange(m_input, {});
        m_observer->streamReceived(bytes.data(), bytes.size());
        if (!handle->stream)
            return;
        m_threads.tellOrigin(
            [end = m_end, size = bytes.size()](IoContext &) { end->consumed(size); });
    }
    m_delivering = false;
    if (m_closed && m_observer && m_reading)
        std::exchange(m_observer, nullptr)->streamClosed(QString());
}

void RelayedStream::progressed(qsizetype written, qsizetype left, qsizetype undelivered)
{
    m_onItsWay -= written;
    m_undelivered = std::max(undelivered, m_onItsWay);
    if (!m_observer || m_closing)
        return;
    if (left == 0 && bytesToWrite() == 0)
        m_observer->streamDrained();
    else
        m_observer->streamProgressed();
}

void RelayedStream::closed()
{
    m_closed = true;
    deliver();
}

// A stream, where its connection is

RelayEnd::RelayEnd(RelayThreads threads, std::shared_ptr<RelayedStream::Handle> handle)
    : m_threads(std::move(threads))
    , m_handle(std::move(handle))
{
}

void RelayEnd::open(std::unique_ptr<Stream> stream, const QByteArray &rest, IoContext &context)
{
    m_context = &context;
    m_stream = std::move(stream);
    if (!m_stream) {
        tell([](RelayedStream &relayed) { relayed.closed(); });
        return;
    }
    context.keep(shared_from_this());
    m_stream->setObserver(this);
    QByteArray bytes = rest;
    if (!bytes.isEmpty())
        streamReceived(bytes.data(), bytes.size());
    context.scheduleFlush(shared_from_this());
}

void RelayEnd::tell(std::function<void(RelayedStream &)> function) const
{
    m_threads.tellTarget([handle = m_handle, function = std::move(function)](IoContext &) {
        if (handle->stream)
            function(*handle->stream);
    });
}

void RelayEnd::write(const std::vector<QByteArray> &blocks)
{
    if (!m_stream)
        return;
    for (const QByteArray &block : blocks) {
        m_stream->write(block);
        m_reported += block.size();
    }
    m_context->scheduleFlush(shared_from_this());
}

void RelayEnd::flush()
{
    if (m_stream)
        m_stream->flush();
}

void RelayEnd::tellProgress()
{
    const qsizetype left = m_stream->bytesToWrite();
    const qsizetype written = m_reported - left;
    m_reported = left;
    tell([written, left, undelivered = m_stream->undeliveredBytes()](RelayedStream &relayed) {
        relayed.progressed(written, left, undelivered);
    });
}

void RelayEnd::streamReceived(char *data, qsizetype size)
{
    m_unread += size;
    if (m_unread > MaxUnread)
        m_stream->setReading(false);
    tell([bytes = QByteArray(data, size)](RelayedStream &relayed) { relayed.received(bytes); });
}

void RelayEnd::consumed(qsizetype size)
{
    m_unread -= size;
    if (m_stream && m_unread <= MaxUnread / 2)
        m_stream->setReading(true);
}

void RelayEnd::streamClosed(const QString &)
{
    tell([](RelayedStream &relayed) { relayed.closed(); });
    finish();
}

void RelayEnd::close()
{
    if (m_stream)
        m_stream->close();
}

void RelayEnd::abort()
{
    finish();
}

void RelayEnd::finish()
{
    const auto self = shared_from_this();
    if (!m_stream)
        return;
    m_stream->abort();
    m_context->dispose(std::shared_ptr<Stream>(std::move(m_stream)));
    m_context->release(self);
}

} // namespace EngineIo::detail
