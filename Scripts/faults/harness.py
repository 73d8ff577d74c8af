"""What the cases of faults are written with: services that send what a case wants, the tool, and what it left behind.

A case is a function with `@case`; its name is the case's, its docstring says what is expected. It gets a `Trial`.
"""
import contextlib, json, os, signal, socket, sqlite3, struct, subprocess, threading, time

CASES = {}


class Skip(Exception):
    """Why a case cannot run here."""


def case(function=None, *, seconds=60, quick=True):
    """Makes a function a case that may take so long; `quick` ones take a few seconds."""
    def add(function):
        CASES[function.__name__.replace("_", "-")] = function
        function.seconds, function.quick = seconds, quick
        return function
    return add(function) if function else add


# ---- services

class Exchange:
    """One request that came in, and the answer to it. `n` counts the service's requests from 0."""

    def __init__(self, connection, n, head, body):
        self.connection, self.n, self.head, self.body = connection, n, head, body
        self.stays_open = True

    @property
    def prompt(self):
        return json.loads(self.body)["messages"][0]["content"]

    def send(self, data, wait=0.0):
        if wait:
            time.sleep(wait)
        self.connection.sendall(data if isinstance(data, bytes) else data.encode())

    def start(self, status="200 OK", kind="text/event-stream", more=""):
        self.send(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n{more}\r\n")

    def chunk(self, data, wait=0.0):
        data = data if isinstance(data, bytes) else data.encode()
        self.send(b"%x\r\n%s\r\n" % (len(data), data), wait)

    def event(self, value, wait=0.0):
        self.chunk("data: %s\n\n" % (value if isinstance(value, str) else json.dumps(value)), wait)

    def delta(self, delta, finish=None, wait=0.0, index=0, **more):
        self.event({"choices": [{"index": index, "delta": delta, "finish_reason": finish}], **more}, wait)

    def end(self):
        self.send("0\r\n\r\n")

    def done(self):
        self.event("[DONE]")
        self.end()

    def good(self, text="ok", **more):
        """A whole stream of one token."""
        self.start()
        self.delta({"content": text})
        self.delta({}, finish="stop", **more)
        self.done()

    def whole(self, value, status="200 OK"):
        """An answer in one body."""
        body = (value if isinstance(value, str) else json.dumps(value)).encode()
        self.send(f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    def cut(self):
        self.stays_open = False

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.cut()


class Service:
    """A service on a free port of loopback that lets `answer` answer each request."""

    def __init__(self, answer):
        self.answer, self.requests, self.lock = answer, [], threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError, ValueError), contextlib.closing(connection):
            data = b""
            while True:
                while b"\r\n\r\n" not in data:
                    part = connection.recv(65536)
                    if not part:
                        return
                    data += part
                head, _, data = data.partition(b"\r\n\r\n")
                length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n")
                               if line.lower().startswith(b"content-length:")), 0)
                while len(data) < length:
                    part = connection.recv(1 << 20)
                    if not part:
                        return
                    data += part
                with self.lock:
                    exchange = Exchange(connection, len(self.requests), head, data[:length])
                    self.requests.append(exchange)
                data = data[length:]
                self.answer(exchange)
                if not exchange.stays_open:
                    return


# ---- the tool

class Result:
    """How a process ended. `status` is as a shell tells it: 128 and more for a signal."""

    def __init__(self, status, output, errors, seconds):
        self.status, self.output, self.errors, self.seconds = status, output, errors, seconds

    @property
    def text(self):
        return self.output + self.errors

    @property
    def trapped(self):
        """Whether a trap ended it, such as of an overflow."""
        return self.status - 128 in (signal.SIGILL, signal.SIGTRAP, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS)

    def __str__(self):
        return f"status {self.status}, {(self.errors or self.output)[-200:]!r}"


class Trial:
    """One case on its way: a folder of its own, the tool, and what was expected and not found."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.missed = binary, folder, []
        self.environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": folder, "XDG_CACHE_HOME": os.path.join(folder, ".cache"),
            "LANG": "C.UTF-8"}

    def expect(self, claim, otherwise):
        if not claim:
            self.missed.append(str(otherwise))
        return bool(claim)

    def expect_no_trap(self, result, what):
        return self.expect(result.status < 128, f"{what}: {result}")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        return self.path(name)

    def tool(self, *arguments, timeout=40, **options):
        """Runs a command of the tool to its end. One that takes too long is killed, which is status 137."""
        return self.wait(self.start(*arguments, **options), timeout)

    def start(self, *arguments, environment=None, output=subprocess.PIPE, errors=subprocess.PIPE, wrapper=(), **options):
        process = subprocess.Popen(
            [*wrapper, self.binary, *arguments], cwd=self.folder, env={**self.environment, **(environment or {})},
            stdin=options.pop("stdin", subprocess.DEVNULL), stdout=output, stderr=errors, **options)
        process.began = time.monotonic()
        return process

    def wait(self, process, timeout=40):
        try:
            output, errors = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
        status = process.returncode
        return Result(
            128 - status if status < 0 else status, (output or b"").decode(errors="replace"),
            (errors or b"").decode(errors="replace"), time.monotonic() - process.began)

    def perf_arguments(self, url, *arguments, prompt="Hi", name="r", probe=False, quiet=True):
        own = [] if prompt is None else ["--prompt", prompt]
        if not probe:
            own.append("--no-probe")
        if quiet:
            own.append("--quiet")
        return ["perf", "--model", "m", "--url", url, "--name", name, "--no-calibrate", *own, *map(str, arguments)]

    def perf(self, url, *arguments, prompt="Hi", name="r", probe=False, quiet=True, **options):
        """Runs a load test; its database takes the place of the one before."""
        for end in ("", "-wal", "-shm", "-journal"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path(name + ".db" + end))
        command = self.perf_arguments(url, *arguments, prompt=prompt, name=name, probe=probe, quiet=quiet)
        return self.tool(*command, **options)

    def rows(self, columns, database="r.db"):
        """The rows of a database, each a tuple, or the single values for one column; none where there is no database yet."""
        found = self.select(f"SELECT {columns} FROM result", database)
        return [row[0] for row in found] if "," not in columns else found

    def run_row(self, columns, database="r.db"):
        found = self.select(f"SELECT {columns} FROM run", database)
        return found[0] if found else None

    def select(self, query, database):
        if not os.path.exists(self.path(database)):
            return []
        with contextlib.closing(sqlite3.connect(self.path(database))) as connection:
            try:
                return connection.execute(query).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise

    def report(self, database="r.db"):
        """The report as JSON; None when there is none."""
        result = self.tool("report", database, "--format", "json")
        with contextlib.suppress(ValueError):
            return json.loads(result.output)
        self.expect(False, f"report --format json: {result}")

    def holds(self, word, *names):
        """Those of the files that hold a word."""
        found = []
        for name in names:
            if os.path.exists(self.path(name)):
                with open(self.path(name), "rb") as file:
                    if word.encode() in file.read():
                        found.append(name)
        return found


# ---- what a case needs of the machine

def need_root():
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode:
        raise Skip("needs root, for a file system of its own")


def mounted(trial, script):
    """A command that runs a shell script in a mount namespace of its own; `$BIN` is the tool, "$@" what follows it."""
    need_root()
    trial.environment["BIN"] = trial.binary
    return ["unshare", "-m", "bash", "-c", script]


def preloaded(trial, source):
    """Compiles a library that is put in front of the C library; the value for LD_PRELOAD."""
    name, library = trial.write("shim.c", source), trial.path("shim.so")
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, name, "-ldl"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Skip(f"needs a C compiler: {error}")
    return library


def wait_for(claim, seconds=10.0):
    """Waits until `claim()` is true; what it gave."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = claim()
        if value:
            return value
        time.sleep(0.02)
    return claim()


def cpu_seconds(process_function):
    """The processor time that the children of `process_function` took."""
    before = os.times()
    process_function()
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system
