// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_MESSAGESTREAM_P_H
#define ENGINEIO_MESSAGESTREAM_P_H

#include "net/http/answerparser_p.h"
#include "net/stream/virtualstream_p.h"
#include "net/websocket/messagesocket_p.h"
#include "net/websocket/websocketdecoder_p.h"

#include <EngineIo/httprequest.h>

#include <memory>

namespace EngineIo::detail {

// The connection of a MessageSocket, as if there were no other server in between: it begins with
// the request of the handshake, and once that has been accepted the messages follow as frames. So
// such a client passes the same checks, and is served by the same transport, as any other.
class MessageStream final : public VirtualStream
{
public:
    MessageStream(IoContext &context, const HttpRequest &handshake,
                  std::shared_ptr<MessageSocket> socket);
    ~MessageStream() override;

    // Returns the request of the handshake as a client would send it.
    static QByteArray serialize(const HttpRequest &handshake);

    void flush() override;
    qsizetype bytesToWrite() const override { return m_output.size() + m_socket->bytesToWrite(); }
    void close() override;
    void abort() override;

private:
    void work() override;
    void readAnswer(QByteArrayView &output);
    void readFrames(QByteArray &output, qsizetype offset);
    void closeSocket(WebSocketCloseCode code, const QString &reason);

    const std::shared_ptr<MessageSocket> m_socket;
    HttpAnswerParser m_answer;
    WebSocketDecoder m_decoder; // reads what the server writes
    bool m_open = false;
    bool m_undrained = false; // something has been sent, and streamDrained() is due
    bool m_closing = false;
};

} // namespace EngineIo::detail

#endif
