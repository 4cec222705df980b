// SPDX-License-Identifier: MIT
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <cstddef>
#include <string>
#include <sys/types.h>

namespace Bench {

enum class Kind { Echo, Binary, Broadcast, Room, Rooms, Churn, Idle };

// What flooding clients send: small events, WebSocket pings, events of nearly a megabyte, or small
// events whose answers they never read. Broadcasts: they are in a room, and one of them has an event
// sent to all of it, again and again.
enum class FloodKind { None, Events, Pings, Large, Unread, Broadcasts };

struct Options
{
    int port = 0;
    pid_t pid = 0;
    Kind workload = Kind::Echo;
    std::string workloadName = "echo";
    // Clients that take part, and clients that are only connected.
    std::size_t clients = 100;
    std::size_t idle = 0;
    // How many of the clients that take part are in the room.
    std::size_t members = 50;
    // Echoes that each client has under way.
    std::size_t depth = 1;
    // Bytes of the argument, or of the attachment.
    std::size_t size = 32;
    bool object = false;
    // Echoes for which the application has something to do first.
    bool work = false;
    bool polling = false;
    // Over TLS, without a look at the certificate; and whether a client takes its last session up.
    bool tls = false;
    bool resume = false;
    // Clients beside those that are measured, in a process of their own.
    FloodKind flood = FloodKind::None;
    std::size_t flooders = 1;
    // Ask the server how long the turns of its event loop have taken.
    bool turns = false;
    // Clients that are connecting at the same time.
    std::size_t parallel = 64;
    // Messages before and within the measured interval. Every server does the same work, however
    // busy the machine is; the timeout bounds the time.
    long long warmUp = 20'000;
    long long messages = 50'000;
    long long settleSeconds = 0;
    long long timeout = 90;
};

// Ends the process if the options cannot be understood.
Options parseOptions(int argc, char *argv[]);

} // namespace Bench

#endif // BENCH_OPTIONS_H
