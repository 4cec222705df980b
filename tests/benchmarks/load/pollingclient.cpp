// SPDX-License-Identifier: MIT
#include "client.h"

#include <algorithm>
#include <cctype>
#include <charconv>

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
};

// The value of the Content-Length header, or npos.
std::size_t contentLength(std::string_view head)
{
    constexpr std::string_view name = "\r\ncontent-length:";
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b);
    };
    auto it = std::search(head.begin(), head.end(), name.begin(), name.end(), same);
    if (it == head.end())
        return std::string_view::npos;
    it += static_cast<std::ptrdiff_t>(name.size());
    it = std::find_if(it, head.end(), [](char c) { return c != ' '; });
    std::size_t length = std::string_view::npos;
    std::from_chars(&*it, head.data() + head.size(), length);
    return length;
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
        const std::size_t size = contentLength(head);
        if (head.substr(0, 12) != "HTTP/1.1 200" || size == std::string_view::npos)
            fail("unexpected response: " + std::string(head));
        if (rest.size() - end - 4 < size)
            return used;
        used += end + 4 + size;
        response(channel, rest.substr(end + 4, size));
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
