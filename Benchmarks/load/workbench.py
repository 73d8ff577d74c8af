"""What the scripts of this folder share: the mock server, one client run, and the truth beside what a client stored."""
import base64
import contextlib
import csv
import fcntl
import io
import json
import math
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def build():
    """Builds the mock server, the floor client and the launcher."""
    subprocess.run(["make", "-s", "-C", HERE], check=True)


def default_llmuses():
    return os.environ.get("LLMUSES", os.path.join(ROOT, ".build", "release", "llmuses"))


def rank(values, percent):
    """The percentile by nearest rank, as the tool defines it; nan for nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)] if ordered else math.nan


@contextlib.contextmanager
def locked(path):
    """Holds a file's lock, where one is named: whatever else respects it cannot disturb a measurement."""
    if not path:
        yield
        return
    with open(path, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def be_punctual():
    """In the server's process before exec: it must write on time, whatever the client does."""
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))


def be_prompt():
    """In a client's process before exec: it goes before everything else but the server."""
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(2))


class MockServer:
    """The mock server on a free port; ends with the `with` block."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [os.path.join(HERE, "mockserver"), *map(str, options)], stdout=subprocess.PIPE, text=True,
            preexec_fn=be_punctual)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def twin(self, *options):
        """Another server on the same port; the kernel spreads connections over all of them."""
        return MockServer("--port", self.port, *options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def fetch(self, path):
        return urllib.request.urlopen(self.url + path, timeout=60).read().decode()

    def writes(self):
        """The times of the events with content of each request, in ns, by id."""
        rows = (line.split() for line in self.fetch("/__writes").splitlines())
        return {int(row[0]): [int(time) for time in row[1:]] for row in rows}

    def truth(self):
        """The rows of requests that were answered to the end, by id; times in ns."""
        rows = csv.DictReader(io.StringIO(self.fetch("/__truth")))
        rows = [{key: int(value) for key, value in row.items()} for row in rows]
        return {row["id"]: row for row in rows if row["last_ns"] and not row["aborted"]}


class Finished:
    """A process that has ended: its output, and what it and its children cost."""

    def __init__(self, status, output, started, ended, user, system, resident):
        self.status, self.output, self.started, self.wall = status, output, started, ended - started
        self.cpu, self.user, self.system, self.resident = user + system, user, system, resident


def run(command, folder, prepare=None, watch=None, limit=600):
    """Runs a command to its end. `prepare` is called before the command's start, in the process that becomes its parent,
    `watch` with its pid now and then. The launcher between tells what the command alone took."""
    reader, writer = os.pipe()
    with tempfile.TemporaryFile("w+") as output, open(reader) as told:
        process = subprocess.Popen([os.path.join(HERE, "launch"), str(writer), *command], cwd=folder, pass_fds=[writer],
                                   stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, preexec_fn=prepare)
        os.close(writer)
        pid, started = (int(word) for word in told.readline().split())
        while watch:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
                break
            watch(pid)
            if time.monotonic() - started / 1e9 > limit:
                process.kill()
        if process.wait():
            raise SystemExit(f"{' '.join(command)} took longer than {limit} s")
        ended = time.monotonic()
        status, user, system, resident = (int(word) for word in told.readline().split())
        output.seek(0)
        return Finished(os.waitstatus_to_exitcode(status), output.read(), started / 1e9, ended, user / 1e6, system / 1e6,
                        resident * 1024)


TEMPLATE = '{"model":"%m","messages":[{"role":"user","content":"%p"}],"stream":STREAM}'
USAGE = ',"stream_options":{"include_usage":true}'


class Tool:
    """The tool under test: its command line, with those options that this build of it knows."""

    def __init__(self, path):
        if not os.path.exists(path):
            raise SystemExit(f"{path} is not there: build it (make release), or name it with --llmuses or LLMUSES")
        self.path = os.path.abspath(path)
        self.help = subprocess.run([self.path, "perf", "--help"], capture_output=True, text=True).stdout

    def command(self, url, work, requests, streams=True, name="run", extra=()):
        prompts = os.path.join(work, "prompts.txt")
        with open(prompts, "w") as file:
            file.writelines(f"hello number {i}, tell me something short\n" for i in range(1000))
        template = TEMPLATE.replace("STREAM}", "true" + USAGE + "}" if streams else "false}")
        quiet = [option for option in ("--quiet", "--no-calibrate") if option in self.help]
        return [self.path, "perf", "--url", url + "/v1/chat/completions", "--model", "m", "--dataset", "line_by_line",
                "--dataset-path", prompts, "-n", str(requests), "--name", os.path.join(work, name), "--query-template",
                template, "--output-json", os.path.join(work, name + ".json"), *quiet, *map(str, extra)]


def stored(database):
    """The requests of a result database that succeeded: (response id, TTFT s, latency s, schedule lag s)."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT response_messages, first_chunk_latency, latency, sent_time - due_time FROM result"
            " WHERE success = 'True'")
        for messages, ttft, latency, lag in rows:
            found = re.search(rb"chatcmpl-(\d{12})", base64.b64decode(messages))
            if found:
                yield int(found[1]), ttft, latency, lag


def output_times(database):
    """The times of the events with output of each request in a result database, in seconds, by response id."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT response_messages, event_kinds, chunk_times, other_times FROM result"
                                  " WHERE success = 'True'")
        for messages, kinds, classic, others in rows:
            found = re.search(rb"chatcmpl-(\d{12})", base64.b64decode(messages))
            classic, others = iter(json.loads(classic or "[]")), iter(json.loads(others or "[]"))
            kinds = kinds.decode() if isinstance(kinds, bytes) else kinds
            times = [(kind, next(classic if kind.isupper() else others)) for kind in kinds]
            if found:
                yield int(found[1]), [time for kind, time in times if kind in "OoTt"]


def errors(truth, requests):
    """What was reported less what was true, request by request, in ms: (TTFT errors, latency errors)."""
    ttft, latency = [], []
    for number, reported_ttft, reported_latency, _ in requests:
        row = truth.get(number)
        if row is None:
            continue
        if reported_ttft is not None:
            ttft.append(reported_ttft * 1e3 - (row["first_ns"] - row["arrived_ns"]) / 1e6)
        latency.append(reported_latency * 1e3 - (row["last_ns"] - row["arrived_ns"]) / 1e6)
    return ttft, latency


def resident(pid):
    """Resident memory of a process in bytes; 0 when it has gone."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


@contextlib.contextmanager
def folder(keep=False):
    """A folder for one run."""
    path = tempfile.mkdtemp(prefix="llmuses-bench-")
    try:
        yield path
    finally:
        if keep:
            print("kept", path)
        else:
            shutil.rmtree(path, ignore_errors=True)


def report_of(path):
    """The tool's JSON report."""
    with open(path) as file:
        return json.load(file)
