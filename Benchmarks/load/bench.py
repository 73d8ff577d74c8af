#!/usr/bin/env python3
"""Measures llmuses against the floor client and the mock server's truth, and holds the result against the targets.

    make -C Benchmarks/load && Benchmarks/load/bench.py               # everything, about seven minutes
    Benchmarks/load/bench.py --quick                                   # a tenth of the requests, one round
    Benchmarks/load/bench.py -w W2,W4 --rounds 5
    Benchmarks/load/bench.py -w W1,W2,W4,W5,start --rounds 8 --against OTHER   # no floor: what another build costs

Each round runs the floor and llmuses in turn, in alternating order, each with a server of its own; ratios are those of a
round, and the table shows their median. CPU is user and system time of the whole process from its start to its end, so
start-up, database, report and summary count. Both clients run in a real-time class where that is permitted, below the
server's: without it, the time slices of whatever else runs are what the tails show (--no-rt does without).
"""
import argparse
import contextlib
import json
import os
import sqlite3
import statistics
import sys

import paired
import workbench
from workbench import MockServer, Tool, folder, locked, rank

# events: with content, per answer. Each answer has three more: role, end and usage.
WORKLOADS = {
    "W1": dict(what="64 streams, 128 events, 2 ms apart", requests=2000, parallel=64, events=128,
               server=["--ttft", 20, "--itl", 2]),
    "W2": dict(what="as fast as it goes, 32 streams, 128 events", requests=8000, parallel=32, events=128,
               server=["--burst", 0]),
    "W3": dict(what="2,000 streams, 64 events, about 20 ms apart", requests=4000, parallel=2000, events=64,
               server=["--ttft", "uniform:50,150", "--itl", "uniform:10,30"], loops=1, gaps=True),
    "gaps": dict(what="2,000 streams, 64 events, 20 ms apart, all at once", requests=4000, parallel=2000, events=64,
                 server=["--ttft", 100, "--itl", 20], loops=1, gaps=True),
    "W4": dict(what="small requests without streaming, 64 at a time", requests=20000, parallel=64, events=16, server=[],
               streams=False),
    "W5": dict(what="Poisson 200/s, 64 events, 5 ms apart", requests=4000, rate=200, connections=1000, events=64,
               server=["--ttft", 50, "--itl", 5]),
    # Memory and first tokens. It has 500,000 events a second, at some 6 µs each for client and server: more than two
    # processors, so that neither writes or reads on time. Gaps are not judged here but in the next one.
    "10k": dict(what="10,000 streams, 64 events, about 20 ms apart", requests=20000, parallel=10000, events=64,
                server=["--ttft", "uniform:100,1000", "--itl", "uniform:10,30"], floor=False),
    # 50,000 events a second, which one loop and one server can do.
    "10k-gaps": dict(what="10,000 streams, 64 events, about 200 ms apart", requests=10000, parallel=10000, events=64,
                     server=["--ttft", "uniform:100,1000", "--itl", "uniform:100,300"], gaps=True, whole=True),
    "start": dict(what="start to first request sent", requests=1, parallel=1, events=1, server=[], floor=False,
                  repeats=10),
}


def mock(workload, requests):
    """The workload's server, which keeps the time of every event where gaps are held against it."""
    kept = ["--write-rows", requests + 1000] if workload.get("gaps") else []
    return MockServer("--events", workload["events"], *workload["server"], *kept)


def gap_shifts(told, writes):
    """How much the percentiles of the gaps that a client tells differ from those of the server's writes, in ms."""
    true = [(b - a) / 1e6 for times in writes.values() for a, b in zip(times, times[1:])]
    return {f"gap_shift_p{p}": told[p] - rank(true, p) for p in (50, 99)}


def run_floor(workload, requests, prepare, batch=0):
    with mock(workload, requests) as server, folder() as work:
        load = ["--rate", workload["rate"], "-c", workload["connections"]] if "rate" in workload else ["-c", workload["parallel"]]
        plain = [] if workload.get("streams", True) else ["--no-stream"]
        command = [os.path.join(workbench.HERE, "floor"), "--port", server.port, "-n", requests, *load, *plain,
                   "--batch", batch]
        finished = workbench.run([str(part) for part in command], work, prepare)
        if finished.status:
            raise SystemExit(finished.output)
        told = json.loads(finished.output)
        truth = server.truth()
        count = events(workload, len(truth))
        seen = {"cpu_per_event": finished.cpu * 1e6 / count, "cpu_per_request": finished.cpu * 1e6 / told["requests"],
                "events_per_s": count / told["seconds"]}
        if workload.get("gaps"):
            seen |= gap_shifts({p: told["gap_ms"][f"p{p}"] for p in (50, 99)}, server.writes())
        return seen


def run_floors(workload, requests, prepare):
    """The floor; where gaps are measured, beside it the one that looks every 0.5 ms and stamps by the kernel."""
    floor = run_floor(workload, requests, prepare)
    if workload.get("gaps"):
        batched = run_floor(workload, requests, prepare, batch=500)
        floor |= {"batch_" + key: value for key, value in batched.items()}
    return floor


def events(workload, requests):
    return requests * workload["events"]


def run_tool(tool, workload, requests, keep, prepare):
    with mock(workload, requests) as server, folder(keep) as work:
        load = ["--rate", workload["rate"]] if "rate" in workload else ["--parallel", workload["parallel"]]
        load += ["--loops", workload["loops"]] if "loops" in workload else []
        command = tool.command(server.url, work, requests, workload.get("streams", True), extra=load)
        finished = workbench.run(command, work, prepare)
        if finished.status:
            raise SystemExit(f"{' '.join(command)}\n{finished.output}")
        truth = server.truth()
        report = workbench.report_of(os.path.join(work, "run.json"))
        rows = list(workbench.stored(os.path.join(work, "run.db")))
        ttft, latency = workbench.errors(truth, rows)
        first = min(row["arrived_ns"] for row in truth.values()) / 1e9
        span = (max(row["last_ns"] for row in truth.values()) - min(row["arrived_ns"] for row in truth.values())) / 1e9
        count = events(workload, len(truth))
        true_ttft = [(row["first_ns"] - row["arrived_ns"]) / 1e6 for row in truth.values()]
        told_ttft = [row[1] * 1e3 for row in rows if row[1] is not None]
        gaps = measure_gaps(server, os.path.join(work, "run.db")) if workload.get("gaps") else {}
        return gaps | {
            "cpu_per_event": finished.cpu * 1e6 / count, "cpu_per_request": finished.cpu * 1e6 / requests,
            "cpu": finished.cpu, "user": finished.user, "system": finished.system,
            "events_per_s": count / span, "resident_mb": finished.resident / 1e6, "wall": finished.wall,
            "ok": len(rows), "joined": len(latency), "start_ms": (first - finished.started) * 1e3,
            "ttft_error_p50": rank(ttft, 50), "ttft_error_p99": rank(ttft, 99), "acausal": sum(e < -0.002 for e in ttft),
            "ttft_shift_p50": rank(told_ttft, 50) - rank(true_ttft, 50),
            "ttft_shift_p99": rank(told_ttft, 99) - rank(true_ttft, 99),
            "latency_error_p99": rank(latency, 99), "lag_p99": rank([row[3] * 1e3 for row in rows], 99),
            "late_p99_us": rank([row["latest_ns"] / 1e3 for row in truth.values()], 99),
            "rate_error": rate_error(truth, os.path.join(work, "run.db")), "verdict": report.get("verdict"),
        }


def measure_gaps(server, database):
    """What the stored gaps differ from those of the server's writes: their percentiles, and gap by gap."""
    writes, times = server.writes(), dict(workbench.output_times(database))
    told = [(b - a) * 1e3 for row in times.values() for a, b in zip(row, row[1:])]
    wrong = [abs((b - a) * 1e3 - (d - c) / 1e6) for key, row in times.items() if len(row) == len(writes.get(key, []))
             for a, b, c, d in zip(row, row[1:], writes[key], writes[key][1:])]
    seen = gap_shifts({p: rank(told, p) for p in (50, 99)}, writes)
    return seen | {"gap_error_p50": rank(wrong, 50), "gap_error_p99": rank(wrong, 99), "gaps_joined": len(wrong)}


def rate_error(truth, database):
    """By which share the rate of arrivals at the server differs from that of the schedule, which is random itself."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        first, last, count = connection.execute("SELECT min(due_time), max(due_time), count(*) FROM result").fetchone()
    # What came before the run's own requests was its probe.
    arrivals = sorted(row["arrived_ns"] for row in truth.values())[-count:]
    span = (arrivals[-1] - arrivals[0]) / 1e9
    return abs((last - first) / span - 1) if span else 0


def scaled(name, options):
    """The requests of a workload's run: as many as its streams at least where it is about many streams."""
    workload = WORKLOADS[name]
    if name == "start" or workload.get("whole"):
        return workload["requests"]
    least = workload["parallel"] if name == "10k" else 1
    return max(least, round(workload["requests"] * options.scale))


def compare(name, tool, other, options):
    """Pairs of (this build's run, the other's), in alternating order."""
    workload, pairs = WORKLOADS[name], []
    for number in range(max(options.rounds, workload.get("repeats", 1))):
        with locked(options.lock):
            builds = [other, tool] if number % 2 else [tool, other]
            seen = [run_tool(build, workload, scaled(name, options), options.keep, options.prepare) for build in builds]
        pairs.append(tuple(reversed(seen) if number % 2 else seen))
        if options.json:
            print(json.dumps({"workload": name, "llmuses": pairs[-1][0], "against": pairs[-1][1]}), flush=True)
    return pairs


def measure(name, tool, options):
    """The rounds of a workload: pairs of (llmuses, floor or None)."""
    workload = WORKLOADS[name]
    requests = scaled(name, options)
    pairs = []
    for number in range(workload.get("repeats", options.rounds)):
        with locked(options.lock):
            mine = floor = None
            if number % 2 == 0 and workload.get("floor", True):
                floor = run_floors(workload, requests, options.prepare)
            mine = run_tool(tool, workload, requests, options.keep, options.prepare)
            if number % 2 == 1 and workload.get("floor", True):
                floor = run_floors(workload, requests, options.prepare)
        pairs.append((mine, floor))
        if options.json:
            print(json.dumps({"workload": name, "llmuses": mine, "floor": floor}), flush=True)
        else:
            print(f"# {name}: {mine['cpu_per_event']:.3f} us/event, {mine['cpu_per_request']:.1f} us/request, user "
                  f"{mine['user']:.2f} s, system {mine['system']:.2f} s, {mine['resident_mb']:.0f} MB, verdict "
                  f"{word(mine['verdict'])}" + (f"; floor {floor['cpu_per_event']:.3f} us/event, "
                                                f"{floor['cpu_per_request']:.1f} us/request"
                                                + (f", looking every 0.5 ms {floor['batch_cpu_per_event']:.3f} us/event"
                                                   if "batch_cpu_per_event" in floor else "") if floor else ""),
                  file=sys.stderr, flush=True)
    return pairs


def word(verdict):
    return verdict.get("level", verdict) if isinstance(verdict, dict) else verdict


def median(pairs, key):
    return statistics.median(pair[0][key] for pair in pairs)


def ratio(pairs, key):
    return statistics.median(mine[key] / floor[key] for mine, floor in pairs)


def at_most(what, value, target, aim, unit, digits=2):
    return (what, value, target, aim, unit, digits, value <= target)


def at_least(what, value, target, aim, unit, digits=0):
    return (what, value, target, aim, unit, digits, value >= target)


LARGEST_GAP_SHIFT = {50: 0.2, 99: 1}


def judge_gaps(pairs):
    for percent in (50, 99):
        shift = statistics.median(abs(mine[f"gap_shift_p{percent}"]) for mine, _ in pairs)
        yield at_most(f"gap p{percent} − truth's", shift, LARGEST_GAP_SHIFT[percent], 0.05, "ms", 3)
        error = median(pairs, f"gap_error_p{percent}")
        yield at_most(f"error of a gap, p{percent}", error, LARGEST_GAP_SHIFT[percent], 0.05, "ms", 3)


def judge(name, pairs):
    """The lines of the table: what, measured, target, aim, unit, digits, whether it holds."""
    if name == "W1":
        yield at_most("CPU per event ÷ floor", ratio(pairs, "cpu_per_event"), 1.2, 0.6, "×")
    elif name == "W2":
        yield at_most("CPU per event", median(pairs, "cpu_per_event"), 0.9, 0.5, "µs", 3)
        yield at_least("events per second of a core", 1e6 / median(pairs, "cpu_per_event"), 1e6, 2e6, "/s")
    elif name in ("W3", "gaps", "10k-gaps"):
        yield at_most("CPU per event ÷ floor", ratio(pairs, "cpu_per_event"), 1.2, 1.0, "×")
        yield from judge_gaps(pairs)
        for percent in (50, 99):
            shift = statistics.median(abs(floor[f"gap_shift_p{percent}"]) for _, floor in pairs)
            yield at_most(f"the floor's own gap p{percent} − truth's", shift, LARGEST_GAP_SHIFT[percent], 0.1, "ms", 3)
        for percent in (50, 99):
            yield at_most(f"TTFT p{percent} − truth's", abs(median(pairs, f"ttft_shift_p{percent}")), 1, 0.1, "ms", 3)
        yield at_most("TTFT error of a request, p99", median(pairs, "ttft_error_p99"), 1, 0.1, "ms", 3)
    elif name == "W4":
        yield at_most("CPU per request", median(pairs, "cpu_per_request"), 25, 15, "µs", 1)
    elif name == "W5":
        yield at_most("schedule lag p99", median(pairs, "lag_p99"), 0.5, 0.1, "ms", 3)
        yield at_most("rate, off by", 100 * median(pairs, "rate_error"), 1, 0.1, "%", 3)
    elif name == "10k":
        yield at_most("resident memory", max(pair[0]["resident_mb"] for pair in pairs), 150, 80, "MB", 0)
        for percent in (50, 99):
            yield at_most(f"TTFT p{percent} − truth's", abs(median(pairs, f"ttft_shift_p{percent}")), 1, 0.1, "ms", 3)
    elif name == "start":
        yield at_most("process start to first request's arrival", median(pairs, "start_ms"), 30, 10, "ms", 1)
    requests = [pair[0] for pair in pairs]
    lost = sum(max(r["joined"], r["ok"]) - r["joined"] for r in requests)
    yield at_most("answers that the truth does not know", lost, 0, 0, "", 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-w", "--workloads", default=",".join(WORKLOADS), help="some of " + ", ".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0, help="factor on the number of requests")
    parser.add_argument("--quick", action="store_true", help="a tenth of the requests, one round")
    parser.add_argument("--llmuses", default=workbench.default_llmuses(), help="the binary; also LLMUSES")
    parser.add_argument("--against", help="another build: the ratios of this one to it, instead of the table")
    parser.add_argument("--lock", help="hold this file's lock during each round, so that builds do not disturb it")
    parser.add_argument("--json", action="store_true", help="print each round as a JSON object")
    parser.add_argument("--no-rt", action="store_true", help="leave the clients in the ordinary scheduling class")
    parser.add_argument("--keep", action="store_true", help="keep the databases")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.scale = 1, options.scale / 10
    options.prepare = None if options.no_rt else workbench.be_prompt
    workbench.build()
    tool = Tool(options.llmuses)
    names = options.workloads.split(",")
    for name in names:
        if name not in WORKLOADS:
            raise SystemExit(f"no workload {name}; there are {', '.join(WORKLOADS)}")
    if options.against:
        other = Tool(options.against)
        runs = ((name, WORKLOADS[name], compare(name, tool, other, options)) for name in names)
        sys.exit(0 if paired.print_table(tool.path, other.path, runs) else 1)
    lines = []
    for name in names:
        lines += [(name, *line) for line in judge(name, measure(name, tool, options))]
    print("| workload | what | measured | target | aim | |\n|---|---|---|---|---|---|")
    for name, what, value, target, aim, unit, digits, holds in lines:
        sign = "≥" if what.startswith("events per") else "≤"
        show = lambda number: f"{number:,.{digits}f} {unit}".strip()
        print(f"| {name} | {what} | {show(value)} | {sign} {show(target)} | {show(aim)} | {'pass' if holds else 'FAIL'} |")
    sys.exit(0 if all(line[-1] for line in lines) else 1)


if __name__ == "__main__":
    main()
