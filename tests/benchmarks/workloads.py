# SPDX-License-Identifier: MIT
"""The workloads that `run` measures, and which server takes part in which."""

# Name: (title, options of bench-load, messages of the warm-up, measured messages).
WORKLOADS = {
    "echo": ("echo, 100 clients", ["--clients", 100], 30000, 150000),
    "echo-deep": ("echo, 100 clients with 16 under way each", ["--clients", 100, "--depth", 16],
                  50000, 300000),
    "echo-work": ("echo after 10 us of work, 100 clients", ["--clients", 100, "--work"],
                  20000, 100000),
    "echo-object": ("echo of an object, 100 clients", ["--clients", 100, "--object"], 30000, 150000),
    "broadcast": ("broadcast to 500", ["--workload", "broadcast", "--clients", 500], 50000, 200000),
    "room": ("room broadcast, 50 of 5,000",
             ["--workload", "room", "--clients", 5000, "--members", 50], 50000, 100000),
    "echo-50": ("echo, 50 active, no idle", ["--clients", 50], 30000, 150000),
    "echo-idle": ("echo, 50 active beside 8,000 idle",
                  ["--clients", 50, "--idle", 8000, "--settle", 2], 30000, 150000),
    "binary": ("echo of 64 KiB binary, 20 clients",
               ["--workload", "binary", "--clients", 20], 2000, 5000),
    "polling": ("echo over long-polling, 50 clients", ["--clients", 50, "--polling"], 5000, 10000),
    "churn": ("connect and disconnect, 50 at a time",
              ["--workload", "churn", "--clients", 50], 2000, 5000),
    "tls-echo": ("echo over TLS, 100 clients", ["--tls", "--clients", 100], 30000, 100000),
    "tls-broadcast": ("broadcast over TLS to 500",
                      ["--tls", "--workload", "broadcast", "--clients", 500], 50000, 200000),
    "tls-churn": ("connect and disconnect over TLS, 50 at a time",
                  ["--tls", "--workload", "churn", "--clients", 50], 300, 1500),
    "tls-resume": ("the same, with sessions of TLS taken up",
                   ["--tls", "--resume", "--workload", "churn", "--clients", 50], 300, 1500),
    "tls-idle": ("echo over TLS, 50 active beside 2,000 idle",
                 ["--tls", "--clients", 50, "--idle", 2000, "--settle", 2], 30000, 50000),
    **{f"{prefix}flood-{kind}": (f"echo{where}, 100 clients beside a flood of {what}",
                                 [*option, "--clients", 100, "--flood", kind], 30000, 100000)
       for prefix, where, option in (("", "", []), ("tls-", " over TLS", ["--tls"]))
       for kind, what in (("events", "events"), ("pings", "pings"),
                          ("large", "events of 900 kB"), ("unread", "events, answers unread"))},
    "flood-acks": ("echo, 100 clients beside three floods of events, acknowledgements unread",
                   ["--clients", 100, "--flood", "unread", "--flooders", 3], 30000, 100000),
    "broadcast-10000": ("echo, 50 clients beside broadcasts to 10,000",
                        ["--clients", 50, "--flood", "broadcasts", "--flooders", 10000, "--turns"],
                        500, 10000),
}
# Workloads that are measured when they are asked for: a whole run is long enough without them.
ASKED_FOR = {name for name in WORKLOADS if name.startswith("tls-") or "flood-" in name}
ASKED_FOR.add("broadcast-10000")
TLS_SERVERS = {"qt", "qt-plain", "node", "qt-threads"}
TURNS_SERVERS = {"qt", "qt-plain", "qt-threads"}
FLOOR = {"echo", "echo-deep", "echo-object", "broadcast", "room", "echo-50", "echo-idle", "polling",
         "churn"}


def is_over_tls(name):
    return "--tls" in WORKLOADS[name][1]


def takes_part(server, name):
    if is_over_tls(name):
        return server in TLS_SERVERS
    return server != "floor" or name in FLOOR
