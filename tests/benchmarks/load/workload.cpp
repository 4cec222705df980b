// SPDX-License-Identifier: MIT
#include "workload.h"

namespace Bench {

namespace {

constexpr std::size_t maximumLatencies = 8'000'000;
constexpr std::string_view placeholder = R"({"_placeholder":true,"num":0})";

// JSON with its keys in the order that a server keeps, whether it sorts them or not.
std::string argument(const Options &options)
{
    if (options.workload == Kind::Binary)
        return std::string(placeholder);
    const std::string text = '"' + std::string(options.size, 'x') + '"';
    if (!options.object)
        return text;
    return R"({"at":1700000000123,"done":false,"id":4711,"tags":["a","b"],"text":)" + text
        + R"(,"x":12.5})";
}

void append(std::string &text, std::size_t value)
{
    text += std::to_string(value);
}

} // namespace

Workload::Workload(Loop &loop, const Options &options)
    : m_options(options)
    , m_argument(argument(options))
    , m_delivery(R"(2["b",)" + m_argument + ']')
    , m_members(options.workload == Kind::Room ? options.members : 0)
{
    if (options.workload == Kind::Binary) {
        m_attachment.resize(options.size);
        for (std::size_t i = 0; i < m_attachment.size(); ++i)
            m_attachment[i] = static_cast<char>(i * 31 & 0xff);
    }
    const std::size_t count = options.clients + options.idle;
    m_states.resize(count);
    m_clients.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        m_clients.push_back(options.polling ? pollingClient(loop, *this, i)
                                            : webSocketClient(loop, *this, i));
    }
}

Workload::~Workload() = default;

void Workload::connect()
{
    joinMore();
}

void Workload::joinMore()
{
    while (m_started < m_clients.size() && m_started - m_ready < m_options.parallel)
        join(m_started++);
}

void Workload::join(std::size_t index)
{
    m_states[index].sent.assign(1, now());
    m_clients[index]->join();
}

void Workload::ready(Client &client, std::string_view)
{
    State &state = m_states[client.index()];
    if (m_running) {
        answered(state.sent.front());
        client.leave();
        return;
    }
    state.sent.clear();
    ++m_ready;
    if (client.index() < m_members)
        client.send(R"(20["join","room"])");
    joinMore();
}

void Workload::start()
{
    m_running = true;
    for (std::size_t i = 0; i < m_options.clients; ++i) {
        Client &client = *m_clients[i];
        switch (m_options.workload) {
        case Kind::Echo:
        case Kind::Binary:
        case Kind::Rooms:
            for (std::size_t n = 0; n < m_options.depth; ++n)
                sendEcho(client);
            break;
        case Kind::Churn:
            client.leave();
            break;
        case Kind::Broadcast:
        case Kind::Room:
        case Kind::Idle:
            break;
        }
    }
    if (m_options.workload == Kind::Broadcast || m_options.workload == Kind::Room)
        sendBroadcast();
}

void Workload::measure()
{
    m_latencies.clear();
    m_latencies.reserve(static_cast<std::size_t>(m_options.messages));
}

void Workload::stop()
{
    m_running = false;
    m_clients.clear();
}

void Workload::sendEcho(Client &client)
{
    // No more than is measured, so that a server's work can be counted exactly.
    if (m_sent == m_options.warmUp + m_options.messages)
        return;
    ++m_sent;
    State &state = m_states[client.index()];
    const bool binary = m_options.workload == Kind::Binary;
    m_scratch = binary ? "51-" : "2";
    append(m_scratch, state.nextId);
    if (m_options.workload == Kind::Rooms)
        m_scratch += state.nextId % 2 == 0 ? R"(["join","room"])" : R"(["leave","room"])";
    else
        m_scratch.append(m_options.work ? R"(["work",)" : R"(["echo",)").append(m_argument) += ']';
    ++state.nextId;
    state.sent.push_back(now());
    client.send(m_scratch);
    if (binary)
        client.sendAttachment(m_attachment);
}

void Workload::sendBroadcast()
{
    const bool room = m_options.workload == Kind::Room;
    m_undelivered = room ? m_members : m_clients.size();
    m_scratch = room ? R"(2["room","room",)" : R"(2["bcast",)";
    m_scratch.append(m_argument).append("]");
    m_broadcastAt = now();
    m_clients.front()->send(m_scratch);
}

void Workload::packet(Client &client, std::string_view text)
{
    State &state = m_states[client.index()];
    if (!m_running) {
        if (text != "30[]" || client.index() >= m_members)
            fail("unexpected packet: " + std::string(text));
        ++m_joined;
        return;
    }
    switch (m_options.workload) {
    case Kind::Echo:
    case Kind::Binary:
    case Kind::Rooms: {
        const bool binary = m_options.workload == Kind::Binary;
        m_scratch = binary ? "61-" : "3";
        append(m_scratch, state.nextId - state.sent.size());
        m_scratch += '[';
        if (m_options.workload != Kind::Rooms)
            m_scratch += m_argument;
        m_scratch += ']';
        if (text != m_scratch || state.sent.empty() || state.awaitsAttachment)
            fail("unexpected packet: " + std::string(text));
        if (binary) {
            state.awaitsAttachment = true;
            return;
        }
        answered(state.sent.front());
        state.sent.pop_front();
        sendEcho(client);
        break;
    }
    case Kind::Broadcast:
    case Kind::Room:
        if (text != m_delivery || m_undelivered == 0)
            fail("unexpected packet: " + std::string(text));
        answered(m_broadcastAt);
        if (--m_undelivered == 0)
            sendBroadcast();
        break;
    case Kind::Churn:
    case Kind::Idle:
        fail("unexpected packet: " + std::string(text));
    }
}

void Workload::attachment(Client &client, std::string_view bytes)
{
    State &state = m_states[client.index()];
    if (!state.awaitsAttachment || bytes != m_attachment)
        fail("unexpected attachment");
    state.awaitsAttachment = false;
    answered(state.sent.front());
    state.sent.pop_front();
    sendEcho(client);
}

void Workload::left(Client &client)
{
    if (m_running)
        join(client.index());
}

void Workload::answered(long long since)
{
    ++m_messages;
    if (m_latencies.size() < maximumLatencies)
        m_latencies.push_back(static_cast<float>(static_cast<double>(now() - since) / 1000));
}

} // namespace Bench
