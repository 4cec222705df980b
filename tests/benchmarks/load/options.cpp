// SPDX-License-Identifier: MIT
#include "options.h"

#include "channel.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <getopt.h>
#include <utility>

namespace Bench {

namespace {

constexpr const char *usage =
    R"(bench-load --port N --pid N [options]: loads a benchmark server, prints one line of JSON
  --workload NAME   echo, binary, broadcast, room, rooms (joined and left), churn or idle
  --clients N       clients that take part (100)
  --idle N          clients that are connected and silent (0)
  --members N       clients in the room (50)
  --depth N         echoes that each client has under way (1)
  --size N          bytes of the argument (32; binary: 65536)
  --object          the argument is an object of some members, not a string
  --work            the server works for 10 microseconds before it echoes
  --polling         clients stay on HTTP long-polling
  --tls             over TLS; the certificate is not verified
  --resume          with --tls: a connection takes up the session of one before it
  --flood KIND      beside others that send without a pause: events, pings, large or unread; or
                    beside broadcasts to so many others: broadcasts
  --flooders N      how many of them (1)
  --turns           ask bench-server, started with --turns, for the longest turn of its event loop
  --parallel N      clients that connect at the same time (64)
  --warm-up N       messages before the measured interval (20000)
  --messages N      messages within it (50000)
  --settle SECONDS  time between the connecting and the reading of memory (0)
  --timeout SECONDS gives up after this time (90)
)";

constexpr std::array<std::pair<const char *, Kind>, 7> kinds{{{"echo", Kind::Echo},
                                                              {"binary", Kind::Binary},
                                                              {"broadcast", Kind::Broadcast},
                                                              {"room", Kind::Room},
                                                              {"rooms", Kind::Rooms},
                                                              {"churn", Kind::Churn},
                                                              {"idle", Kind::Idle}}};

constexpr std::array<std::pair<const char *, FloodKind>, 5> floodKinds{
    {{"events", FloodKind::Events},
     {"pings", FloodKind::Pings},
     {"large", FloodKind::Large},
     {"unread", FloodKind::Unread},
     {"broadcasts", FloodKind::Broadcasts}}};

constexpr std::array<option, 23> longOptions{{{"port", required_argument, nullptr, 'p'},
                                              {"pid", required_argument, nullptr, 'P'},
                                              {"workload", required_argument, nullptr, 'w'},
                                              {"clients", required_argument, nullptr, 'n'},
                                              {"idle", required_argument, nullptr, 'i'},
                                              {"members", required_argument, nullptr, 'm'},
                                              {"depth", required_argument, nullptr, 'd'},
                                              {"size", required_argument, nullptr, 's'},
                                              {"object", no_argument, nullptr, 'o'},
                                              {"work", no_argument, nullptr, 'W'},
                                              {"polling", no_argument, nullptr, 'l'},
                                              {"tls", no_argument, nullptr, 't'},
                                              {"resume", no_argument, nullptr, 'r'},
                                              {"flood", required_argument, nullptr, 'f'},
                                              {"flooders", required_argument, nullptr, 'F'},
                                              {"parallel", required_argument, nullptr, 'a'},
                                              {"warm-up", required_argument, nullptr, 'u'},
                                              {"messages", required_argument, nullptr, 'M'},
                                              {"settle", required_argument, nullptr, 'e'},
                                              {"timeout", required_argument, nullptr, 'T'},
                                              {"turns", no_argument, nullptr, 'R'},
                                              {"help", no_argument, nullptr, 'h'},
                                              {nullptr, 0, nullptr, 0}}};

double number(const char *text, double minimum, double maximum)
{
    char *end = nullptr;
    const double value = std::strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= minimum && value <= maximum))
        fail(std::string("not a number within the limits: ") + text);
    return value;
}

std::size_t size(const char *text, double minimum, double maximum)
{
    return static_cast<std::size_t>(number(text, minimum, maximum));
}

void setWorkload(Options &options, const std::string &name)
{
    for (const auto &[text, kind] : kinds) {
        if (name == text) {
            options.workload = kind;
            options.workloadName = name;
            if (kind == Kind::Binary)
                options.size = 65536;
            return;
        }
    }
    fail("unknown workload: " + name);
}

FloodKind floodKind(const std::string &name)
{
    for (const auto &[text, kind] : floodKinds) {
        if (name == text)
            return kind;
    }
    fail("unknown kind of flood: " + name);
}

} // namespace

Options parseOptions(int argc, char *argv[])
{
    Options options;
    for (;;) {
        const int option = getopt_long(argc, argv, "", longOptions.data(), nullptr);
        if (option < 0)
            break;
        switch (option) {
        case 'p':
            options.port = static_cast<int>(number(optarg, 1, 65535));
            break;
        case 'P':
            options.pid = static_cast<pid_t>(number(optarg, 1, 1 << 30));
            break;
        case 'w':
            setWorkload(options, optarg);
            break;
        case 'n':
            options.clients = size(optarg, 0, 100'000);
            break;
        case 'i':
            options.idle = size(optarg, 0, 100'000);
            break;
        case 'm':
            options.members = size(optarg, 1, 100'000);
            break;
        case 'd':
            options.depth = size(optarg, 1, 64);
            break;
        case 's':
            options.size = size(optarg, 1, 900'000);
            break;
        case 'o':
            options.object = true;
            break;
        case 'W':
            options.work = true;
            break;
        case 'l':
            options.polling = true;
            break;
        case 't':
            options.tls = true;
            break;
        case 'r':
            options.resume = true;
            break;
        case 'f':
            options.flood = floodKind(optarg);
            break;
        case 'F':
            options.flooders = size(optarg, 1, 100'000);
            break;
        case 'R':
            options.turns = true;
            break;
        case 'a':
            options.parallel = size(optarg, 1, 1000);
            break;
        case 'u':
            options.warmUp = static_cast<long long>(number(optarg, 0, 1e9));
            break;
        case 'M':
            options.messages = static_cast<long long>(number(optarg, 1, 1e9));
            break;
        case 'e':
            options.settleSeconds = static_cast<long long>(number(optarg, 0, 600));
            break;
        case 'T':
            options.timeout = static_cast<long long>(number(optarg, 1, 3600));
            break;
        case 'h':
            std::fputs(usage, stdout);
            std::exit(0);
        default:
            std::fputs(usage, stderr);
            std::exit(2);
        }
    }
    if (options.port == 0 || options.pid == 0 || optind != argc)
        fail("needs --port and --pid, see --help");
    if (options.clients + options.idle == 0)
        fail("needs a client");
    if (options.workload != Kind::Idle && options.clients == 0)
        fail("needs a client that takes part");
    if (options.workload == Kind::Room && options.members > options.clients)
        fail("more members than clients");
    if (options.polling && options.workload != Kind::Echo && options.workload != Kind::Idle)
        fail("--polling is for echo and idle");
    return options;
}

} // namespace Bench
