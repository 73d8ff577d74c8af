#!/usr/bin/env python3
"""A small strict stand-in for the Weights & Biases service: as much of it as a run's logging and `wandb sync` need.

    fake_wandb.py PORT_FILE API_KEY

Listens on a free port of loopback and writes it to PORT_FILE.
    GET  /__received   what came in: violations, and by "entity/project/run" config, history, series, summary, ...
    POST /__fault      {"target": "graphql"|"file_stream"|"storage", "status": 503, "times": 1, "skip": 0,
                        "headers": {}, "apply": false, "drop": false, "delay": 0}
    POST /__reset      forgets everything
A violation is something that a conforming client does not send.
"""
import base64, collections, gzip, hashlib, json, re, sys, threading, time, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ENTITY = "fake-user"
lock = threading.RLock()
runs, violations, faults = {}, [], []


class Refused(Exception):
    def __init__(self, status, text):
        super().__init__(text)
        self.status, self.text = status, text


def load(text):
    """JSON as the service takes it; a key may stand once only."""
    def members(pairs):
        out = dict(pairs)
        if len(out) != len(pairs):
            raise Refused(400, "a key stands twice: " + text[:100])
        return out
    try:
        return json.loads(text, object_pairs_hook=members)
    except ValueError as error:
        raise Refused(400, "not JSON: %s" % error)


class Run:
    def __init__(self, entity, project, name):
        self.entity, self.project, self.name = entity, project, name
        self.shown, self.config, self.state, self.exitcode = name, {}, "running", None
        self.lines = {"wandb-history.jsonl": [], "wandb-events.jsonl": []}
        self.console, self.summary, self.files, self.uploaded, self.last = {}, {}, {}, [], None

    def view(self):
        return {"id": "run-" + self.name, "name": self.name, "displayName": self.shown, "config": json.dumps(self.config),
                "historyLineCount": len(self.lines["wandb-history.jsonl"]), "sweepName": None,
                "project": {"id": "p", "name": self.project, "entity": {"id": "e", "name": self.entity}}}

    def report(self):
        history = [load(line) for line in self.lines["wandb-history.jsonl"]]
        series = collections.defaultdict(list)
        for row in history:
            for key, value in row.items():
                series[key].append([row["_step"], value])
        return {"display_name": self.shown, "config": {k: v["value"] for k, v in self.config.items()},
                "history": history, "series": series, "summary": self.summary, "files": self.files,
                "events": [load(line) for line in self.lines["wandb-events.jsonl"]], "uploaded": self.uploaded,
                "output": [self.console[i] for i in sorted(self.console)], "state": self.state, "exitcode": self.exitcode}


def graphql(body):
    query, given, name = body["query"], body.get("variables") or {}, body.get("operationName")
    declared = set(re.findall(r"\$(\w+)\s*:", query.split("{", 1)[0]))
    if set(given) - declared:
        raise Refused(400, "variables that %s does not declare: %s" % (name, sorted(set(given) - declared)))
    if "upsertBucket(" in query:
        return {"upsertBucket": upsert(query, given)}
    if "createRunFiles(" in query:
        run = runs.get((given["entity"], given["project"], given["run"]))
        if run is None:
            raise Refused(404, "run not found")
        files = [{"name": f, "uploadUrl": "%s/storage/%s/%s?signed=1" % (address, urllib.parse.quote(run.name), urllib.parse.quote(f))}
                 for f in reversed(given["files"])]
        return {"createRunFiles": {"runID": "run-" + run.name, "uploadHeaders": ["X-Signed: yes"], "files": files}}
    if "viewer" in query:
        return {"viewer": {"id": "u", "entity": ENTITY, "username": ENTITY, "email": "", "flags": "{}", "teams": {"edges": []}}}
    if "serverInfo" in query:
        return {"serverInfo": {"features": [], "cliVersionInfo": {"max_cli_version": "9.9.9", "min_cli_version": "0.10.0"},
                               "latestLocalVersionInfo": None}}
    if "model(" in query or "project(" in query:
        return {"model": None, "project": None}
    raise Refused(400, "unknown operation %s" % name)


def upsert(query, given):
    # The genuine client and ours name their variables differently; what counts is the input's member that each goes to.
    member = {m: given.get(v) for m, v in re.findall(r"(\w+)\s*:\s*\$(\w+)", query.split("upsertBucket", 1)[1])}
    name, project = member.get("name"), member.get("modelName") or "uncategorized"
    if not name or set(name) & set(":;,#?/'") or len(project) > 128 or set(project) & set("/\\#?%:"):
        raise Refused(400, "a name that the service refuses: %r, %r" % (name, project))
    if len(member.get("displayName") or "") > 128:
        raise Refused(400, "the display name is too long")
    where = (member.get("entityName") or ENTITY, project, name)
    if where[0] != ENTITY:
        raise Refused(403, "permission denied")
    inserted = where not in runs
    run = runs.setdefault(where, Run(*where))
    run.shown = member.get("displayName") or run.shown
    if member.get("config"):
        run.config = load(member["config"])
        if not all(isinstance(v, dict) and "value" in v for v in run.config.values()):
            raise Refused(400, "config values must be wrapped")
    return {"bucket": run.view(), "inserted": inserted}


def stream(path, body):
    match = re.fullmatch(r"/files/([^/]+)/([^/]+)/([^/]+)/file_stream", path)
    run = runs.get(tuple(urllib.parse.unquote(p) for p in match.groups())) if match else None
    if run is None:
        raise Refused(404, "run not found: " + path)
    if set(body) - {"files", "uploaded", "complete", "exitcode", "dropped", "preempting"}:
        raise Refused(400, "unknown members")
    if run.state != "running" and body and body != run.last:
        raise Refused(400, "data after the end")
    for name, chunk in (body.get("files") or {}).items():
        offset, lines = chunk["offset"], chunk["content"]
        if set(chunk) != {"offset", "content"} or type(offset) is not int or not lines:
            raise Refused(400, "a chunk is offset and content")
        if name == "output.log":
            run.console.update({offset + i: line for i, line in enumerate(lines)})
        elif name == "wandb-summary.json":
            if offset or len(lines) != 1:
                raise Refused(400, "the summary is one line at 0")
            run.summary = load(lines[0])
        elif name in run.lines:
            have = run.lines[name]
            if offset > len(have):
                raise Refused(400, "%s: a gap at %d" % (name, len(have)))
            known = have[offset:offset + len(lines)]
            if known != lines[:len(known)]:
                raise Refused(400, "%s: line %d was sent before with other content" % (name, offset))
            rows = [load(line) for line in have[:offset][-1:] + lines]
            if name == "wandb-history.jsonl" and any(type(r.get("_step")) is not int for r in rows):
                raise Refused(400, "a row without a step")
            if name == "wandb-history.jsonl" and any(b["_step"] <= a["_step"] for a, b in zip(rows, rows[1:])):
                raise Refused(400, "steps must rise")
            have.extend(lines[len(known):])
        else:
            raise Refused(400, "unknown file " + name)
    for name in body.get("uploaded") or []:
        if name not in run.files:
            raise Refused(400, "%s was never stored" % name)
        run.uploaded.append(name)
    if body.get("complete"):
        run.exitcode = body["exitcode"]
        run.state = "failed" if run.exitcode else "finished"
    run.last = body
    return {"exitcode": None, "limits": {}, "stopped": False}


def store(path, headers, raw):
    match = re.fullmatch(r"/storage/([^/]+)/(.+)", path)
    if headers.get("Authorization") or headers.get("X-Signed") != "yes" or "Content-Length" not in headers:
        raise Refused(400, "a signed address goes without a key, with the headers that came with it, and with a length")
    run = next(r for r in runs.values() if r.name == urllib.parse.unquote(match.group(1)))
    run.files[urllib.parse.unquote(match.group(2))] = {"size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    return {}


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body, headers=()):
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in [("Content-Type", "application/json"), ("Content-Length", str(len(data)))] + list(headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def serve(self, target, path, raw):
        if target == "storage":
            return store(path, self.headers, raw)
        if self.headers.get("Authorization") != "Basic " + base64.b64encode(("api:" + key).encode()).decode():
            raise Refused(401, "user is not logged in")
        if (self.headers.get("Content-Type") or "").split(";")[0] != "application/json":
            raise Refused(400, "the content type must be application/json")
        body = load((gzip.decompress(raw) if self.headers.get("Content-Encoding") == "gzip" else raw).decode())
        return {"data": graphql(body)} if target == "graphql" else stream(path, body)

    def handle_request(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urllib.parse.urlsplit(self.path).path
        with lock:
            if path == "/__received":
                return self.answer(200, {"violations": violations, "runs": {"/".join(k): r.report() for k, r in runs.items()}})
            if path == "/__fault":
                faults.append(json.loads(raw))
                return self.answer(200, {})
            if path == "/__reset":
                for held in (runs, violations, faults):
                    held.clear()
                return self.answer(200, {})
        target = "graphql" if path == "/graphql" else "storage" if path.startswith("/storage/") else "file_stream"
        fault = None
        with lock:
            for f in faults:
                if f["target"] == target and f.get("times", 1) > 0:
                    if f.get("skip", 0) > 0:
                        f["skip"] -= 1
                        continue
                    f["times"] = f.get("times", 1) - 1
                    fault = f
                    break
        if fault:
            time.sleep(fault.get("delay", 0))
        status, body = 200, {}
        if not fault or fault.get("apply") or not (fault.get("status") or fault.get("drop")):
            with lock:
                try:
                    body = self.serve(target, path, raw)
                except Refused as error:
                    violations.append({"rule": error.text, "path": path})
                    status, body = error.status, {"errors": [{"message": error.text}]}
        if fault and fault.get("drop"):
            self.close_connection = True
        elif fault and fault.get("status"):
            self.answer(fault["status"], "injected", (fault.get("headers") or {}).items())
        else:
            self.answer(status, body)

    do_GET = do_POST = do_PUT = handle_request


port_file, key = sys.argv[1:3]
server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
address = "http://127.0.0.1:%d" % server.server_port
with open(port_file, "w") as f:
    f.write(str(server.server_port))
server.serve_forever()
