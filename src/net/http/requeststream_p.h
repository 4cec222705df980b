// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_REQUESTSTREAM_P_H
#define ENGINEIO_REQUESTSTREAM_P_H

#include "net/http/answerparser_p.h"
#include "net/stream/virtualstream_p.h"

#include <EngineIo/httprequest.h>
#include <EngineIo/httpresponse.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

namespace EngineIo::detail {

// Returns the client that a request comes from.
StreamPeer clientOf(const HttpRequest &request);

// The handle of a request that the code which has passed it on keeps.
class HandedRequest
{
public:
    bool isAborted() const noexcept { return m_aborted; }
    // From any thread.
    void abort()
    {
        const std::lock_guard lock(m_mutex);
        m_aborted = true;
        if (m_waker)
            m_waker->wake();
    }
    void setWaker(const std::shared_ptr<StreamWaker> &waker)
    {
        const std::lock_guard lock(m_mutex);
        m_waker = waker;
    }

private:
    std::mutex m_mutex;
    std::atomic<bool> m_aborted = false;
    std::shared_ptr<StreamWaker> m_waker;
};

// A connection with a single request, which another HTTP server has received and will answer.
// HttpConnection reads it like any other, so that the same rules apply to it.
class RequestStream final : public VirtualStream
{
public:
    // answer is called once, in the thread of the stream, whatever happens to the request.
    RequestStream(IoContext &context, const HttpRequest &request,
                  std::shared_ptr<HandedRequest> handed,
                  std::function<void(const HttpResponse &)> answer);
    ~RequestStream() override;

    // Returns the bytes of the request as a client would send it; empty if they would not be a
    // valid request.
    static QByteArray serialize(const HttpRequest &request);

    void flush() override;
    qsizetype bytesToWrite() const override { return m_output.size(); }
    void close() override;
    void abort() override;

private:
    void work() override;
    void finish(const HttpResponse &response);

    const std::shared_ptr<HandedRequest> m_handed;
    std::function<void(const HttpResponse &)> m_answer;
    HttpAnswerParser m_parser;
};

} // namespace EngineIo::detail

#endif
