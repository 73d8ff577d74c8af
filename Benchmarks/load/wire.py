#!/usr/bin/env python3
"""Holds the TTFT that llmuses reports against a packet capture, calm and on a crowded machine.

    Benchmarks/load/wire.py --url http://127.0.0.1:18080/v1/chat/completions --model gemma-3-270m --runs 10
    Benchmarks/load/wire.py --url … --hogs 6 --runs 10                 # six busy processes beside it

tcpdump (Debian's package) records the loopback; of each request the time from its first segment to the segment that ended
the first event with output is the truth. A run that is VALID has to be within 5 % of it at p50 and p99; one that is not has
to say TTFT. Each request's truth has to lie within its first_slack, where
the host did not take the processors away meanwhile. Needs the right to capture.
"""
import argparse
import base64
import contextlib
import json
import os
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import time
import urllib.parse

import workbench
from workbench import folder, locked, rank


def packets(path):
    """(time in s, (source port, destination port), sequence number, payload) of each TCP segment with data over IPv4."""
    with open(path, "rb") as file:
        data = file.read()
    nano = data[:4] == b"\x4d\x3c\xb2\xa1"
    if not nano and data[:4] != b"\xd4\xc3\xb2\xa1":
        raise SystemExit(f"{path}: no little-endian pcap file")
    link = {1: 14, 113: 16, 276: 20}[struct.unpack_from("<I", data, 20)[0]]
    offset = 24
    while offset + 16 <= len(data):
        seconds, fraction, kept, _ = struct.unpack_from("<IIII", data, offset)
        packet = data[offset + 16:offset + 16 + kept]
        offset += 16 + kept
        ip = packet[link:]
        if len(ip) < 40 or ip[0] >> 4 != 4 or ip[9] != 6:
            continue
        tcp = ip[(ip[0] & 15) * 4:struct.unpack_from(">H", ip, 2)[0]]
        source, target, number = struct.unpack_from(">HHI", tcp, 0)
        payload = tcp[(tcp[12] >> 4) * 4:]
        if payload:
            yield seconds + fraction / (1e9 if nano else 1e6), (source, target), number, payload


class Answer:
    """One response as its segments came: where its bytes are, and when they were there."""

    def __init__(self, sent):
        self.sent, self.bytes, self.ends = sent, bytearray(), []

    def take(self, at, payload):
        self.bytes += payload
        self.ends.append((len(self.bytes), at))

    def first_output(self):
        """The response's id and the time of the segment that ended its first event with output."""
        # The chunks' sizes stand between events, on lines of their own; an event that a chunk cuts is not looked for.
        for match in re.finditer(rb"data: ({.*?})\r?\n", self.bytes):
            with contextlib.suppress(ValueError, KeyError, IndexError, TypeError):
                event = json.loads(match[1])
                choice = event["choices"][0]
                delta = choice.get("delta") or {}
                if delta.get("content") or delta.get("reasoning_content") or choice.get("text"):
                    return event["id"], next(at for end, at in self.ends if end >= match.end(1))
        return None


def wire_times(path, port):
    """Seconds from a request's first segment to its first output, by the response's id."""
    running, answers, seen = {}, [], set()
    for at, (source, target), number, payload in packets(path):
        if (source, target, number, len(payload)) in seen:  # each segment is captured once in and out, or sent again
            continue
        seen.add((source, target, number, len(payload)))
        if target == port and payload.startswith(b"POST"):
            running[source] = Answer(at)
            answers.append(running[source])
        elif source == port and target in running:
            running[target].take(at, payload)
    found = [(answer.sent, answer.first_output()) for answer in answers]
    return {output[0]: output[1] - sent for sent, output in found if output}


def reported(database):
    """Rows of a result database: (response id, TTFT, first_slack) in seconds."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        for messages, ttft, slack in connection.execute(
                "SELECT response_messages, first_token_time - sent_time, first_slack FROM result"
                " WHERE success = 'True' AND first_token_time IS NOT NULL"):
            found = re.search(r'"id": ?"([^"]+)"', base64.b64decode(messages).decode("utf8", "replace"))
            if found:
                yield found[1], ttft, slack or 0


@contextlib.contextmanager
def hogs(count):
    """Busy processes of the ordinary priority."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def stolen():
    """Milliseconds that the host kept the processors from this machine so far."""
    with open("/proc/stat") as file:
        return int(file.readline().split()[8]) * 1000 // os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def capture(path, port):
    process = subprocess.Popen(
        ["tcpdump", "-i", "lo", "-w", path, "-U", "--immediate-mode", "-B", "65536", "-s", "0",
         "--time-stamp-precision=nano", "tcp", "port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        preexec_fn=workbench.be_punctual)
    if not any("listening" in line for line in iter(process.stderr.readline, "")):
        raise SystemExit("tcpdump cannot capture on lo")
    try:
        yield
    finally:
        time.sleep(1)  # what the kernel has not handed over yet
        process.send_signal(signal.SIGINT)
        process.communicate()


TEMPLATE = ('{"model":"%m","messages":[{"role":"user","content":"%p"}],"stream":true,"max_tokens":TOKENS,"ignore_eos":true,'
            '"cache_prompt":false,"temperature":0}')


def measure(options, number):
    """One run: the line of the table, and whether it holds."""
    port = urllib.parse.urlsplit(options.url).port
    with folder() as work:
        prompts, database = os.path.join(work, "prompts.txt"), os.path.join(work, "run.db")
        with open(prompts, "w") as file:
            file.writelines(f"{number} {i} tell me about the number {i * 37 + number}\n" for i in range(options.n))
        command = [options.llmuses, "perf", "--url", options.url, "--model", options.model, "--dataset", "line_by_line",
                   "--dataset-path", prompts, "-n", str(options.n), "--parallel", str(options.parallel), "--name",
                   os.path.join(work, "run"), "--output-json", os.path.join(work, "run.json"), "--no-calibrate", "--no-probe",
                   "--quiet", "--query-template", TEMPLATE.replace("TOKENS", str(options.tokens))]
        before = stolen()
        with capture(os.path.join(work, "lo.pcap"), port), hogs(options.hogs):
            finished = workbench.run(command, work, workbench.be_prompt if options.rt else None)
        taken = stolen() - before
        if not os.path.exists(os.path.join(work, "run.json")):
            raise SystemExit(finished.output)
        truth = wire_times(os.path.join(work, "lo.pcap"), port)
        verdict = workbench.report_of(os.path.join(work, "run.json"))["verdict"]
        rows = [(truth[key], ttft, slack) for key, ttft, slack in reported(database) if key in truth]
        if options.keep:
            os.makedirs(options.keep, exist_ok=True)
            with open(os.path.join(options.keep, f"{number}.json"), "w") as file:
                json.dump({"rows": rows, "verdict": verdict}, file)
    level = verdict["level"]
    named = [r["code"] for r in verdict["reasons"] if r["level"] != "VALID"]
    says = any("TTFT" in r["message"] and r["level"] != "VALID" for r in verdict["reasons"])
    shown, off = [], 0
    for percent in (50, 99):
        wire, told = (rank([row[column] * 1e3 for row in rows], percent) for column in (0, 1))
        off = max(off, abs(told / wire - 1))
        shown += [f"{wire:.2f}", f"{told:.2f}"]
    # The capture's stamp and the socket's are taken at two places of the kernel, and the send before its segment.
    outside = [row for row in rows if not -options.allowed <= (row[1] - row[0]) * 1e3 <= row[2] * 1e3 + options.allowed]
    slack = rank([row[2] * 1e3 for row in rows], 99)
    holds = len(rows) >= 0.95 * options.n and (off <= 0.05 if level == "VALID" else off <= 0.05 or says)
    print(f"| {number} | {len(rows)} | {' | '.join(shown)} | {100 * off:.1f} % | {slack:.2f} | {len(outside)} | {taken} | "
          f"{level} {', '.join(named)} | {'pass' if holds else 'FAIL'} |", flush=True)
    for wire, ttft, slack in outside:
        print(f"  run {number}: {wire * 1e3:.3f} ms on the wire, reported {ttft * 1e3:.3f} less at most {slack * 1e3:.3f}",
              file=sys.stderr, flush=True)
    return holds and not outside


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("-n", type=int, default=40, help="requests of a run")
    parser.add_argument("--parallel", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=16, help="of an answer")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--hogs", type=int, default=0, help="busy processes beside the client")
    parser.add_argument("--rt", action="store_true", help="run the client in a real-time class, as on a machine of its own")
    parser.add_argument("--allowed", type=float, default=0.3, help="ms by which a request may lie outside of its slack")
    parser.add_argument("--keep", help="folder for each run's times")
    parser.add_argument("--llmuses", default=workbench.default_llmuses())
    parser.add_argument("--lock", help="hold this file's lock during each run")
    options = parser.parse_args()
    workbench.build()
    print("| run | requests | TTFT p50 ms on the wire | reported | p99 on the wire | reported | off by | slack p99 ms | "
          "outside of slack | stolen ms | verdict | |\n|---|---|---|---|---|---|---|---|---|---|---|---|")
    holds = True
    for number in range(1, options.runs + 1):
        with locked(options.lock):
            holds &= measure(options, number)
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
