// SPDX-License-Identifier: MIT
#include "client.h"
#include "websocketframes.h"

namespace Bench {

namespace {

class WebSocketClient final : public Client, private Channel::Owner
{
public:
    WebSocketClient(Loop &loop, Listener &listener, std::size_t index)
        : Client(listener, index)
        , m_channel(loop, *this)
    {
    }

    void join() override;
    void leave() override;
    void drop() override { m_channel.close(); }
    void stall() override { m_channel.stopReading(); }
    void send(std::string_view packet) override { sendFrame(WebSocketText, "4", packet); }
    void sendAttachment(std::string_view bytes) override { sendFrame(WebSocketBinary, {}, bytes); }

private:
    void engineOpened(std::string_view) override { }
    void engineSend(std::string_view packet) override { sendFrame(WebSocketText, {}, packet); }
    std::size_t received(Channel &channel, std::string_view bytes) override;
    void ended(Channel &channel) override;
    void frame(unsigned char opcode, std::string_view payload);
    void sendFrame(WebSocketOpcode opcode, std::string_view prefix, std::string_view payload);

    Channel m_channel;
    bool m_upgraded = false;
    bool m_leaving = false;
};

void WebSocketClient::join()
{
    m_upgraded = false;
    m_leaving = false;
    m_channel.open();
    m_channel.send(webSocketRequest);
}

void WebSocketClient::leave()
{
    m_leaving = true;
    sendFrame(WebSocketClose, {}, "\x03\xe8");
}

void WebSocketClient::sendFrame(WebSocketOpcode opcode, std::string_view prefix,
                                std::string_view payload)
{
    // Reused, since a client sends from the loop's thread and never from within this function.
    static std::string out;
    out.clear();
    appendFrame(out, opcode, prefix, payload);
    m_channel.send(out);
}

std::size_t WebSocketClient::received(Channel &, std::string_view bytes)
{
    std::size_t used = 0;
    if (!m_upgraded) {
        const std::size_t end = bytes.find("\r\n\r\n");
        if (end == std::string_view::npos)
            return 0;
        if (bytes.substr(0, 12) != "HTTP/1.1 101")
            fail("no upgrade: " + std::string(bytes.substr(0, end)));
        m_upgraded = true;
        used = end + 4;
    }
    while (m_channel.isOpen()) {
        const std::string_view rest = bytes.substr(used);
        if (rest.size() < 2)
            break;
        const auto first = static_cast<unsigned char>(rest[0]);
        const auto second = static_cast<unsigned char>(rest[1]);
        if ((first & 0xf0) != 0x80 || (second & 0x80) != 0)
            fail("unexpected frame header");
        const std::size_t lengthBytes = second == 126 ? 2 : second == 127 ? 8 : 0;
        std::size_t size = lengthBytes == 0 ? second : 0;
        if (rest.size() < 2 + lengthBytes)
            break;
        for (std::size_t i = 0; i < lengthBytes; ++i)
            size = size << 8 | static_cast<unsigned char>(rest[2 + i]);
        if (rest.size() - 2 - lengthBytes < size)
            break;
        used += 2 + lengthBytes + size;
        frame(first & 0x0f, rest.substr(2 + lengthBytes, size));
    }
    return used;
}

void WebSocketClient::frame(unsigned char opcode, std::string_view payload)
{
    switch (opcode) {
    case WebSocketText:
        engineReceived(payload);
        break;
    case WebSocketBinary:
        listener().attachment(*this, payload);
        break;
    case WebSocketPing:
        sendFrame(WebSocketPong, {}, payload);
        break;
    case WebSocketClose:
        if (!m_leaving)
            fail("the server closed a connection");
        break;
    default:
        fail("unexpected opcode");
    }
}

void WebSocketClient::ended(Channel &)
{
    if (m_leaving)
        listener().left(*this);
    else
        listener().lost(*this);
}

} // namespace

std::unique_ptr<Client> webSocketClient(Loop &loop, Listener &listener, std::size_t index)
{
    return std::make_unique<WebSocketClient>(loop, listener, index);
}

} // namespace Bench
