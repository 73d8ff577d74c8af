"""Secrets and strangers: what must not get out, and what comes from others."""
import csv, json, os, re, socket, ssl, subprocess, time, urllib.error, urllib.request

from harness import Service, Skip, case, wait_for

OUTPUTS = ("o.json", "o.html", "r.csv", "r.jsonl", "r.md", "r.db", "r.trace")


def outputs(t, url, *arguments, **options):
    """A run with every output, and what it printed."""
    result = t.perf(url, "-n", 3, "--output-json", "o.json", "--output-html", "o.html", "--debug", *arguments, quiet=False, **options)
    printed = result.text
    for form, name in (("csv", "r.csv"), ("jsonl", "r.jsonl"), ("markdown", "r.md"), ("trace", "r.trace")):
        printed += t.tool("report", "r.db", "--format", form, "-o", name).text
    printed += t.tool("report", "r.db").text + t.tool("compare", "r.db", "r.db").text
    printed += t.tool("perf", "--model", "m", "--url", url, "--prompt", "Hi", "--print-config", *arguments).text
    return result, printed


@case
def secrets(t):
    """Keys of options, headers and addresses are in no output, also when a service echoes them."""
    def answer(x):
        x.whole({"error": {"type": "invalid_request_error", "message": "bad request: " + x.head.decode("latin-1")}}, "401 Unauthorized")
    service = Service(answer)
    names = ("key", "api_key", "access_token", "sig", "token", "secret", "X-Amz-Signature")
    query = "&".join(f"{name}=SECRETq{place}" for place, name in enumerate(names))
    headers = ("X-Password", "X-Credential", "Cookie", "X-Api-Key", "Proxy-Authorization", "X-Auth", "X-Session-Token", "X-Secret")
    arguments = ["--api-key", "SECRETkey", "--headers", *(f"{name}=SECRETh{place}" for place, name in enumerate(headers))]
    _, printed = outputs(t, f"{service.url}/v1/chat/completions?{query}", *arguments)
    found = sorted(set(re.findall(r"SECRET\w+", printed)))
    t.expect(not found, f"printed: {found}")
    for name in OUTPUTS:
        if os.path.exists(t.path(name)):
            found = sorted({word.decode() for word in re.findall(rb"SECRET\w+", open(t.path(name), "rb").read())})
            t.expect(not found, f"{name}: {found}")


@case
def secrets_in_messages(t):
    """A refused address and a refused option do not show the secret in them."""
    for url in ("http://u:SECRETpass@127.0.0.1:1/", "u:SECRETpass@host", "https://SECRETtoken@host/v1", "http://host:x/x?key=SECRETq",
                "ftp://u:SECRETpass@host/", "http://[::1/?key=SECRETq", "http://a b/?api_key=SECRETq"):
        result = t.tool(*t.perf_arguments(url))
        t.expect("SECRET" not in result.text and result.status == 2, f"{url}: {result}")
    for arguments in (["--headers", "Authorization: Bearer\nSECRET"], ["--headers", "X-Api-Key=SECRET\nx"], ["--api-key", "SECRET\nx"],
                      ["--wandb-api-key", "SECRET\nx"], ["--otlp-endpoint", "http://u:SECRET@host"], ["--mlflow-tracking-uri", "http://u:SECRET@127.0.0.1:1"]):
        result = t.tool(*t.perf_arguments("sim:?null", "-n", 1, *arguments))
        t.expect("SECRET" not in result.text, f"{arguments[0]}: {result}")
        for name in os.listdir(t.folder):
            if name.startswith("r.db"):
                os.unlink(t.path(name))


@case
def terminal_escapes(t):
    """What a service writes moves no cursor: control characters of its texts are shown harmless, and its texts are bounded."""
    words = "bad \x1b[31m\x07\x08\x0b\x9b2J \u202e red \x1b]0;title\x07 <script>alert(1)</script> | pipe `code` " + "e" * 3_000_000
    def answer(x):
        x.whole({"error": {"message": words}}, "500 Oops")
    result, printed = outputs(t, Service(answer).url)
    bad = re.search(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202e]", printed)
    t.expect(not bad, f"printed {bad and bad.group()!r}")
    t.expect(max(map(len, t.rows("failure_message"))) < 20_000, f"a message of {max(map(len, t.rows('failure_message')))} characters is kept")
    page = open(t.path("o.html")).read()
    t.expect("<script>alert" not in page, "a service's text is markup in the page")
    t.expect("\x1b" not in open(t.path("r.md")).read(), "escapes in Markdown")


@case
def redirects(t):
    """A redirect is not followed, and the message names where it leads and what was asked; so does a 404 for its address."""
    other = Service(lambda x: x.good())
    def redirect(x):
        x.send(f"HTTP/1.1 307 Moved\r\nLocation: {other.url}/v1/chat/completions?key=SECRET\r\nContent-Length: 0\r\n\r\n")
    for probe in (True, False):
        result = t.perf(Service(redirect).url, "-n", 2, probe=probe)
        message = result.errors if probe else t.rows("failure_message")[0]
        t.expect(f"{other.port}/v1/chat/completions" in message and "/v1/chat/completions)" in message, f"redirect: {message}")
        t.expect("SECRET" not in result.text and not other.requests, f"followed {len(other.requests)} times")
    missing = Service(lambda x: x.whole({"detail": "Not Found"}, "404 Not Found"))
    result = t.perf(missing.url + "/api", "-n", 2, probe=True)
    t.expect(f"{missing.port}/api" in result.errors and "/v1/chat/completions" in result.errors, result)


@case
def formulas(t):
    """No cell of a CSV file begins as a formula of a spreadsheet."""
    beginnings = ["=1+1", "+1", "-1+2", "@SUM(1)", "\t=1", "\r=1", "=\u0301cmd", "=cmd|' /C calc'!A0"]
    def answer(x):
        x.whole({"error": {"message": beginnings[x.n % len(beginnings)]}}, "500 Oops")
    t.perf(Service(answer).url, "-n", len(beginnings))
    def finish(x):
        x.start()
        x.delta({"content": "=1"})
        x.delta({}, finish=beginnings[x.n % len(beginnings)])
        x.done()
    for rounds in range(2):
        t.tool("report", "r.db", "--format", "csv", "-o", "r.csv")

        with open(t.path("r.csv"), newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        bad = [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell and not re.fullmatch(r"-?[\d.e+-]+", cell)]
        t.expect(not bad, f"cells {bad[:3]}")
        t.perf(Service(finish).url, "-n", len(beginnings))


def watched(t, address):
    """A run that is watched at two ports of `address`, and the ports: that of the dashboard and that of the metrics."""
    ports = []
    for _ in range(2):
        with socket.create_server(("127.0.0.1", 0)) as free:
            ports.append(free.getsockname()[1])
    process = t.start(
        *t.perf_arguments("sim:?ttft=20ms&itl=5ms&output-tokens=16", "--duration", 12, "--dashboard", f"{address}:{ports[0]}",
                          "--metrics-port", f"127.0.0.1:{ports[1]}"), output=subprocess.DEVNULL, errors=subprocess.DEVNULL)
    def listens(port):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close() or True
        except OSError:
            return False
    t.expect(wait_for(lambda: all(map(listens, ports)), 8), "the ports are not open")
    return process, ports


@case(quick=False)
def strangers_bodies(t):
    """A client without a token fills no memory of the dashboard or the metrics port: bodies, heads and trailers are bounded."""
    process, ports = watched(t, "0.0.0.0")
    def resident():
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{process.pid}/status").read()).group(1)) >> 10
    before = resident()
    floods = (
        ("trailers", b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"a: bbbbbbbb\r\n" * 5000),
        ("a body", b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000000\r\n\r\n", b"x" * 65536),
        ("chunks", b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", b"ffff\r\n" + b"x" * 65535 + b"\r\n"),
        ("a head", b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"a: bbbbbbbb\r\n" * 5000),
        ("a chunk extension", b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x" * 65536),
    )
    for port in ports:
        for name, start, more in floods:
            sent = 0
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
                    client.sendall(start)
                    end = time.monotonic() + 0.8
                    while time.monotonic() < end:
                        client.sendall(more)
                        sent += len(more)
            except OSError:
                pass
            t.expect(resident() < before + 40, f"{name}: {sent >> 20} MiB sent, memory grew from {before} to {resident()} MiB")
    process.terminate()


@case
def strangers_hosts(t):
    """The dashboard and the metrics port on loopback answer only to their own names: a page of a stranger's host cannot read them."""
    process, ports = watched(t, "127.0.0.1")
    for port in ports:
        for host, good in (("evil.example", False), (f"evil.example:{port}", False), (f"127.0.0.1:{port}", True), (f"localhost:{port}", True)):
            path = "/metrics" if port == ports[1] else "/"
            try:
                status = urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host}), timeout=3).status
            except urllib.error.HTTPError as error:
                status = error.code
            t.expect((status < 400) == good, f"port {port}, Host {host}: {status}")
    process.terminate()


@case
def tls_sizes(t):
    """Our own server over TLS answers requests of every size, also around the size of a TLS record."""
    try:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", t.path("k.pem"), "-out", t.path("c.pem"), "-days",
                        "2", "-subj", "/CN=localhost"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Skip(f"needs openssl: {error}")
    simulator = t.start("simulate", "--tls-cert", "c.pem", "--tls-key", "k.pem", "--port", "0", "--null", "--output-tokens", "1")
    port = int(re.search(r":(\d+)", simulator.stdout.readline().decode().split("//")[1]).group(1))
    context = ssl._create_unverified_context()
    for total in [*range(16300, 16420, 20), *range(16380, 16700, 12), 32768, 33000, 65536, 70000, 200_000]:
        head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        frame = len(head % 10000)
        body = json.dumps({"model": "m", "messages": [{"role": "user", "content": ""}]})
        body = body.replace('"content": ""', '"content": "%s"' % ("x" * max(0, total - frame - len(body)))).encode()
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=3) as plain, context.wrap_socket(plain) as client:
                client.sendall(head % len(body) + body)
                answer = client.recv(100)
        except OSError as error:
            answer = str(error).encode()
        if not t.expect(answer.startswith(b"HTTP/1.1 200"), f"a request of {total} bytes: {answer[:40]!r}"):
            break
    simulator.terminate()
