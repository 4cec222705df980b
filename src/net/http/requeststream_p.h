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

// The client that a request comes from.
StreamPeer clientOf(const HttpRequest &request);

// What somebody who has handed over a request keeps of it.
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
// HttpConnection reads it as any other, so that all rules hold for it.
class RequestStream final : public VirtualStream
{
public:
    // answer: called once, in the thread of the stream, whatever becomes of the request.
    RequestStream(IoContext &context, const HttpRequest &request,
                  std::shared_ptr<HandedRequest> handed,
                  std::function<void(const HttpResponse &)> answer);
    ~RequestStream() override;

    // The request as it would come from a client. Empty if it cannot be one.
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
