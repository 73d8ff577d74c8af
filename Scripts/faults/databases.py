"""Result databases: locked, deleted, read-only and damaged ones; merged runs."""
import contextlib, json, os, random, re, shutil, sqlite3, stat, subprocess, time

from harness import Service, Skip, case, mounted, need_root

FAST = "sim:?ttft=5ms&itl=1ms&output-tokens=8"
FORMS = ("text", "json", "csv", "jsonl", "markdown", "junit", "html", "vllm", "evalscope", "evalscope-percentiles", "trace")


@case(quick=False)
def database_locked(t):
    """Another process that reads or holds the write lock for a moment ends nothing and costs no row."""
    for kind in ("BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "BEGIN"):
        process = t.start(*t.perf_arguments(FAST, "--duration", 4, "--parallel", 4))
        time.sleep(1.5)
        with contextlib.closing(sqlite3.connect(t.path("r.db"), isolation_level=None, timeout=10)) as other:
            other.execute(kind)
            if kind == "BEGIN":
                other.execute("SELECT count(*) FROM result").fetchall()
            time.sleep(0.7)
            other.execute("COMMIT")
        result = t.wait(process)
        told = re.search(r"Total requests: (\d+)", result.output)
        rows = len(t.rows("1"))
        t.expect(result.status == 0 and told and int(told.group(1)) == rows, f"{kind}: {result}, {rows} rows")
        os.unlink(t.path("r.db"))


@case(quick=False)
def database_locked_at_end(t):
    """The same when the lock is held while the run ends."""
    process = t.start(*t.perf_arguments(FAST, "--duration", 2, "--parallel", 4))
    time.sleep(1.6)
    with contextlib.closing(sqlite3.connect(t.path("r.db"), isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(1.2)
        other.execute("COMMIT")
    result = t.wait(process)
    told = re.search(r"Total requests: (\d+)", result.output)
    t.expect(result.status == 0 and told and int(told.group(1)) == len(t.rows("1")), result)


@case(quick=False)
def database_deleted(t):
    """A database that is deleted or replaced in mid-run is said to be gone."""
    for replace in (False, True):
        process = t.start(*t.perf_arguments(FAST, "--duration", 3, "--parallel", 4))
        time.sleep(1.5)
        for name in os.listdir(t.folder):
            if name.startswith("r.db"):
                os.unlink(t.path(name))
        if replace:
            t.write("r.db", "")
        result = t.wait(process)
        t.expect(result.status != 0 and "r.db" in result.errors and "Verdict" in result.output, f"replaced {replace}: {result}")
        for name in os.listdir(t.folder):
            if name.startswith("r.db"):
                os.unlink(t.path(name))


@case(seconds=180, quick=False)
def damaged_values(t):
    """No value in a database ends a command with a trap: each report is made, or refused with a message."""
    t.perf(FAST, "-n", 20, "--parallel", 4)
    shutil.copy(t.path("r.db"), t.path("whole.db"))
    with contextlib.closing(sqlite3.connect(t.path("r.db"))) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(result)")]
        run_columns = [row[1] for row in connection.execute("PRAGMA table_info(run)")]
    values = ["1e300", "-1e300", "-1", "9223372036854775807", "-9223372036854775808", "'[1e300, -1]'", "'nan'", "x'ff00'", "NULL", "1e10"]
    changes = [f"UPDATE result SET \"{column}\" = {value}" for column in columns for value in values]
    changes += [f"UPDATE run SET \"{column}\" = {value}" for column in run_columns for value in values]
    # Each change meets one form, and all forms meet each column.
    jobs = [(change, (FORMS + ("compare", "merge"))[place % (len(FORMS) + 2)]) for place, change in enumerate(changes)]
    for change, form in jobs:
        shutil.copy(t.path("whole.db"), t.path("c.db"))
        with contextlib.closing(sqlite3.connect(t.path("c.db"))) as connection, contextlib.suppress(sqlite3.Error):
            connection.execute(change)
            connection.commit()
        if form == "compare":
            command = ["compare", "whole.db", "c.db"]
        elif form == "merge":
            command = ["merge", "-o", "m.db", "whole.db", "c.db"]
        else:
            command = ["report", "c.db", "--format", form, "-o", "out"]
        result = t.tool(*command, timeout=20)
        t.expect(result.status < 128, f"{change}, {form}: status {result.status}")
        for name in ("c.db-wal", "c.db-shm", "m.db", "m.db-wal", "m.db-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(t.path(name))


@case(seconds=120, quick=False)
def damaged_bytes(t):
    """No change of a database's bytes ends a report with a trap."""
    t.perf(FAST, "-n", 20, "--parallel", 4)
    whole, draw = open(t.path("r.db"), "rb").read(), random.Random(1)
    for round in range(60):
        data = bytearray(whole[:draw.choice([len(whole), len(whole), draw.randrange(len(whole))])])
        for _ in range(draw.choice([1, 4, 64])):
            if data:
                data[draw.randrange(len(data))] = draw.choice([0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)])
        t.write("c.db", bytes(data))
        result = t.tool("report", "c.db", "--format", FORMS[round % len(FORMS)], "-o", "out", timeout=20)
        t.expect(result.status < 128, f"round {round}: {result}")


@case
def finished_database(t):
    """A finished database is one file, outside WAL mode, and for its owner alone."""
    t.perf(FAST, "-n", 30, "--parallel", 4)
    names = [name for name in os.listdir(t.folder) if name.startswith("r.db")]
    t.expect(names == ["r.db"], names)
    t.expect(open(t.path("r.db"), "rb").read(20)[18:20] == b"\x01\x01", "it is in WAL mode")
    t.expect(stat.S_IMODE(os.stat(t.path("r.db")).st_mode) & 0o077 == 0, oct(os.stat(t.path("r.db")).st_mode))


@case
def database_read_only(t):
    """A finished database can be reported on from a read-only file system and by a user who may only read; plain SQLite reads it too."""
    need_root()
    t.perf(FAST, "-n", 30, "--parallel", 4)
    script = 'mount --bind . . && mount -o remount,ro,bind . && cd "$PWD" && "$BIN" "$@"'
    for form in ("text", "html", "csv"):
        wrapper = mounted(t, script)
        found = subprocess.run([*wrapper, "bash", "report", "r.db", "--format", form], cwd=t.folder, env=t.environment, capture_output=True)
        t.expect(found.returncode == 0 and found.stdout, f"read-only, {form}: {found.returncode}, {found.stderr[-200:]}")
    found = subprocess.run([*mounted(t, script.replace('"$BIN" "$@"', "python3 -c 'import sqlite3; print(sqlite3.connect(\"r.db\").execute(\"SELECT count(*) FROM result\").fetchone()[0])'"))],
                           cwd=t.folder, env=t.environment, capture_output=True)
    t.expect(found.stdout == b"30\n", f"SQLite on a read-only file system: {found.stderr[-100:]}")
    os.chmod(t.folder, 0o755)
    os.chmod(t.path("r.db"), 0o644)
    shutil.copy(t.binary, t.path("tool"))
    os.chmod(t.path("tool"), 0o755)
    if shutil.which("setpriv"):
        found = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", t.path("tool"), "report", t.path("r.db")],
                               cwd="/", env=t.environment, capture_output=True)
        t.expect(found.returncode == 0, f"another user: {found.stderr[-200:]}")


@case
def file_links(t):
    """The name of a new database is never followed to another file."""
    t.write("precious", "mine")
    os.symlink("precious", t.path("r.db"))
    result = t.tool(*t.perf_arguments(FAST, "-n", 2))
    t.expect(result.status == 2 and open(t.path("precious")).read() == "mine", result)
    os.unlink(t.path("r.db"))
    os.symlink("nowhere", t.path("r.db"))
    result = t.tool(*t.perf_arguments(FAST, "-n", 2))
    t.expect(result.status == 2 and not os.path.exists(t.path("nowhere")), f"a link that leads nowhere: {result}")


@case
def spec_recorded(t):
    """A run by a description of the user's own is not recorded as one of openai."""
    t.write("spec.yaml", 'path: /x\ntemplate:\n  messages:\n    - role: user\n      content: "%p"\n'
            "stream:\n  text: /choices/0/delta/content\n  finish:\n    at: /choices/0/finish_reason\n")
    t.perf(Service(lambda x: x.good()).url, "-n", 2, "--api-spec", "spec.yaml")
    report = t.report()
    t.expect(report and report["run"]["api"] != "openai", report and report["run"]["api"])


@case
def merge_of_others(t):
    """Runs that did not overlap, or that asked another protocol or model or other prompts, are not merged as one VALID run."""
    t.perf(FAST, "-n", 120, "--parallel", 4, name="a")
    time.sleep(0.3)
    t.perf(FAST, "-n", 120, "--parallel", 4, name="b")
    t.perf(FAST, "-n", 120, "--parallel", 4, "--api", "anthropic", name="c")
    for names in (("a", "b"), ("a", "c")):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(t.path("m.db"))
        result = t.tool("merge", "-o", "m.db", *(name + ".db" for name in names))
        verdict = re.findall(r"Verdict: (\w+)", t.tool("report", "m.db").output) if result.status == 0 else []
        t.expect(result.status != 0 or verdict != ["VALID"], f"{names}: merged, {verdict}")


@case
def merge_keeps(t):
    """Bodies and objectives of the parts are in the merged database."""
    first = t.start(*t.perf_arguments("sim:?ttft=5ms&itl=1ms&output-tokens=8", "--duration", 3, "--parallel", 2, "--goodput", "ttft:1s", name="a"))
    t.perf("sim:?ttft=5ms&itl=1ms&output-tokens=8", "--duration", 3, "--parallel", 2, "--goodput", "ttft:1s", name="b")
    t.wait(first)
    result = t.tool("merge", "-o", "m.db", "a.db", "b.db")
    if t.expect(result.status == 0, result):
        bodies = [sorted(t.rows("request || coalesce(response_messages, '')", name)) for name in ("a.db", "b.db", "m.db")]
        t.expect(bodies[2] and bodies[2] == sorted(bodies[0] + bodies[1]), f"bodies of {len(bodies[2])} requests differ from the parts'")
        t.expect("Goodput" in t.tool("report", "m.db").output, "no objectives")


@case
def intervals(t):
    """An interval of a mean time does not reach below zero."""
    def answer(x):
        time.sleep(0.4 if x.n % 31 == 0 else 0.001)
        x.good()
    t.perf(Service(answer).url, "-n", 62, "--parallel", 1)
    report = json.dumps(t.report())
    low = [float(value) for value in re.findall(r'"low[^"]*": ?(-?[\d.e+-]+)', report)]
    t.expect(not [value for value in low if value < 0], f"lower bounds {low}")
    text = t.tool("report", "r.db").output
    t.expect(not re.search(r"(TTFT|latency) +-\d", text.split("95 %")[-1]), text.split("95 %")[-1][:200])
