"""Ends of runs: readers that go away, full disks, closed descriptors, signals. Nothing that ended may be lost."""
import json, os, re, shutil, signal, subprocess, time

from harness import Service, case, mounted

SHORT = "sim:?ttft=5ms&itl=1ms&output-tokens=4"


def check_database(t, count, what, name="r.db", fewest=1):
    """All rows are there, or so many where none knows how many there are, and the run has a verdict and a summary."""
    rows = len(t.rows("1", name))
    verdict, summary = t.run_row("verdict, summary IS NOT NULL", name) or (None, 0)
    t.expect(rows == count if count is not None else rows >= fewest, f"{what}: {rows} rows of {count}")
    t.expect(verdict and summary, f"{what}: the database is not finished, verdict {verdict}, summary {summary}")


@case
def reader_gone(t):
    """A reader of the report or of the progress that goes away costs nothing: the status, the database and other outputs stay."""
    for what, streams, quiet in (("report", "stdout", True), ("progress", "stderr", False), ("both", "both", False)):
        end, other = os.pipe()
        process = t.start(
            *t.perf_arguments(SHORT, "-n", 200, "--parallel", 4, "--output-json", "r.json", "--log-every-n-query", 1, quiet=quiet, name=what),
            output=other if streams != "stderr" else subprocess.DEVNULL, errors=other if streams != "stdout" else subprocess.DEVNULL)
        os.close(other)
        os.close(end)
        result = t.wait(process)
        t.expect(result.status == 0, f"{what}: {result}")
        check_database(t, 200, what, what + ".db")
        t.expect(os.path.exists(t.path("r.json")), f"{what}: no --output-json")
        if os.path.exists(t.path("r.json")):
            os.unlink(t.path("r.json"))


@case
def interrupted_with_tee(t):
    """Ctrl-C on "llmuses … 2>&1 | tee log" ends tee first; the run still ends as an interrupted one."""
    process = t.start(
        *t.perf_arguments("sim:?ttft=50ms&itl=10ms&output-tokens=20", "-n", 5000, "--parallel", 4, quiet=False), errors=subprocess.STDOUT)
    tee = subprocess.Popen(["tee", t.path("log")], stdin=process.stdout, stdout=subprocess.DEVNULL)
    process.stdout.close()
    time.sleep(2)
    tee.send_signal(signal.SIGKILL)
    process.send_signal(signal.SIGINT)
    tee.wait()
    process.stdout = None
    result = t.wait(process)
    t.expect(result.status == 130, result)
    check_database(t, None, "database")


@case
def closed_descriptors(t):
    """Standard streams that are closed do not become sockets or files of the run."""
    for closed in ([0], [1], [2], [1, 2], [0, 1, 2]):
        name = "c" + "".join(map(str, closed))
        def close():
            for descriptor in closed:
                os.close(descriptor)
        process = t.start(
            *t.perf_arguments(SHORT, "-n", 150, "--parallel", 4, "--output-json", name + ".json", name=name, quiet=False),
            output=subprocess.DEVNULL, errors=subprocess.DEVNULL, preexec_fn=close)
        result = t.wait(process)
        t.expect(result.status in ((0, 1) if 1 in closed else (0,)), f"{closed} closed: {result}")
        check_database(t, 150, f"{closed} closed", name + ".db")
        try:
            json.load(open(t.path(name + ".json")))
        except (OSError, ValueError) as error:
            t.expect(False, f"{closed} closed: --output-json: {error}")


@case
def full_output(t):
    """A report that could not be written is an error, status 1, whichever command and form it is; the database is finished."""
    with open("/dev/full", "wb") as full:
        result = t.perf(SHORT, "-n", 20, output=full)
        t.expect(result.status == 1, f"perf: {result}")
        check_database(t, 20, "perf")
        result = t.perf(SHORT, "-n", 20, "--output-json", "-", output=full)
        t.expect(result.status == 1, f"perf --output-json -: {result}")
        for command in (["report", "r.db"], *(["report", "r.db", "--format", form] for form in ("json", "csv", "html", "markdown", "jsonl", "trace")),
                        ["compare", "r.db", "r.db"], ["compare", "r.db", "r.db", "--format", "json"], ["perf", "--help"], ["--version"],
                        ["calibrate", "--events", "4"], t.perf_arguments(SHORT, "--print-config")):
            result = t.tool(*command, output=full)
            t.expect(result.status == 1, f"{' '.join(command[:4])}: {result}")
    result = t.perf(SHORT, "-n", 20, "--output-html", "/dev/full")
    t.expect(result.status == 1, f"--output-html: {result}")


@case
def output_gone(t):
    """An output that cannot be written at the end costs none of the others; the status is 1."""
    os.mkdir(t.path("gone"))
    process = t.start(*t.perf_arguments(SHORT, "--duration", 2, "--output-json", "gone/r.json", "--output-html", "r.html",
                                        "--fail-if", "error_rate > 1%", "--allow-invalid", "--junit", "r.xml"))
    time.sleep(1)
    shutil.rmtree(t.path("gone"))
    result = t.wait(process)
    t.expect(result.status == 1 and "r.json" in result.errors, result)
    t.expect("Verdict" in result.output, "no report")
    for name in ("r.html", "r.xml"):
        t.expect(os.path.exists(t.path(name)) and os.path.getsize(t.path(name)) > 100, f"no {name}")
    check_database(t, None, "database")


@case(quick=False)
def full_disk(t):
    """A full disk is said to be full; what fitted is kept, and outputs on other disks are written."""
    for size in ("200k", "400k", "3m"):
        wrapper = mounted(t, 'mkdir -p disk && mount -t tmpfs -o size=%s tmpfs disk && "$BIN" "$@"; status=$?; cp disk/* kept/; exit $status' % size)
        os.makedirs(t.path("kept"), exist_ok=True)
        command = t.perf_arguments("sim:?ttft=2ms&itl=1ms&output-tokens=64", "-n", 20000, "--parallel", 16, "--output-json", "r.json", name="disk/r")
        process = subprocess.Popen([*wrapper, "bash", *command], cwd=t.folder, env=t.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.began = time.monotonic()
        result = t.wait(process)
        t.expect(result.status == 1 and "full" in result.errors, f"{size}: {result}")
        t.expect("Verdict" in result.output, f"{size}: no report")
        t.expect(os.path.exists(t.path("r.json")), f"{size}: no --output-json on the healthy disk")
        told = re.search(r"Total requests: (\d+)", result.output)
        kept = len(t.rows("1", "kept/r.db"))
        t.expect(size != "3m" or kept > 0, f"{size}: {kept} rows kept, {told and told.group(1)} told")
        shutil.rmtree(t.path("kept"))


@case(quick=False)
def signals(t):
    """SIGHUP and SIGTERM end a run as Ctrl-C does: with its report and a finished database."""
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        name = number.name
        process = t.start(*t.perf_arguments("sim:?ttft=20ms&itl=5ms&output-tokens=8", "--duration", 60, "--parallel", 4, name=name))
        time.sleep(1.5)
        process.send_signal(number)
        result = t.wait(process, 15)
        t.expect("Verdict" in result.output and result.status >= 128 and result.status != 137, f"{name}: {result}")
        check_database(t, None, name, name + ".db")


@case
def nothing_ended(t):
    """A run in which no request ended has a status other than 0, and its report calls it INVALID."""
    def silent(x):
        time.sleep(60)
    result = t.perf(Service(silent).url, "--duration", 1, "--grace", 1, "--read-timeout", 60, "--parallel", 2, timeout=30)
    t.expect(result.status not in (0, 137), f"perf: {result}")
    report = t.tool("report", "r.db")
    t.expect(report.status == 0 and "Verdict: INVALID" in report.output, f"report of it: {report}")
    result = t.perf(SHORT, "--rate", "0.0001", "--duration", 1, timeout=30)
    t.expect(result.status != 0 or "Total requests: 0" not in result.output, f"nothing was due: {result}")
    result = t.perf("127.0.0.1:1", "-n", 3)
    t.expect(result.status == 3, f"refused: {result}")


@case
def report_interrupted_early(t):
    """Ctrl-C at any time leaves either a finished database or none, and no hang."""
    for wait in (0.01, 0.03, 0.05, 0.08, 0.12, 0.2, 0.4):
        name = f"i{wait}"
        process = t.start(*t.perf_arguments(SHORT, "--duration", 30, name=name))
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        result = t.wait(process, 15)
        t.expect(result.status != 137, f"after {wait} s: still there")
        if os.path.exists(t.path(name + ".db")):
            check_database(t, None, f"after {wait} s", name + ".db", fewest=0)


@case(quick=False)
def open_loop_ends(t):
    """Arrivals that --duration has no time for were never due: nothing is "never sent", and attainment is of what was due."""
    for bound in (("--duration", 3), ("--until", "p50(latency) ±90%", "--duration", 6)):
        result = t.perf("sim:?ttft=20ms&itl=20ms&output-tokens=50", "--rate", 20, *bound, "--goodput", "latency:60s",
                        "--fail-if", "attainment < 99%", "--allow-invalid", timeout=30)
        t.expect(result.status == 0 and "never sent" not in result.output, f"{bound[0]}: {result.status}, {re.findall('.*never sent.*', result.output)}")
