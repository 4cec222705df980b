# SPDX-License-Identifier: MIT
"""Tables, aims and charts of what `run` has measured.

Results are, by workload and by server, a list with an entry for each round, None where it failed.
"""
import statistics

import charts
from workloads import ASKED_FOR, WORKLOADS

# In the order of the columns.
OURS = ("qt", "qt-threads", "qt-workers", "qt-plain")
OTHERS = ("node", "bun", "oxide", "python", "floor")

# The aims: workload, one server's figure as a share of another's, and the most or the least.
# Without the other server, it is the figure itself.
AIMS = [
    ("echo", "cpu_us", "qt", "node", "<=", 0.45),
    ("echo", "cpu_us", "qt", "bun", "<=", 0.85),
    ("broadcast", "cpu_us", "qt", "node", "<=", 0.45),
    ("broadcast", "cpu_us", "qt", "bun", "<=", 0.80),
    ("echo-idle", "cpu_us", "qt", "node", "<=", 0.35),
    ("echo-idle", "cpu_us", "qt", "bun", "<=", 0.55),
    ("echo", "cpu_us", "qt", "oxide", "<=", 0.80),
    ("echo-object", "cpu_us", "qt", "oxide", "<=", 0.80),
    ("polling", "cpu_us", "qt", "oxide", "<=", 0.80),
    ("churn", "cpu_us", "qt", "oxide", "<=", 0.80),
    ("broadcast", "cpu_us", "qt", "oxide", "<=", 0.65),
    ("echo-idle", "cpu_us", "qt", "oxide", "<=", 0.75),
    ("echo-deep", "cpu_us", "qt", "oxide", "<=", 0.65),
    ("echo-idle", "connect_cpu_us", "qt", "oxide", "<=", 0.30),
    ("echo", "cpu_us", "qt", "floor", "<=", 1.15),
    ("echo-idle", "rss_per_client_bytes", "qt", None, "<=", 5000),
    ("tls-idle", "rss_per_client_bytes", "qt", None, "<=", 25000),
    ("echo", "rate", "qt-threads", "qt", ">=", 1.0),
    ("echo-work", "rate", "qt-threads", "qt", ">=", 1.6),
]
FIELDS = {"cpu_us": "processor time", "connect_cpu_us": "processor time to connect a client",
          "rss_per_client_bytes": "resident bytes for a client", "rate": "rate"}
# Beside 8,000 idle clients an echo may cost so many times what it costs without them.
IDLE_LIMIT = 1.15
# The slowest hundredth of the echoes beside a flood, in microseconds.
FLOOD_LIMIT = 10_000
BROADCASTS = "broadcast-10000"


def median(results, server, field):
    values = [result[field] for result in results.get(server) or [] if result]
    return statistics.median(values) if values else None


def ratios(above, below, field="cpu_us"):
    """Of the rounds: what disturbs a round disturbs both of its sides."""
    return [a[field] / b[field] for a, b in zip(above or [], below or []) if a and b and b[field]]


def text(value, digits):
    return "-" if value is None else f"{value:,.{digits}f}"


def with_range(values, digits=2):
    """The median, and the lowest and the highest in brackets."""
    if not values:
        return "-"
    middle = text(statistics.median(values), digits)
    if len(values) == 1:
        return middle
    return f"{middle} ({text(min(values), digits)}-{text(max(values), digits)})"


def print_table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("| " + " | ".join(cells) + " |")
        if row is rows[0]:
            rest = ["-" * width + ":" for width in widths[1:]]
            print("|" + "-" * (widths[0] + 2) + "|" + "|".join("-" + dashes for dashes in rest) + "|")


def columns_of(results):
    measured = {server for result in results.values() for server in result}
    return [server for server in (*OURS[:1], *OTHERS, *OURS[1:]) if server in measured]


def print_costs(results, columns):
    others = [column for column in columns if column not in OURS]
    print("\nServer CPU for a message in microseconds: medians; ratios: medians of the rounds', "
          "the lowest and the highest in brackets\n")
    rows = [["workload", *columns, *[f"qt / {other}" for other in others]]]
    for name, result in results.items():
        rows.append([WORKLOADS[name][0], *[text(median(result, c, "cpu_us"), 2) for c in columns],
                     *[with_range(ratios(result.get("qt"), result.get(other)))
                       for other in others]])
    print_table(rows)


def print_rates(results, columns):
    print("\nMessages in a second; 50th and 99th percentile of the latency in microseconds\n")
    rows = [["workload", *[f"{c} {what}" for c in columns for what in ("rate", "p50", "p99")]]]
    for name, result in results.items():
        rows.append([WORKLOADS[name][0],
                     *[text(median(result, c, field), 0)
                       for c in columns for field in ("rate", "p50_us", "p99_us")]])
    print_table(rows)


def print_connections(results, columns):
    for name, title in (("echo-idle", "8,050 over WebSocket"),
                        ("tls-idle", "2,050 over WebSocket and TLS")):
        if name not in results:
            continue
        result = results[name]
        print(f"\nConnections: {title}\n")
        rows = [["figure", *columns]]
        for title, field, digits in (("server CPU to connect a client, us", "connect_cpu_us", 1),
                                     ("resident bytes for a client", "rss_per_client_bytes", 0),
                                     ("connections in a second", "connect_rate", 0)):
            rows.append([title, *[text(median(result, c, field), digits) for c in columns]])
        print_table(rows)


def print_floods(results):
    for name, result in results.items():
        for server in OURS:
            if "flood-" in name and result.get(server):
                p99 = [each["p99_us"] for each in result[server] if each]
                most = statistics.median(p99) if p99 else 0
                print(f"\n{WORKLOADS[name][0]}, {server}: p99 {with_range(p99, 0)} us"
                      + ("" if most <= FLOOD_LIMIT else f" > {FLOOD_LIMIT}"))


def print_turns(results):
    """Echoes beside broadcasts to many, and how long the server's loop did not look up."""
    result = results.get(BROADCASTS)
    if not result:
        return
    print(f"\n{WORKLOADS[BROADCASTS][0]}: latency of the echoes; turns of the server's event "
          "loop in processor time\n")
    rows = [["server", "p50, us", "p99, us", "longest, us", "broadcasts in a round",
             "longest turn, ms", "turns above 5 ms"]]
    for server in columns_of({"": result}):
        turns = [each["turns"] for each in result[server] if each and each["turns"]]
        figures = [text(median(result, server, field), 0)
                   for field in ("p50_us", "p99_us", "max_us", "broadcasts")]
        rows.append([server, *figures, with_range([turn[0] for turn in turns], 1),
                     text(sum(turn[1] for turn in turns), 0) if turns else "-"])
    print_table(rows)


def print_aims(results):
    rows = [["aim", "limit", "reached", "floor", ""]]
    for name, field, server, other, sign, limit in AIMS:
        result = results.get(name, {})
        if other:
            values = ratios(result.get(server), result.get(other), field)
            floor = ratios(result.get("floor"), result.get(other), field)
        else:
            values = [each[field] for each in result.get(server) or [] if each]
            floor = [each[field] for each in result.get("floor") or [] if each]
        if not values:
            continue
        digits = 2 if other else 0
        reached = statistics.median(values)
        right = reached <= limit if sign == "<=" else reached >= limit
        rows.append([f"{WORKLOADS[name][0]}: {FIELDS[field]}, {server}"
                     + (f" / {other}" if other else ""),
                     f"{sign} {text(limit, digits)}", with_range(values, digits),
                     "-" if other in ("floor", *OURS) else with_range(floor, digits),
                     "reached" if right else "not reached"])
    if {"echo-idle", "echo-50"} <= results.keys():
        values = ratios(results["echo-idle"].get("qt"), results["echo-50"].get("qt"))
        if values:
            rows.append(["processor time of qt, beside 8,000 idle clients / without them",
                         f"<= {IDLE_LIMIT}", with_range(values), "-",
                         "reached" if statistics.median(values) <= IDLE_LIMIT else "not reached"])
    if len(rows) > 1:
        print("\nAims; what a server can reach that only makes the calls of the system is under "
              "floor\n")
        print_table(rows)


def dispatchers(results):
    """The event dispatchers of this module's servers, as they have named them."""
    names = {server: {each["dispatcher"] for result in results.values()
                      for each in result.get(server) or [] if each and "dispatcher" in each}
             for server in OURS}
    return "; ".join(f"{server}: {', '.join(sorted(found))}" for server, found in names.items()
                     if found)


def report(about, results):
    print()
    for name, fact in about.items():
        print(f"{name}: {fact}")
    if named := dispatchers(results):
        print(f"event dispatchers: {named}")
    columns = columns_of(results)
    # Beside broadcasts, most of the time is theirs.
    of_messages = {name: result for name, result in results.items() if name != BROADCASTS}
    if of_messages:
        print_costs(of_messages, columns)
        print_rates(of_messages, columns)
    print_connections(results, columns)
    print_floods(results)
    print_turns(results)
    print_aims(results)


def draw(results, folder):
    """Charts of the workloads that are measured without being asked for; the paths of the files."""
    results = {name: result for name, result in results.items() if name not in ASKED_FOR}
    if not results:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for field, title, digits in (("cpu_us", "Processor time for a message, microseconds", 2),
                                 ("rate", "Messages in a second", 0)):
        groups = []
        for name, result in results.items():
            bars = [(server, median(result, server, field)) for server in charts.SERVERS]
            groups.append((WORKLOADS[name][0],
                           [(server, value, text(value, digits)) for server, value in bars]))
        paths.append(folder / f"benchmarks-{field.removesuffix('_us')}.svg")
        paths[-1].write_text(charts.chart(title, groups))
    return paths
