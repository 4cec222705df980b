// SPDX-License-Identifier: MIT
#include "filelimit.h"
#include "load/channel.h"
#include "load/client.h"
#include "load/options.h"
#include "load/serverprobe.h"
#include "load/tls.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <getopt.h>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace Bench;

namespace {

constexpr long long second = 1'000'000'000;
constexpr const char *usage =
    R"(bench-storm --port N --pid N [options]: clients that come back, prints a line of JSON
  --mode restart    the server ends; when a line with the process of the new one comes on standard
                    input, all clients come back at once
  --mode jitter     each client is cut off again and again while numbered events are broadcast
  --clients N       (1000)
  --recovery        restart: clients ask to be recovered, as they have heard an event before
  --unnoticed       jitter: the server sees a cut 8 s later only
  --seconds N       jitter: for so long (120)
  --pause N         jitter: seconds between two cuts of a client, on average (20)
  --timeout N       gives up after so many seconds (180)
)";

struct StormOptions
{
    int port = 0;
    pid_t pid = 0;
    bool jitter = false;
    std::size_t clients = 1000;
    bool recovery = false;
    bool unnoticed = false;
    long long seconds = 120;
    long long pause = 20;
    long long timeout = 180;
};

StormOptions parse(int argc, char *argv[])
{
    const option names[] = {
        {"port", required_argument, nullptr, 'p'},    {"pid", required_argument, nullptr, 'P'},
        {"mode", required_argument, nullptr, 'm'},    {"clients", required_argument, nullptr, 'n'},
        {"recovery", no_argument, nullptr, 'r'},      {"unnoticed", no_argument, nullptr, 'u'},
        {"seconds", required_argument, nullptr, 's'}, {"pause", required_argument, nullptr, 'b'},
        {"timeout", required_argument, nullptr, 't'}, {nullptr, 0, nullptr, 0}};
    StormOptions options;
    for (int name = 0; (name = getopt_long(argc, argv, "", names, nullptr)) != -1;) {
        switch (name) {
        case 'p':
            options.port = atoi(optarg);
            break;
        case 'P':
            options.pid = atoi(optarg);
            break;
        case 'm':
            options.jitter = std::string_view(optarg) == "jitter";
            break;
        case 'n':
            options.clients = static_cast<std::size_t>(atoll(optarg));
            break;
        case 'r':
            options.recovery = true;
            break;
        case 'u':
            options.unnoticed = true;
            break;
        case 's':
            options.seconds = atoll(optarg);
            break;
        case 'b':
            options.pause = std::max(atoll(optarg), 4LL);
            break;
        case 't':
            options.timeout = atoll(optarg);
            break;
        default:
            std::fputs(usage, stderr);
            std::exit(2);
        }
    }
    if (options.port == 0 || options.pid == 0 || options.clients == 0) {
        std::fputs(usage, stderr);
        std::exit(2);
    }
    return options;
}

// The text of a member of flat JSON; empty if there is none.
std::string member(std::string_view json, std::string_view name)
{
    const std::string key = '"' + std::string(name) + "\":\"";
    const std::size_t at = json.find(key);
    if (at == std::string_view::npos)
        return {};
    const std::size_t from = at + key.size();
    return std::string(json.substr(from, json.find('"', from) - from));
}

// A client that comes back. It has two connections, so that it can be back while the server still
// believes the old one to live.
struct Player
{
    std::unique_ptr<Client> connections[2];
    std::size_t current = 0;
    bool connected = false;
    long long since = 0;
    std::string sid;
    std::string pid;
    std::string offset;
    std::string auth;
    // The number of the last event, and what it means for those before it.
    long long last = 0;
    long long received = 0;
    long long repeated = 0;
    long long disordered = 0;
    long long recovered = 0;
    long long comebacks = 0;
};

class Storm final : public Listener
{
public:
    Storm(Loop &loop, const StormOptions &options)
        : m_loop(loop)
        , m_options(options)
        , m_deadline(now() + options.timeout * second)
        , m_players(options.clients)
    {
        for (std::size_t i = 0; i < m_players.size(); ++i) {
            for (std::size_t slot = 0; slot < 2; ++slot)
                m_players[i].connections[slot] = webSocketClient(loop, *this, 2 * i + slot);
        }
    }

    void connectAll(std::size_t parallel);
    void restart();
    void jitter();

    std::string_view authOf(Client &client) override;
    void ready(Client &client, std::string_view answer) override;
    void packet(Client &client, std::string_view text) override;
    void attachment(Client &, std::string_view) override { fail("unexpected attachment"); }
    void left(Client &) override { }
    void lost(Client &client) override;

private:
    Player &playerOf(const Client &client) { return m_players[client.index() / 2]; }
    void join(Player &player);
    void cut(Player &player);
    void after(long long nanoseconds, std::function<void()> function);
    void turn(long long until);
    void waitFor(const std::function<bool()> &condition, const char *what);
    void emitNumber(long long number);
    void emitFirstNumber();
    void report(const char *mode, long long elapsed, long long cpu);

    Loop &m_loop;
    const StormOptions m_options;
    const long long m_deadline;
    std::vector<Player> m_players;
    std::size_t m_connected = 0;
    std::size_t m_retries = 0;
    bool m_serverIsAway = false;
    std::vector<float> m_waits;
    std::multimap<long long, std::function<void()>> m_timers; // by the time at which they are due
    std::mt19937 m_random{12345};
};

void Storm::join(Player &player)
{
    player.connections[player.current]->join();
}

std::string_view Storm::authOf(Client &client)
{
    Player &player = playerOf(client);
    player.auth.clear();
    if (!player.pid.empty())
        player.auth = R"({"pid":")" + player.pid + R"(","offset":")" + player.offset + R"("})";
    return player.auth;
}

void Storm::ready(Client &client, std::string_view answer)
{
    Player &player = playerOf(client);
    if (client.index() % 2 != player.current)
        fail("an abandoned connection was opened");
    const std::string sid = member(answer, "sid");
    if (!player.sid.empty()) {
        ++player.comebacks;
        player.recovered += sid == player.sid;
    }
    player.sid = sid;
    player.pid = member(answer, "pid");
    player.connected = true;
    ++m_connected;
    m_waits.push_back(static_cast<float>(now() - player.since) / 1e6F);
}

void Storm::packet(Client &client, std::string_view text)
{
    Player &player = playerOf(client);
    constexpr std::string_view start = R"(2["b",)";
    if (text.substr(0, start.size()) != start)
        fail("unexpected packet: " + std::string(text));
    text.remove_prefix(start.size());
    const long long number = atoll(std::string(text.substr(0, 20)).c_str());
    if (const std::size_t comma = text.find(",\""); comma != std::string_view::npos)
        player.offset = text.substr(comma + 2, text.find('"', comma + 2) - comma - 2);
    ++player.received;
    player.repeated += number == player.last;
    player.disordered += number < player.last;
    player.last = std::max(player.last, number);
}

void Storm::lost(Client &client)
{
    Player &player = playerOf(client);
    if (client.index() % 2 != player.current)
        return;
    if (player.connected) {
        player.connected = false;
        --m_connected;
        if (!m_serverIsAway)
            fail("the server ended a connection");
        return;
    }
    // Refused or cut while it was connecting.
    ++m_retries;
    after(second / 10, [this, &player] { join(player); });
}

void Storm::after(long long nanoseconds, std::function<void()> function)
{
    const long long due = now() + nanoseconds;
    m_timers.emplace(due, std::move(function));
}

void Storm::turn(long long until)
{
    if (!m_timers.empty())
        until = std::min(until, m_timers.begin()->first);
    m_loop.turn(std::min(until, m_deadline));
    while (!m_timers.empty() && m_timers.begin()->first <= now())
        m_timers.extract(m_timers.begin()).mapped()();
}

void Storm::waitFor(const std::function<bool()> &condition, const char *what)
{
    while (!condition()) {
        turn(m_deadline);
        if (now() >= m_deadline)
            fail(std::string("not in time: ") + what + ", " + std::to_string(m_connected) + " of "
                 + std::to_string(m_players.size()) + " clients are connected");
    }
}

void Storm::connectAll(std::size_t parallel)
{
    std::size_t started = 0;
    waitFor(
        [&] {
            while (started < m_players.size() && started - m_connected < parallel) {
                m_players[started].since = now();
                join(m_players[started++]);
            }
            return m_connected == m_players.size();
        },
        "connecting");
}

void Storm::restart()
{
    if (m_options.recovery)
        emitFirstNumber();
    m_serverIsAway = true;
    std::printf("connected\n");
    std::fflush(stdout);
    waitFor([this] { return m_connected == 0; }, "the end of the server");
    std::printf("lost\n");
    std::fflush(stdout);
    pid_t pid = 0;
    std::cin >> pid;
    const ServerProbe server(pid);
    if (!server.isValid())
        fail("no such process");
    m_waits.clear();
    const long long start = now();
    const long long cpu = server.cpuNanoseconds();
    connectAll(m_players.size());
    report("restart", now() - start, server.cpuNanoseconds() - cpu);
}

void Storm::cut(Player &player)
{
    Client &old = *player.connections[player.current];
    player.connected = false;
    --m_connected;
    player.current = 1 - player.current;
    if (m_options.unnoticed) {
        old.stall();
        after(8 * second, [&old] { old.drop(); });
    } else {
        old.drop();
    }
    after(2 * second, [this, &player] {
        player.since = now();
        join(player);
    });
}

void Storm::emitNumber(long long number)
{
    // The first client is never cut off.
    m_players.front().connections[0]->send(R"(2["bcast",)" + std::to_string(number) + ']');
}

// With an offset, a client can ask for what it has missed.
void Storm::emitFirstNumber()
{
    emitNumber(1);
    waitFor(
        [this] {
            return std::all_of(m_players.begin(), m_players.end(),
                               [](const Player &player) { return player.last == 1; });
        },
        "the first event");
}

void Storm::jitter()
{
    const ServerProbe server(m_options.pid);
    if (!server.isValid())
        fail("no such process");
    long long number = 1;
    emitFirstNumber();
    const long long start = now();
    const long long end = start + m_options.seconds * second;
    const long long cpu = server.cpuNanoseconds();
    // With an unnoticed cut, a connection is used again only when it has been dropped.
    const long long shortest = (m_options.unnoticed ? 9 : 3) * second;
    std::uniform_int_distribution<long long> pause(shortest,
                                                   2 * m_options.pause * second - shortest);
    std::function<void(Player &)> cutLater = [&](Player &player) {
        const long long wait = pause(m_random);
        if (now() + wait >= end)
            return;
        after(wait, [&] {
            if (player.connected)
                cut(player);
            cutLater(player);
        });
    };
    for (std::size_t i = 1; i < m_players.size(); ++i)
        cutLater(m_players[i]);
    std::function<void()> tick = [&] {
        emitNumber(++number);
        if (now() + second / 10 < end)
            after(second / 10, tick);
    };
    tick();
    waitFor([&] { return now() >= end && m_connected == m_players.size(); }, "coming back");
    // An event after all cuts tells that those before it have come or never will.
    emitNumber(++number);
    waitFor(
        [&] {
            return std::all_of(m_players.begin(), m_players.end(),
                               [&](const Player &player) { return player.last == number; });
        },
        "the last event");
    long long received = 0;
    long long repeated = 0;
    long long disordered = 0;
    for (const Player &player : m_players) {
        received += player.received;
        repeated += player.repeated;
        disordered += player.disordered;
    }
    const long long expected = number * static_cast<long long>(m_players.size());
    std::printf(
        "{\"expected\": %lld, \"missing\": %lld, \"repeated\": %lld, \"disordered\": %lld, ",
        expected, expected - (received - repeated - disordered), repeated, disordered);
    report("jitter", now() - start, server.cpuNanoseconds() - cpu);
}

void Storm::report(const char *mode, long long elapsed, long long cpu)
{
    std::sort(m_waits.begin(), m_waits.end());
    const auto percentile = [this](double part) {
        return m_waits.empty()
            ? 0.0
            : static_cast<double>(
                m_waits[static_cast<std::size_t>(static_cast<double>(m_waits.size() - 1) * part)]);
    };
    long long comebacks = 0;
    long long recovered = 0;
    for (const Player &player : m_players) {
        comebacks += player.comebacks;
        recovered += player.recovered;
    }
    std::printf("%s\"mode\": \"%s\", \"clients\": %zu, \"comebacks\": %lld, \"recovered\": %lld, "
                "\"retries\": %zu, \"seconds\": %.3f, "
                "\"cpu_ms\": %.1f, \"p50_ms\": %.1f, \"p99_ms\": %.1f, \"max_ms\": %.1f}\n",
                m_options.jitter ? "" : "{", mode, m_players.size(), comebacks, recovered,
                m_retries, static_cast<double>(elapsed) / 1e9, static_cast<double>(cpu) / 1e6,
                percentile(0.5), percentile(0.99), percentile(1));
    std::fflush(stdout);
}

} // namespace

// Clients that come back to a server: all at once after its end, or each after cuts of its own.
int main(int argc, char *argv[])
{
    const StormOptions options = parse(argc, argv);
    raiseFileLimit();
    Loop loop(options.port);
    Storm storm(loop, options);
    storm.connectAll(256);
    if (options.jitter)
        storm.jitter();
    else
        storm.restart();
    return 0;
}
