// SPDX-License-Identifier: MIT
#ifndef BENCH_TURNPROBE_H
#define BENCH_TURNPROBE_H

#include "client.h"

#include <memory>
#include <string>
#include <string_view>

namespace Bench {

// Asks bench-server, started with --turns, how long a turn of its event loop has taken.
class TurnProbe final : public Listener
{
public:
    explicit TurnProbe(Loop &loop);
    ~TurnProbe() override;

    void connect() { m_client->join(); }
    bool isConnected() const { return m_isConnected; }
    // Asks for the turns since it was asked for the last time.
    void ask();
    bool isAnswered() const { return !m_answer.empty(); }
    // Numbers with a comma between them: the longest turn in milliseconds of processor time, and
    // how many took longer than 5 ms.
    std::string answer() const { return m_answer; }

    void ready(Client &client, std::string_view answer) override;
    void packet(Client &client, std::string_view text) override;
    void attachment(Client &client, std::string_view bytes) override;
    void left(Client &client) override;

private:
    std::unique_ptr<Client> m_client;
    std::string m_answer;
    bool m_isConnected = false;
};

} // namespace Bench

#endif // BENCH_TURNPROBE_H
