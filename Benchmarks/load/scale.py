#!/usr/bin/env python3
"""Measures how events per second grow with the number of event loops.

    make -C Benchmarks/load && Benchmarks/load/scale.py
    Benchmarks/load/scale.py --loops 1,2,4,6 --servers 8 --rounds 5

Mock servers that share one port (SO_REUSEPORT) answer as fast as they can, with 128 events. The rate is the one that counts for a
user: events that were received and recorded, divided by the time of the whole process from its start to its end, once with the bodies
of requests and answers in the database (`--save full`) and once without (`--save none`). Each round runs every number of loops, in
alternating order; the table shows medians, and each beside that of one loop.

It means something only where there are more processors than loops and servers together: on fewer, the servers take from the client
what it is to be measured with, and the script says so.
"""
import argparse
import contextlib
import os
import statistics

from workbench import MockServer, Tool, be_prompt, build, default_llmuses, folder, report_of, run

EVENTS = 128


def measure(tool, url, loops, save, options):
    """Events per second of one run, and the processors that it took."""
    with folder() as work:
        command = tool.command(url, work, options.requests,
                               extra=("--parallel", options.parallel, "--loops", loops, "--save", save))
        finished = run(command, work, None if options.no_rt else be_prompt)
        if finished.status:
            raise SystemExit(finished.output)
        requests = report_of(os.path.join(work, "run.json"))["requests"]
        if requests["succeeded"] != options.requests:
            raise SystemExit(f"{requests['succeeded']} of {options.requests} requests succeeded")
    return requests["succeeded"] * EVENTS / finished.wall, finished.cpu / finished.wall


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loops", default="1,2,4", help="numbers of event loops (1,2,4)")
    parser.add_argument("--servers", type=int, default=0, help="mock servers; 0: as many as the most loops")
    parser.add_argument("--requests", type=int, default=20000)
    parser.add_argument("--parallel", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--llmuses", default=default_llmuses(), help="the binary; also LLMUSES")
    parser.add_argument("--no-rt", action="store_true", help="leave the client in the ordinary scheduling class")
    options = parser.parse_args()
    build()
    tool = Tool(options.llmuses)
    counts = [int(count) for count in options.loops.split(",")]
    servers = options.servers or max(counts)
    processors = len(os.sched_getaffinity(0))
    measured = {(loops, save): [] for save in ("none", "full") for loops in counts}
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(MockServer("--events", EVENTS, "--burst", 0, "--truth-rows", 0))
        for _ in range(servers - 1):
            stack.enter_context(first.twin("--events", EVENTS, "--burst", 0, "--truth-rows", 0))
        for number in range(options.rounds):
            for key in list(measured)[:: 1 if number % 2 == 0 else -1]:
                measured[key].append(measure(tool, first.url, *key, options))
    print("| save | loops | events per second | beside one loop | processors |\n|---|---|---|---|---|")
    for (loops, save), rounds in measured.items():
        rate, cores = (statistics.median(values) for values in zip(*rounds))
        one = statistics.median(rate for rate, _ in measured[counts[0], save])
        print(f"| {save} | {loops} | {rate:,.0f} | {rate / one:.2f} × | {cores:.1f} |")
    if processors < servers + max(counts) + 1:
        print(f"\n{processors} processors for {servers} servers, {max(counts)} loops and the recorder: these numbers say nothing "
              "about how loops scale.")


if __name__ == "__main__":
    main()
