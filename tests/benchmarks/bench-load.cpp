// SPDX-License-Identifier: MIT
#include "filelimit.h"
#include "load/flood.h"
#include "load/options.h"
#include "load/serverprobe.h"
#include "load/tls.h"
#include "load/turnprobe.h"
#include "load/workload.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

using namespace Bench;

namespace {

constexpr long long second = 1'000'000'000;

struct Sample
{
    long long time;
    long long cpu;
    long long messages;
};

double percentile(std::vector<float> &values, double part)
{
    if (values.empty())
        return 0;
    const auto rank = static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * part);
    std::nth_element(values.begin(), values.begin() + rank, values.end());
    return static_cast<double>(values[static_cast<std::size_t>(rank)]);
}

} // namespace

// Loads a server of the benchmarks and prints what it cost as one line of JSON.
int main(int argc, char *argv[])
{
    const Options options = parseOptions(argc, argv);
    raiseFileLimit();
    const ServerProbe server(options.pid);
    if (!server.isValid())
        fail("no such process");
    Loop loop(options.port, tlsClient(options));
    Workload workload(loop, options);
    const long long deadline = now() + options.timeout * second;
    const auto sample = [&] { return Sample{now(), server.cpuNanoseconds(), workload.messages()}; };
    const auto turnUntil = [&](long long time) {
        loop.turn(std::min(time, deadline));
        if (now() >= deadline)
            fail("not done within " + std::to_string(options.timeout) + " s");
    };

    const auto turnUntilTrue = [&](const auto &condition) {
        while (!condition())
            turnUntil(deadline);
    };
    TurnProbe turns(loop);
    if (options.turns) {
        turns.connect();
        turnUntilTrue([&turns] { return turns.isConnected(); });
    }
    const auto askForTurns = [&] {
        if (!options.turns)
            return;
        turns.ask();
        turnUntilTrue([&turns] { return turns.isAnswered(); });
    };

    const long residentBefore = server.residentKiB();
    const Sample connectStart = sample();
    workload.connect();
    turnUntilTrue([&workload] { return workload.isConnected(); });
    const Sample connected = sample();

    // Buffers of the handshakes are given back before the memory of idle clients is read.
    for (const long long until = now() + options.settleSeconds * second; now() < until;)
        turnUntil(until);
    const long residentConnected = server.residentKiB();

    Sample first = connected;
    Sample last = connected;
    Flood flood(options);
    if (options.workload != Kind::Idle) {
        workload.start();
        turnUntilTrue([&] { return workload.messages() >= options.warmUp; });
        askForTurns();
        workload.measure();
        first = sample();
        const long long end = options.warmUp + options.messages;
        turnUntilTrue([&] { return workload.messages() >= end; });
        last = sample();
        askForTurns();
    }
    const long residentAfter = server.residentKiB();
    const bool broadcasts = options.flood == FloodKind::Broadcasts;
    const auto flooded = static_cast<double>(flood.stop());
    workload.stop();

    const auto messages = static_cast<double>(last.messages - first.messages);
    const auto elapsed = static_cast<double>(std::max(last.time - first.time, 1LL));
    const auto cpu = static_cast<double>(last.cpu - first.cpu);
    const auto clients = static_cast<double>(options.clients + options.idle);
    const double perMessage = cpu / std::max(messages, 1.0) / 1000;
    printf("{\"workload\": \"%s\", \"clients\": %zu, \"idle\": %zu, \"messages\": %.0f, "
           "\"seconds\": %.3f, \"rate\": %.0f, \"cpu_us\": %.3f, \"cpu_share\": %.3f, "
           "\"p50_us\": %.1f, \"p99_us\": %.1f, \"max_us\": %.1f, \"connect_cpu_us\": %.2f, "
           "\"connect_rate\": %.0f, \"rss_before_kib\": %ld, \"rss_connected_kib\": %ld, "
           "\"rss_after_kib\": %ld, \"rss_per_client_bytes\": %.0f, \"flood_mb\": %.1f, "
           "\"broadcasts\": %.1f, \"turns\": [%s]}\n",
           options.workloadName.c_str(), options.clients, options.idle, messages,
           elapsed / static_cast<double>(second), messages * second / elapsed, perMessage,
           cpu / elapsed, percentile(workload.latencies(), 0.5),
           percentile(workload.latencies(), 0.99), percentile(workload.latencies(), 1),
           static_cast<double>(connected.cpu - connectStart.cpu) / clients / 1000,
           clients * second / static_cast<double>(connected.time - connectStart.time),
           residentBefore, residentConnected, residentAfter,
           static_cast<double>(residentConnected - residentBefore) * 1024 / clients,
           broadcasts ? 0 : flooded / 1e6,
           broadcasts ? flooded / static_cast<double>(options.flooders) : 0,
           turns.answer().c_str());
    return 0;
}
