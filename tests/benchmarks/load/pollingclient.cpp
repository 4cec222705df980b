// SPDX-License-Identifier: MIT
#include "client.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace Bench {

namespace {

constexpr char separator = '\x1e';

// A client that stays on long-polling: one connection waits for packets, the other posts them.
class PollingClient final : public Client, private Channel::Owner
{
public:
    PollingClient(Loop &loop, Listener &listener, std::size_t index)
        : Client(listener, index)
        , m_poll(loop, *this)
        , m_post(loop, *this)
    {
    }

    void join() override;
    void leave() override { fail("polling clients don't leave"); }
    void drop() override { fail("polling clients don't leave"); }
    void stall() override { fail("polling clients don't leave"); }
    void send(std::string_view packet) override;
    void sendAttachment(std::string_view) override { fail("polling clients send text only"); }

private:
    void engineOpened(std::string_view handshake) override;
    void engineSend(std::string_view packet) override;
    std::size_t received(Channel &channel, std::string_view bytes) override;
    void ended(Channel &) override { fail("the server ended a connection"); }
    void response(Channel &channel, std::string_view body);
    void poll();
    void post();

    Channel m_poll;
    Channel m_post;
    std::string m_path = "/socket.io/?EIO=4&transport=polling";
    std::string m_queue;
    bool m_posting = false;
    std::string m_chunks;
};

// The value of a header, which is named in lower case; empty without it.
std::string_view header(std::string_view head, std::string_view name)
{
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b);
    };
    auto it = std::search(head.begin(), head.end(), name.begin(), name.end(), same);
    if (it == head.end())
        return {};
    it += static_cast<std::ptrdiff_t>(name.size());
    it = std::find_if(it, head.end(), [](char c) { return c != ' '; });
    return head.substr(std::size_t(it - head.begin()),
                       std::size_t(std::find(it, head.end(), '\r') - it));
}

struct Body
{
    std::string_view content;
    std::size_t wireSize;
};

// Joins the chunks of a body, as python-socketio's servers send one, in a buffer; nothing if they have
// not arrived yet.
std::optional<Body> joinChunks(std::string_view bytes, std::string *buffer)
{
    buffer->clear();
    std::size_t at = 0;
    for (;;) {
        const std::size_t lineEnd = bytes.find("\r\n", at);
        if (lineEnd == std::string_view::npos)
            return std::nullopt;
        std::size_t size = 0;
        if (std::from_chars(bytes.data() + at, bytes.data() + lineEnd, size, 16).ec != std::errc())
            fail("a chunk without a size: " + std::string(bytes.substr(at, lineEnd - at)));
        at = lineEnd + 2;
        if (bytes.size() - at < size + 2)
            return std::nullopt;
        buffer->append(bytes.substr(at, size));
        at += size + 2;
        if (size == 0)
            return Body{*buffer, at};
    }
}

// The body that follows the head of a response; nothing if it has not arrived yet.
std::optional<Body> bodyOf(std::string_view head, std::string_view bytes, std::string *buffer)
{
    if (header(head, "\r\ntransfer-encoding:") == "chunked")
        return joinChunks(bytes, buffer);
    const std::string_view length = header(head, "\r\ncontent-length:");
    std::size_t size = 0;
    if (std::from_chars(length.data(), length.data() + length.size(), size).ec != std::errc())
        fail("a response without a length: " + std::string(head));
    if (bytes.size() < size)
        return std::nullopt;
    return Body{bytes.substr(0, size), size};
}

void PollingClient::join()
{
    m_poll.open();
    m_post.open();
    poll();
}

void PollingClient::poll()
{
    m_poll.send("GET " + m_path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
}

void PollingClient::post()
{
    m_posting = true;
    m_post.send("POST " + m_path
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain;charset=UTF-8\r\n"
                  "Content-Length: "
                + std::to_string(m_queue.size()) + "\r\n\r\n" + m_queue);
    m_queue.clear();
}

void PollingClient::engineOpened(std::string_view handshake)
{
    constexpr std::string_view name = "\"sid\":\"";
    const std::size_t start = handshake.find(name);
    const std::size_t end = handshake.find('"', start + name.size());
    if (start == std::string_view::npos || end == std::string_view::npos)
        fail("no session id: " + std::string(handshake));
    m_path.append("&sid=").append(handshake, start + name.size(), end - start - name.size());
}

void PollingClient::send(std::string_view packet)
{
    engineSend(std::string("4").append(packet));
}

void PollingClient::engineSend(std::string_view packet)
{
    if (!m_queue.empty())
        m_queue += separator;
    m_queue += packet;
    if (!m_posting)
        post();
}

std::size_t PollingClient::received(Channel &channel, std::string_view bytes)
{
    std::size_t used = 0;
    for (;;) {
        const std::string_view rest = bytes.substr(used);
        const std::size_t end = rest.find("\r\n\r\n");
        if (end == std::string_view::npos)
            return used;
        const std::string_view head = rest.substr(0, end);
        if (head.substr(0, 12) != "HTTP/1.1 200")
            fail("unexpected response: " + std::string(head));
        const std::optional<Body> body = bodyOf(head, rest.substr(end + 4), &m_chunks);
        if (!body)
            return used;
        used += end + 4 + body->wireSize;
        response(channel, body->content);
    }
}

void PollingClient::response(Channel &channel, std::string_view body)
{
    if (&channel == &m_post) {
        m_posting = false;
        if (!m_queue.empty())
            post();
        return;
    }
    while (!body.empty()) {
        const std::size_t end = std::min(body.find(separator), body.size());
        engineReceived(body.substr(0, end));
        body.remove_prefix(std::min(end + 1, body.size()));
    }
    poll();
}

} // namespace

std::unique_ptr<Client> pollingClient(Loop &loop, Listener &listener, std::size_t index)
{
    return std::make_unique<PollingClient>(loop, listener, index);
}

} // namespace Bench
