#!/usr/bin/env python3
"""Runs cases of faults against a binary, several at a time, and prints a table.

    run.py BINARY [--quick] [--jobs N] [CASE…]

Each case runs in a process and a folder of its own; both are gone when it has ended, and all that it started with them. Status 1
when a case failed. A case that a machine cannot run is skipped, and says why.
"""
import argparse, concurrent.futures, json, os, shutil, signal, subprocess, sys, tempfile, time, traceback

import harness
import answers, counts, databases, endings, exports, files, limits, secrets_kept, starts, wire  # noqa: F401 (cases)


def play(binary, name, folder):
    """Runs one case in this process; prints its outcome as JSON."""
    trial = harness.Trial(binary, folder)
    try:
        harness.CASES[name](trial)
        outcome = ("FAIL", "; ".join(trial.missed)) if trial.missed else ("pass", "")
    except harness.Skip as reason:
        outcome = ("skip", str(reason))
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        outcome = ("FAIL", "; ".join([*trial.missed, f"{type(error).__name__}: {error} ({os.path.basename(place.filename)}:{place.lineno})"]))
    print(json.dumps(outcome), flush=True)


def supervise(binary, name):
    """Runs one case in a process of its own."""
    folder = tempfile.mkdtemp(prefix="llmuses-fault-")
    began, seconds = time.monotonic(), harness.CASES[name].seconds
    process = subprocess.Popen(
        [sys.executable, "-B", __file__, binary, "--play", folder, name], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True, text=True)
    try:
        output, errors = process.communicate(timeout=seconds)
        outcome = json.loads(output.splitlines()[-1]) if output.strip() else ["FAIL", errors[-200:] or "no outcome"]
    except subprocess.TimeoutExpired:
        outcome = ["FAIL", f"not over after {seconds} s"]
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    return name, outcome[0], outcome[1], time.monotonic() - began


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--quick", action="store_true", help="only cases of a few seconds")
    parser.add_argument("--jobs", type=int, default=max(2, (os.cpu_count() or 2)))
    parser.add_argument("--list", action="store_true", help="print the cases and what each expects")
    parser.add_argument("--play", help=argparse.SUPPRESS)
    options = parser.parse_intermixed_args()
    binary = os.path.realpath(options.binary)
    unknown = [name for name in options.cases if name not in harness.CASES]
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}; --list prints them")
    if options.play:
        return play(binary, options.cases[0], options.play)
    names = options.cases or [name for name, function in harness.CASES.items() if function.quick or not options.quick]
    if options.list:
        for name in names:
            print(f"{name:22} {' '.join(harness.CASES[name].__doc__.split())}")
        return
    # The long ones first, so that none runs alone at the end.
    order = sorted(names, key=lambda name: -harness.CASES[name].seconds)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        outcomes = {}
        for future in concurrent.futures.as_completed([pool.submit(supervise, binary, name) for name in order]):
            name, outcome, words, seconds = future.result()
            outcomes[name] = (outcome, words, seconds)
            print(f"{name:22} {outcome} {seconds:5.1f} s", file=sys.stderr, flush=True)
    print(f"\n{'case':22} outcome")
    for name in names:
        outcome, words, _ = outcomes[name]
        print(f"{name:22} {outcome}" + (f"  {words[:400]}" if words else ""))
        if outcome == "FAIL":
            print(f"{'':22} expected: {' '.join(harness.CASES[name].__doc__.split())}")
    count = {kind: sum(outcome[0] == kind for outcome in outcomes.values()) for kind in ("pass", "FAIL", "skip")}
    print(f"\n{count['pass']} passed, {count['FAIL']} failed, {count['skip']} skipped")
    sys.exit(1 if count["FAIL"] else 0)


if __name__ == "__main__":
    main()
