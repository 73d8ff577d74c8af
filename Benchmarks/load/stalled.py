#!/usr/bin/env python3
"""A service that stands still for five seconds must show in every number that counts from the schedule.

    Benchmarks/load/stalled.py

Poisson arrivals, at most so many in flight; the mock server is stopped in the middle, as a pause of its garbage collector
would stop it. Times from the send see the few requests that were in flight then; times from the due time see all that
came due meanwhile. Due times are those of the same seed without a stall, to the nanosecond.
"""
import argparse
import contextlib
import os
import signal
import sqlite3
import sys
import threading

import workbench
from workbench import MockServer, Tool, folder, locked, rank


def measure(tool, options, stall):
    """The rows of one run: (due, TTFT, TTFT from the due time), in seconds; and the run's attainment."""
    with MockServer("--ttft", 50, "--itl", 5, "--events", 16) as server, folder() as work:
        extra = ["--rate", options.rate, "--max-in-flight", options.cap, "--seed", 1, "--goodput", "ttft:500ms", "--no-probe"]
        command = tool.command(server.url, work, round(options.rate * options.seconds), extra=extra)
        timers = []
        if stall:
            middle = options.seconds / 2
            timers = [threading.Timer(middle, server.process.send_signal, (signal.SIGSTOP,)),
                      threading.Timer(middle + stall, server.process.send_signal, (signal.SIGCONT,))]
        for timer in timers:
            timer.start()
        finished = workbench.run(command, work)
        if finished.status:
            raise SystemExit(finished.output)
        with contextlib.closing(sqlite3.connect(os.path.join(work, "run.db"))) as connection:
            rows = connection.execute("SELECT due_time, first_token_time - sent_time, first_token_time - due_time "
                                      "FROM result WHERE success = 'True' ORDER BY request_index").fetchall()
        return rows, workbench.report_of(os.path.join(work, "run.json"))


def found(report, name):
    """The value of the first member called `name`, at any depth."""
    if isinstance(report, dict):
        if name in report:
            return report[name]
        return next((value for value in (found(part, name) for part in report.values()) if value is not None), None)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=100, help="requests per second")
    parser.add_argument("--seconds", type=float, default=20, help="how long requests arrive")
    parser.add_argument("--stall", type=float, default=5, help="seconds that the server stands still")
    parser.add_argument("--cap", type=int, default=20, help="requests in flight at most")
    parser.add_argument("--llmuses", default=workbench.default_llmuses())
    parser.add_argument("--lock", help="hold this file's lock meanwhile")
    options = parser.parse_args()
    workbench.build()
    tool = Tool(options.llmuses)
    with locked(options.lock):
        quiet, _ = measure(tool, options, 0)
        stalled, report = measure(tool, options, options.stall)
    print(f"{len(stalled)} requests, {options.rate:g} per second, stalled for {options.stall:g} s")
    print("TTFT, s               p50     p90     p99     max")
    for name, column in ("from the send", 1), ("from the due time", 2):
        values = [row[column] for row in stalled]
        print(f"  {name:18}" + "".join(f"{rank(values, p):8.3f}" for p in (50, 90, 99, 100)))
    late = {name: sum(row[column] > options.stall / 2 for row in stalled) for name, column in (("send", 1), ("due", 2))}
    expected = options.rate * options.stall / 2
    print(f"later than {options.stall / 2:g} s: {late['send']} from the send, {late['due']} from the due time, "
          f"{expected:.0f} of them due while it stood still")
    same = [row[0] for row in quiet] == [row[0] for row in stalled]
    print("due times as without the stall:", "yes" if same else "NO")
    print(f"answers whose first token came within 500 ms: {found(report, 'attainment'):.1%}")
    holds = same and late["due"] > 0.8 * expected and late["send"] <= 2 * options.cap
    print("pass" if holds else "FAIL")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
