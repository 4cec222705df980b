// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTP2SESSION_P_H
#define ENGINEIO_HTTP2SESSION_P_H

#include "base/deadlinetimer_p.h"
#include "base/iocontext_p.h"
#include "base/warninglimit_p.h"
#include "net/http/http2protocol_p.h"
#include "net/http/httpconnection_p.h"
#include "net/stream/stream_p.h"

#include <EngineIo/http2global.h>
#include <EngineIo/http2options.h>

#include <QtCore/qdeadlinetimer.h>

#include <nghttp2/nghttp2.h>

#include <memory>
#include <unordered_map>
#include <vector>

namespace EngineIo::detail {

class Http2Stream;

// Whether a body follows the head of an answer.
enum class Http2Body : quint8 { None, Follows };

// A connection that speaks HTTP/2. nghttp2 reads and writes the frames and knows the protocol's
// rules; what it reports is passed to the streams, and the cost of a client is limited here.
class ENGINEIO_HTTP2_AUTOTEST_EXPORT Http2Session final
    : public std::enable_shared_from_this<Http2Session>,
      public Http2Connection,
      public Flushable,
      public Resumable,
      private StreamObserver
{
public:
    Http2Session(std::unique_ptr<Stream> stream, IoContext &context,
                 const HttpConnectionSettings &settings, const Http2Options &options,
                 const std::shared_ptr<const WarningLimit> &warnings, Http2Observer *observer);
    ~Http2Session() override;

    void start(const QByteArray &firstBytes) override;
    void abort() override;
    void flush() override;
    void resume() override { scheduleFlush(); }

    // For the streams, as long as they have a session.
    IoContext &context() const noexcept { return m_context; }
    const HttpConnectionSettings &settings() const noexcept { return m_settings; }
    Http2Observer &observer() const noexcept { return *m_observer; }
    const Stream &stream() const noexcept { return *m_stream; }
    void submitContinue(int32_t id);
    void submitAnswer(int32_t id, const std::vector<HttpHeaders::Field> &fields, Http2Body body);
    void resumeOutput(int32_t id);
    void resetStream(int32_t id, uint32_t error);
    // Allows the client to send size more bytes.
    void consume(int32_t id, qsizetype size);
    // Notes that a WebSocket has output under way.
    void noteWritten(const std::shared_ptr<Http2Stream> &stream) { m_written.push_back(stream); }
    // Ends the connection with an error code. Nothing more is expected from the client.
    void endConnection(const QByteArray &reason, uint32_t error);

private:
    enum class State { Open, Closing, Closed };
    // The counts within an Http2Options::floodInterval.
    struct FloodCounts
    {
        int resets = 0;
        int controlFrames = 0;
    };
    struct Callbacks; // what nghttp2 calls
    friend struct Callbacks;

    void streamReceived(char *data, qsizetype size) override;
    void streamClosed(const QString &error) override;
    void streamDrained() override;
    void streamProgressed() override;

    bool makeSession();
    Http2Stream *find(int32_t id) const;
    int frameBegun(const nghttp2_frame_hd &header);
    int headersBegun(const nghttp2_frame &frame);
    int headerReceived(int32_t id, QByteArrayView name, QByteArrayView value);
    int dataReceived(int32_t id, const char *data, qsizetype size);
    int frameReceived(const nghttp2_frame &frame);
    int frameSent(const nghttp2_frame &frame);
    void removeStream(int32_t id);
    void warnOfAnswer(int error) const;
    int count(int FloodCounts::*counter, int limit, const char *setting);
    int flooded(const QByteArray &reason);
    bool endIfFlooded();
    void scheduleFlush();
    void writeFrames();
    void closeAfterWriting();
    void closeStreams();
    void finish();
    void updateTimer();
    void timedOut();

    struct Deleter
    {
        void operator()(nghttp2_session *session) const { nghttp2_session_del(session); }
    };

    std::unique_ptr<Stream> m_stream;
    IoContext &m_context;
    const HttpConnectionSettings m_settings;
    const Http2Options m_options;
    const std::shared_ptr<const WarningLimit> m_warnings; // shared by all connections of the server
    Http2Observer *m_observer;
    std::unique_ptr<nghttp2_session, Deleter> m_session;
    std::unordered_map<int32_t, std::shared_ptr<Http2Stream>> m_streams;
    std::vector<std::shared_ptr<Http2Stream>> m_written; // since the connection was last drained
    DeadlineTimer m_timer;
    QDeadlineTimer m_floodEnd;
    FloodCounts m_counts;
    QByteArray m_floodReason; // set when the client has exceeded a limit
    int m_continuations = 0;  // for the headers that are being read
    State m_state = State::Open;
    bool m_greeted = false; // the client's settings have arrived
    bool m_lingering = false;
    bool m_waitsForRequest = false; // what the timer is for
};

} // namespace EngineIo::detail

#endif
