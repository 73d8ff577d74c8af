#!/usr/bin/env python3
"""A client that gets too little processor must say so: the same run unhindered and starved.

    Benchmarks/load/starved.py

Starved is a tenth of a processor by control group; where none may be made, one processor shared with busy neighbours of a
higher priority. The unhindered run has to end VALID, the starved one INVALID for a reason that is the client's.
"""
import argparse
import contextlib
import os
import subprocess
import sys

import workbench
from workbench import MockServer, Tool, folder, locked

CLIENT_REASONS = {"client-cpu", "client-throttled", "first-token-slack", "loop-stall", "schedule-lag",
                  "late-reads", "offered-rate-missed", "client-adds-too-much", "above-half-of-ceiling"}


@contextlib.contextmanager
def tenth_of_a_processor():
    """Yields what a child calls before exec to get 10 % of a processor; None where it cannot be had."""
    name = f"llmuses-starved-{os.getpid()}"
    for base, files in (("/sys/fs/cgroup/cpu", {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "10000"}),
                        ("/sys/fs/cgroup", {"cpu.max": "10000 100000"})):
        path = os.path.join(base, name)
        if not os.path.isdir(base) or (base.endswith("cgroup") and not os.path.exists(base + "/cgroup.controllers")):
            continue
        try:
            os.mkdir(path)
            for file, value in files.items():
                with open(os.path.join(path, file), "w") as output:
                    output.write(value)
        except OSError:
            with contextlib.suppress(OSError):
                os.rmdir(path)
            continue

        def join():
            with open(os.path.join(path, "cgroup.procs"), "w") as output:
                output.write(str(os.getpid()))

        try:
            yield join
        finally:
            with contextlib.suppress(OSError):
                os.rmdir(path)
        return
    yield None


@contextlib.contextmanager
def busy_neighbours():
    """The same with one processor that four busy processes share."""
    processor = max(os.sched_getaffinity(0))

    def settle():
        os.sched_setaffinity(0, {processor})

    neighbours = [subprocess.Popen([sys.executable, "-c", "while True: pass"], preexec_fn=settle) for _ in range(4)]

    def join():
        settle()
        os.nice(10)

    try:
        yield join
    finally:
        for neighbour in neighbours:
            neighbour.kill()
            neighbour.wait()


def judge(tool, prepare, options):
    """The verdict's level and its reasons: (code, level, message)."""
    with MockServer("--ttft", 50, "--itl", 5, "--events", 64) as server, folder() as work:
        command = tool.command(server.url, work, options.n, extra=["--rate", options.rate])
        finished = workbench.run(command, work, prepare=prepare)
        if not os.path.exists(os.path.join(work, "run.json")):
            raise SystemExit(finished.output)
        report = workbench.report_of(os.path.join(work, "run.json"))
        verdict = report["verdict"]
        if isinstance(verdict, str):
            return verdict, [(r["code"], r["level"], r["message"]) for r in report.get("verdict_reasons", [])]
        return verdict["level"], [(r["code"], r["level"], r["message"]) for r in verdict["reasons"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=2000, help="requests")
    parser.add_argument("--rate", type=float, default=400, help="requests per second")
    parser.add_argument("--llmuses", default=workbench.default_llmuses())
    parser.add_argument("--lock", help="hold this file's lock meanwhile")
    options = parser.parse_args()
    workbench.build()
    tool = Tool(options.llmuses)
    holds = True
    with locked(options.lock):
        level, reasons = judge(tool, None, options)
        print("unhindered:", level, *(f"\n  {r[1]} {r[0]}: {r[2]}" for r in reasons))
        holds &= level == "VALID"
        with tenth_of_a_processor() as prepare:
            if prepare:
                level, reasons = judge(tool, prepare, options)
            else:
                with busy_neighbours() as prepare:
                    level, reasons = judge(tool, prepare, options)
        print("starved:", level, *(f"\n  {r[1]} {r[0]}: {r[2]}" for r in reasons))
        holds &= level == "INVALID" and any(r[1] == "INVALID" and r[0] in CLIENT_REASONS for r in reasons)
    print("pass" if holds else "FAIL")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
