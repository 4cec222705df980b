// SPDX-License-Identifier: MIT
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include "client.h"
#include "options.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace Bench {

// Clients, and what they do. Every answer is compared with the expected one byte by byte.
class Workload final : public Listener
{
public:
    Workload(Loop &loop, const Options &options);
    ~Workload() override;

    void connect();
    // All clients have joined the namespace, and the room's members their room.
    bool isConnected() const { return m_ready == m_clients.size() && m_joined == m_members; }
    void start();
    // Drops the latencies of the warm-up.
    void measure();
    void stop();

    // Messages so far. An echo with its acknowledgement is one message, and so is a broadcast's
    // delivery to one client, and a client's coming and going.
    long long messages() const { return m_messages; }
    // Microseconds from the sending to the answer or delivery; in churn, from connect() to the
    // namespace.
    std::vector<float> &latencies() { return m_latencies; }

    void ready(Client &client, std::string_view answer) override;
    void packet(Client &client, std::string_view text) override;
    void attachment(Client &client, std::string_view bytes) override;
    void left(Client &client) override;

private:
    struct State
    {
        unsigned nextId = 0;
        // The attachment of a binary acknowledgement follows.
        bool awaitsAttachment = false;
        // The oldest first: acknowledgements come in order.
        std::deque<long long> sent;
    };

    void joinMore();
    void join(std::size_t index);
    void sendEcho(Client &client);
    void sendBroadcast();
    void answered(long long since);

    Options m_options;
    std::vector<std::unique_ptr<Client>> m_clients;
    std::vector<State> m_states;
    std::string m_argument;
    std::string m_attachment;
    std::string m_delivery;
    std::string m_scratch;
    std::size_t m_started = 0;
    std::size_t m_ready = 0;
    std::size_t m_members = 0;
    std::size_t m_joined = 0;
    std::size_t m_undelivered = 0;
    long long m_broadcastAt = 0;
    long long m_sent = 0;
    long long m_messages = 0;
    bool m_running = false;
    std::vector<float> m_latencies;
};

} // namespace Bench

#endif // BENCH_WORKLOAD_H
