// SPDX-License-Identifier: MIT
#include "base/iocontext_p.h"
#include "http2/http2session_p.h"
#include "net/http/requestexchange_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qloggingcategory.h>

#include <cstdint>
#include <vector>

using namespace EngineIo;
using namespace EngineIo::detail;

namespace {

// A connection whose other end takes everything.
class BufferStream final : public Stream
{
public:
    explicit BufferStream(StreamObserver **observer)
        : m_observer(observer)
    {
    }
    ~BufferStream() override { *m_observer = nullptr; }

    void setObserver(StreamObserver *observer) override { *m_observer = observer; }
    void write(const QByteArray &data, qsizetype offset) override
    {
        m_bytes += data.size() - offset;
    }
    void flush() override
    {
        if (std::exchange(m_bytes, 0) > 0 && *m_observer)
            (*m_observer)->streamDrained();
    }
    qsizetype bytesToWrite() const override { return m_bytes; }
    qsizetype heldBytes() const override { return m_bytes; }
    qsizetype undeliveredBytes() const override { return m_bytes; }
    void setReading(bool) override { }
    void close() override { }
    void abort() override { *m_observer = nullptr; }
    void detach() override { }
    void attach(IoContext &) override { }
    QHostAddress peerAddress() const override { return QHostAddress(QHostAddress::LocalHost); }
    quint16 peerPort() const override { return 1; }

private:
    StreamObserver **const m_observer;
    qsizetype m_bytes = 0;
};

// Answers each request with what it says, and sends a WebSocket's bytes back.
class Engine final : public Http2Observer
{
public:
    void http2RequestReceived(const std::shared_ptr<RequestExchange> &exchange) override
    {
        if (exchange->request().isUpgrade()) {
            QByteArray rest;
            m_echoes.push_back(
                std::make_unique<Echo>(exchange->upgrade(HttpResponse(101, {}, {}), &rest)));
            return;
        }
        if (exchange->request().path().endsWith('w'))
            return; // never answered
        exchange->receiveBody(RequestExchange::BodyOwner::Nobody, [exchange](int status) {
            exchange->respond(
                HttpResponse(status ? status : 200, "text/plain",
                             exchange->request().path() + exchange->request().body()));
        });
    }
    void http2Closed(const std::shared_ptr<Http2Connection> &) override { }

private:
    class Echo final : public StreamObserver
    {
    public:
        explicit Echo(std::unique_ptr<Stream> stream)
            : m_stream(std::move(stream))
        {
            m_stream->setObserver(this);
        }
        void streamReceived(char *data, qsizetype size) override
        {
            m_stream->write(QByteArray(data, size));
            m_stream->flush();
            if (size == 3)
                m_stream->setReading(false);
            else if (size == 4)
                m_stream->close();
        }
        void streamClosed(const QString &) override { m_stream->abort(); }
        void streamDrained() override { }

    private:
        std::unique_ptr<Stream> m_stream;
    };
    std::vector<std::unique_ptr<Echo>> m_echoes;
};

} // namespace

// The frames of a client, behind a preface that is right; the first byte says in what pieces.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int argc = 1;
    static char name[] = "fuzz_http2";
    static char *argv[] = {name, nullptr};
    static const QCoreApplication application(argc, argv);
    static const bool quiet = (QLoggingCategory::setFilterRules(QStringLiteral("*=false")), true);
    Q_UNUSED(quiet)
    if (size == 0)
        return 0;
    const size_t piece = data[0] == 0 ? size : data[0];

    IoContext context;
    context.start();
    {
        Engine engine;
        StreamObserver *observer = nullptr;
        HttpConnectionSettings settings;
        settings.limits = {4096, 20, 4096};
        settings.maxBufferSize = 16'384;
        settings.buffered = std::make_shared<std::atomic<qsizetype>>(0);
        settings.requestTimeout = settings.requestTotalTimeout = settings.keepAliveTimeout =
            std::chrono::minutes(1);
        const auto session = std::make_shared<Http2Session>(
            std::make_unique<BufferStream>(&observer), context, settings, Http2Options(),
            std::make_shared<const WarningLimit>(), &engine);
        session->start("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + QByteArray("\0\0\0\x04\0\0\0\0\0", 9));
        for (size_t at = 1; at < size && observer; at += piece) {
            QByteArray bytes(reinterpret_cast<const char *>(data + at),
                             qsizetype(std::min(piece, size - at)));
            observer->streamReceived(bytes.data(), bytes.size());
            QCoreApplication::processEvents();
            context.flush();
        }
        session->abort();
        QCoreApplication::processEvents();
        if (settings.buffered->load() != 0) {
            // What is counted for a request goes with it; those that wait for the engine are gone.
            QCoreApplication::processEvents();
            if (settings.buffered->load() != 0)
                std::abort();
        }
    }
    QCoreApplication::processEvents();
    return 0;
}
