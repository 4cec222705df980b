// SPDX-License-Identifier: MIT
#include "client.h"

#include <array>

namespace Bench {

namespace {

constexpr std::array<char, 4> mask{'\x5a', '\x13', '\x7c', '\x2e'};

enum Opcode : unsigned char { Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

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
    void send(std::string_view packet) override { sendFrame(Text, "4", packet); }
    void sendAttachment(std::string_view bytes) override { sendFrame(Binary, {}, bytes); }

private:
    void engineOpened(std::string_view) override { }
    void engineSend(std::string_view packet) override { sendFrame(Text, {}, packet); }
    std::size_t received(Channel &channel, std::string_view bytes) override;
    void ended(Channel &channel) override;
    void frame(unsigned char opcode, std::string_view payload);
    void sendFrame(unsigned char opcode, std::string_view prefix, std::string_view payload);

    Channel m_channel;
    bool m_upgraded = false;
    bool m_leaving = false;
};

void WebSocketClient::join()
{
    m_upgraded = false;
    m_leaving = false;
    m_channel.open();
    m_channel.send("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
                   "Host: 127.0.0.1\r\n"
                   "Upgrade: websocket\r\n"
                   "Connection: Upgrade\r\n"
                   "Sec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}

void WebSocketClient::leave()
{
    m_leaving = true;
    sendFrame(Close, {}, "\x03\xe8");
}

void WebSocketClient::sendFrame(unsigned char opcode, std::string_view prefix,
                                std::string_view payload)
{
    // Reused, since a client sends from the loop's thread and never from within this function.
    static std::string out;
    const std::size_t size = prefix.size() + payload.size();
    out.clear();
    out += static_cast<char>(0x80 | opcode);
    if (size < 126) {
        out += static_cast<char>(0x80 | size);
    } else {
        const bool wide = size > 0xffff;
        out += static_cast<char>(wide ? 0xff : 0xfe);
        for (int shift = wide ? 56 : 8; shift >= 0; shift -= 8)
            out += static_cast<char>((size >> shift) & 0xff);
    }
    out.append(mask.data(), mask.size());
    const std::size_t start = out.size();
    out += prefix;
    out += payload;
    for (std::size_t i = 0; i < size; ++i)
        out[start + i] = static_cast<char>(out[start + i] ^ mask[i % 4]);
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
    case Text:
        engineReceived(payload);
        break;
    case Binary:
        listener().attachment(*this, payload);
        break;
    case Ping:
        sendFrame(Pong, {}, payload);
        break;
    case Close:
        if (!m_leaving)
            fail("the server closed a connection");
        break;
    default:
        fail("unexpected opcode");
    }
}

void WebSocketClient::ended(Channel &)
{
    if (!m_leaving)
        fail("the server ended a connection");
    listener().left(*this);
}

} // namespace

std::unique_ptr<Client> webSocketClient(Loop &loop, Listener &listener, std::size_t index)
{
    return std::make_unique<WebSocketClient>(loop, listener, index);
}

} // namespace Bench
