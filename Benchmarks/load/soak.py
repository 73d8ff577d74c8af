#!/usr/bin/env python3
"""A long run of small requests: resident memory over time, and whether the database is complete.

    Benchmarks/load/soak.py                      # 2,000,000 requests, about two minutes
    Benchmarks/load/soak.py -n 200000

Memory is flat when it grows by no more than --slack MB from the first fifth of the run to its end. What the report needs
at the end (exact percentiles over every request) comes on top of that and is shown apart.
"""
import argparse
import contextlib
import os
import sqlite3
import sys
import time

import workbench
from workbench import MockServer, Tool, folder, locked


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=2_000_000, help="requests")
    parser.add_argument("--parallel", type=int, default=64)
    parser.add_argument("--save", default="none", help="what bodies the database keeps: none, text or full")
    parser.add_argument("--slack", type=float, default=30, help="MB that memory may grow after the first fifth")
    parser.add_argument("--llmuses", default=workbench.default_llmuses())
    parser.add_argument("--lock", help="hold this file's lock meanwhile")
    options = parser.parse_args()
    workbench.build()
    tool = Tool(options.llmuses)
    with locked(options.lock), MockServer("--events", 4, "--truth-rows", 0) as server, folder() as work:
        extra = ["--parallel", options.parallel] + (["--save", options.save] if "--save" in tool.help else [])
        series, began, last = [], time.monotonic(), [0.0]

        def watch(pid):
            now = time.monotonic() - began
            if now - last[0] >= 1:
                last[0] = now
                series.append((now, workbench.resident(pid) / 1e6, os.path.getsize(database) / 1e6
                               if os.path.exists(database) else 0))

        database = os.path.join(work, "run.db")
        command = tool.command(server.url, work, options.n, streams=False, extra=extra)
        finished = workbench.run(command, work, watch=watch, limit=3600)
        if finished.status:
            raise SystemExit(finished.output)
        with contextlib.closing(sqlite3.connect(database)) as connection:
            rows, ok, distinct = connection.execute(
                "SELECT count(*), sum(success = 'True'), count(DISTINCT request_index) FROM result").fetchone()
            sound = connection.execute("PRAGMA quick_check").fetchone()[0]
        report = workbench.report_of(os.path.join(work, "run.json"))
    # The server has sent everything when the database stops growing; what follows is the report.
    sending = [row for row in series if row[2] < 0.99 * max(size for _, _, size in series)] or series
    start = sending[len(sending) // 5][1]
    most = max(row[1] for row in sending[len(sending) // 5:])
    print("seconds  resident MB  database MB")
    for row in series[:: max(1, len(series) // 20)]:
        print(f"{row[0]:7.1f}  {row[1]:11.1f}  {row[2]:11.1f}")
    verdict = report.get("verdict")
    print(f"{rows} rows, {ok} successes, {distinct} different requests, database {sound}, verdict "
          f"{verdict.get('level') if isinstance(verdict, dict) else verdict}")
    print(f"{finished.cpu * 1e6 / options.n:.1f} us CPU per request in {finished.wall:.0f} s; memory from {start:.1f} to "
          f"{most:.1f} MB while sending, {finished.resident / 1e6:.1f} MB at most")
    whole = rows == ok == distinct == options.n and sound == "ok"
    flat = most - start <= options.slack
    print("database complete:", "pass" if whole else "FAIL")
    print("memory flat:", "pass" if flat else "FAIL")
    sys.exit(0 if whole and flat else 1)


if __name__ == "__main__":
    main()
