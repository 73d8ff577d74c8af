#!/usr/bin/env python3
"""Compares what a stand-in for W&B received with the records of the run, by arithmetic of its own.

    verify_wandb.py BASE_URL RECORDS.csv SHOWN_NAME

Standard library only. Prints what differs; ends with 1 if anything did.
"""
import csv, json, sys, urllib.request


def rows(path):
    """The original's running averages after each finished request, by its own formulas."""
    start = end = None
    ok, failed, last_many = [], 0, False
    with open(path) as f:
        for r in csv.DictReader(f):
            s, e = int(r["start"]) / 1e9, int(r["ended"]) / 1e9
            start = s if start is None else start
            end = e if end is None else max(end, e)
            out = {}
            if r["ok"] == "1":
                first, before = int(r["first_event"]) / 1e9, int(r["before_last"]) / 1e9
                n = int(r["events"])
                ok.append((e - s, first - s, n - 2, before - first, int(r["input"]), int(r["output"])))
                out["request_ttft"] = (int(r["first_token"]) - int(r["sent"])) / 1e9
                out["request_latency"] = (int(r["last_token"]) - int(r["sent"])) / 1e9
                out["request_output_tokens"] = int(r["output"])
            else:
                failed += 1
            time, tokens = end - start, sum(o[5] for o in ok)
            out.update({"Time": round(time, 3), "concurrency": 4, "completed": len(ok) + failed, "succeed": len(ok),
                        "failed": failed, "request_index": int(r["index"]), "request_succeeded": int(r["ok"])})
            if ok:
                n = len(ok)
                out.update({
                    "qps": round(n / time, 3), "latency": round(sum(o[0] for o in ok) / n, 3),
                    "time to first token": round(sum(o[1] for o in ok) / n, 3),
                    "throughput(output tokens per second)": round(tokens / time, 3),
                    "time per output token": round(time / tokens, 5),
                    "package per request": round(sum(o[2] for o in ok) / n + 2, 3),
                    "time per package": round(sum(o[3] for o in ok) / max(1, sum(o[2] for o in ok)), 3),
                    "input tokens per request": round(sum(o[4] for o in ok) / n, 3),
                    "output tokens per request": round(tokens / n, 3)})
            yield out


def main():
    base, table, name = sys.argv[1:4]
    got = json.load(urllib.request.urlopen(base + "/__received"))
    wrong = ["violation: %s" % v for v in got["violations"]]
    # A run that broke off has been uploaded again under another id; what had arrived of it stays.
    found = [r for r in got["runs"].values() if r["display_name"] == name and r["state"] != "running"]
    if len(found) != 1:
        sys.exit("%d runs called %r: %s" % (len(found), name, sorted(got["runs"])))
    run, expected = found[0], list(rows(table))
    if len(run["history"]) != len(expected):
        wrong.append("%d rows instead of %d" % (len(run["history"]), len(expected)))
    for step, (have, want) in enumerate(zip(run["history"], expected)):
        if have["_step"] != step:
            wrong.append("row %d has step %s" % (step, have["_step"]))
        for key, value in want.items():
            # The last digit may be rounded the other way: sums of the same numbers in another order.
            if abs(have.get(key, float("nan")) - value) <= (1.0001e-5 if key == "time per output token" else 1.0001e-3):
                continue
            wrong.append("row %d: %s is %r instead of %r" % (step, key, have.get(key), value))
    want = {"state": "finished", "exitcode": 0}
    wrong += ["%s is %r" % (k, run[k]) for k, v in want.items() if run[k] != v]
    wrong += ["config.%s is %r" % (k, run["config"].get(k)) for k, v in (("model", "qwen/7b"), ("seed", 7)) if run["config"].get(k) != v]
    wrong += ["summary.%s is %r" % (k, run["summary"].get(k)) for k, v in
              (("verdict", "VALID"), ("completed", len(expected)), ("total_requests", len(expected))) if run["summary"].get(k) != v]
    wrong += ["file %s is missing" % f for f in ("report/report.html",) if f not in run["files"] or f not in run["uploaded"]]
    if len(run["output"]) != 3 or "second: \"ünï\"" not in run["output"][1]:
        wrong.append("console: %r" % run["output"])
    if not any("system.cpu" in e or "system.proc.memory.rssMB" in e for e in run["events"]):
        wrong.append("system metrics: %r" % run["events"][:2])
    for line in wrong[:20]:
        print(line)
    print("%s: %d rows, %s" % (name, len(run["history"]), "as recorded" if not wrong else "%d differences" % len(wrong)))
    sys.exit(bool(wrong))


main()
