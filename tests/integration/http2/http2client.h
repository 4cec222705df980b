// SPDX-License-Identifier: MIT
#ifndef HTTP2CLIENT_H
#define HTTP2CLIENT_H

#include "integration/engine/testclient.h"
#include "support/testmain.h"

#include <EngineIo/Http2>

#include <QtCore/qhash.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslsocket.h>
#include <QtTest/qtest.h>

#include <nghttp2/nghttp2.h>

#include <memory>
#include <vector>

// A server of HTTP/2 and HTTP/1.1.
class Http2Server : public TestServer
{
public:
    explicit Http2Server(const EngineIo::ServerOptions &options = {},
                         const EngineIo::Http2Options &http2 = {})
        : TestServer(options)
    {
        EngineIo::Http2::enable(this, http2);
    }
};

// An HTTP/2 client that does as the test says, over TLS or plain.
class Http2Client : public QObject
{
public:
    struct Stream
    {
        int status = 0;
        QHash<QByteArray, QByteArray> headers;
        QByteArray body;
        bool closed = false;
        uint32_t error = 0;

        QByteArray toSend;
        bool ends = true; // after what is to be sent
    };
    using Fields = std::vector<std::pair<QByteArray, QByteArray>>;

    explicit Http2Client(quint16 port, const QSslConfiguration *tls = nullptr,
                         bool opensWindows = true)
    {
        nghttp2_session_callbacks *callbacks = nullptr;
        nghttp2_session_callbacks_new(&callbacks);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, &Http2Client::header);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Http2Client::data);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &Http2Client::closed);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Http2Client::frame);
        nghttp2_option *option = nullptr;
        nghttp2_option_new(&option);
        nghttp2_option_set_no_auto_window_update(option, opensWindows ? 0 : 1);
        nghttp2_session_client_new2(&session, callbacks, this, option);
        nghttp2_option_del(option);
        nghttp2_session_callbacks_del(callbacks);
        nghttp2_settings_entry window{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20};
        nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, &window, opensWindows ? 1 : 0);
        connect(&socket, &QSslSocket::readyRead, this, [this] {
            const QByteArray bytes = socket.readAll();
            lookForGoAway(bytes);
            nghttp2_session_mem_recv(session, reinterpret_cast<const uint8_t *>(bytes.data()),
                                     size_t(bytes.size()));
            flush();
        });
        connect(&socket, &QSslSocket::disconnected, this, [this] { isClosed = true; });
        if (tls) {
            socket.setSslConfiguration(*tls);
            socket.setPeerVerifyName(QStringLiteral("localhost"));
            socket.connectToHostEncrypted(QStringLiteral("127.0.0.1"), port);
            connect(&socket, &QSslSocket::encrypted, this, &Http2Client::flush);
        } else {
            socket.connectToHost(QHostAddress::LocalHost, port);
            connect(&socket, &QSslSocket::connected, this, &Http2Client::flush);
        }
    }
    ~Http2Client() override
    {
        socket.disconnect(this);
        nghttp2_session_del(session);
    }

    // fields: in place of those that a request must have.
    int32_t request(const QByteArray &method, const QByteArray &path, const QByteArray &body = {},
                    const Fields &more = {}, bool ends = true)
    {
        Fields fields{{":method", method},
                      {":scheme", "https"},
                      {":authority", "localhost"},
                      {":path", path}};
        fields.insert(fields.end(), more.begin(), more.end());
        std::vector<nghttp2_nv> list;
        for (const auto &[name, value] : fields)
            list.push_back({reinterpret_cast<uint8_t *>(const_cast<char *>(name.data())),
                            reinterpret_cast<uint8_t *>(const_cast<char *>(value.data())),
                            size_t(name.size()), size_t(value.size()), NGHTTP2_NV_FLAG_NONE});
        nghttp2_data_provider provider;
        provider.source.ptr = this;
        provider.read_callback = &Http2Client::read;
        const bool hasBody = !body.isEmpty() || !ends;
        const int32_t id = nghttp2_submit_request(session, nullptr, list.data(), list.size(),
                                                  hasBody ? &provider : nullptr, nullptr);
        streams[id].toSend = body;
        streams[id].ends = ends;
        flush();
        return id;
    }
    // A WebSocket, of which the stream's body is what comes.
    int32_t webSocket(const QByteArray &path, const Fields &more = {})
    {
        Fields fields{{":protocol", "websocket"}, {"sec-websocket-version", "13"}};
        fields.insert(fields.end(), more.begin(), more.end());
        return request("CONNECT", path, {}, fields, false);
    }
    void send(int32_t id, const QByteArray &bytes, bool ends = false)
    {
        streams[id].toSend += bytes;
        streams[id].ends = ends;
        nghttp2_session_resume_data(session, id);
        flush();
    }
    // As a client's WebSocket frame, with a mask of zeros.
    void sendText(int32_t id, const QByteArray &text)
    {
        QByteArray frame("\x81");
        if (text.size() < 126) {
            frame += char(0x80 | text.size());
        } else {
            frame += char(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8)
                frame += char(quint64(text.size()) >> shift);
        }
        send(id, frame + QByteArray(4, '\0') + text);
    }
    void sendRaw(const QByteArray &bytes)
    {
        flush();
        socket.write(bytes);
        socket.flush();
    }
    static QByteArray frameOf(int type, int flags, int32_t id, const QByteArray &payload)
    {
        QByteArray frame;
        for (int shift : {16, 8, 0})
            frame += char(payload.size() >> shift);
        frame += char(type);
        frame += char(flags);
        for (int shift : {24, 16, 8, 0})
            frame += char(id >> shift);
        return frame + payload;
    }
    void reset(int32_t id)
    {
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
        flush();
    }

    bool waitForEnd(int32_t id)
    {
        return QTest::qWaitFor([&] { return streams[id].closed || isClosed; },
                               TestSupport::Patience);
    }
    bool waitForBody(int32_t id, const QByteArray &part)
    {
        return QTest::qWaitFor([&] { return streams[id].body.contains(part) || isClosed; },
                               TestSupport::Patience)
            && streams[id].body.contains(part);
    }
    // The answer to a request, once it is whole.
    Stream exchange(const QByteArray &method, const QByteArray &path, const QByteArray &body = {},
                    const Fields &more = {})
    {
        const int32_t id = request(method, path, body, more);
        waitForEnd(id);
        return streams[id];
    }
    // Opens a session by polling; its id.
    QByteArray openPolling(const QByteArray &path = "/engine.io/?EIO=4&transport=polling")
    {
        const QByteArray body = exchange("GET", path).body;
        const qsizetype start = body.indexOf("\"sid\":\"") + 7;
        return body.startsWith("0{") ? body.mid(start, body.indexOf('"', start) - start)
                                     : QByteArray();
    }

    void flush()
    {
        if (socket.state() != QAbstractSocket::ConnectedState
            || (socket.mode() != QSslSocket::UnencryptedMode && !socket.isEncrypted()))
            return;
        const uint8_t *bytes = nullptr;
        ssize_t size = 0;
        while ((size = nghttp2_session_mem_send(session, &bytes)) > 0)
            socket.write(reinterpret_cast<const char *>(bytes), size);
    }

    QSslSocket socket;
    nghttp2_session *session = nullptr;
    QHash<int32_t, Stream> streams;
    bool isClosed = false;
    bool hasSettings = false;
    int goAway = -1; // the error that the server has ended with

private:
    // The session knows nothing of what a test has sent by itself, and hears no more once it has
    // been answered to that.
    void lookForGoAway(const QByteArray &bytes)
    {
        m_frames += bytes;
        const auto at = [this](qsizetype index) { return quint8(m_frames[index]); };
        while (m_frames.size() >= 9) {
            const qsizetype size = 9 + (at(0) << 16 | at(1) << 8 | at(2));
            if (m_frames.size() < size)
                return;
            if (at(3) == NGHTTP2_GOAWAY && size >= 17)
                goAway = at(16);
            m_frames.remove(0, size);
        }
    }

    QByteArray m_frames;

    static Http2Client &of(void *client) { return *static_cast<Http2Client *>(client); }
    static int header(nghttp2_session *, const nghttp2_frame *frame, const uint8_t *name,
                      size_t nameSize, const uint8_t *value, size_t valueSize, uint8_t,
                      void *client)
    {
        const QByteArray key(reinterpret_cast<const char *>(name), qsizetype(nameSize));
        const QByteArray text(reinterpret_cast<const char *>(value), qsizetype(valueSize));
        Stream &stream = of(client).streams[frame->hd.stream_id];
        if (key == ":status")
            stream.status = text.toInt();
        stream.headers.insert(key, text);
        return 0;
    }
    static int data(nghttp2_session *, uint8_t, int32_t id, const uint8_t *data, size_t size,
                    void *client)
    {
        of(client).streams[id].body.append(reinterpret_cast<const char *>(data), qsizetype(size));
        return 0;
    }
    static int closed(nghttp2_session *, int32_t id, uint32_t error, void *client)
    {
        of(client).streams[id].closed = true;
        of(client).streams[id].error = error;
        return 0;
    }
    static int frame(nghttp2_session *, const nghttp2_frame *frame, void *client)
    {
        if (frame->hd.type == NGHTTP2_SETTINGS && !(frame->hd.flags & NGHTTP2_FLAG_ACK))
            of(client).hasSettings = true;
        return 0;
    }
    static ssize_t read(nghttp2_session *, int32_t id, uint8_t *buffer, size_t size,
                        uint32_t *flags, nghttp2_data_source *source, void *)
    {
        Stream &stream = of(source->ptr).streams[id];
        const qsizetype count = std::min(qsizetype(size), stream.toSend.size());
        memcpy(buffer, stream.toSend.constData(), size_t(count));
        stream.toSend.remove(0, count);
        if (stream.toSend.isEmpty() && stream.ends)
            *flags |= NGHTTP2_DATA_FLAG_EOF;
        else if (count == 0)
            return NGHTTP2_ERR_DEFERRED;
        return count;
    }
};

#endif
