"""Damages databases of real runs in their values, schemas and pages, and has them reported on, compared and merged.

    fuzz_databases.py BINARY SECONDS SEED

A run of the tool that a signal ends, that the sanitizer stops, or that does not end, is a fault: its input is kept.
"""

import collections
import concurrent.futures
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

FORMATS = "text json csv jsonl markdown junit html vllm evalscope evalscope-percentiles trace".split()
NASTY = [
    None, "", "nan", "x", 1e300, -1e300, float("inf"), -float("inf"), 2**63 - 1, -(2**63), -1, 0, 1, 2**53, 2**53 + 1,
    9e6, -9e6, 1e-300, b"", b"\0\xff", "[1e300]", "[-1]", "[]", "[[[[", "{}", '{"a":1e999}', "True", "\ud7ff",
    "9" * 400, "[" * 2000, '[{"offset_seconds":1e300}]', "[9007199254740993]", "OOOOO", "oOdDxX\x00",
]  # fmt: skip
RUNS = [
    ["--prompt", "Hi", "-n", "12", "--parallel", "3", "--goodput", "ttft:20ms"],
    ["--prompt", "Hi", "-n", "30", "--rate", "300", "--seed", "1", "--warmup", "3"],
]
SIMULATORS = [
    "sim:?ttft=2ms&itl=1ms&output-tokens=6",
    "sim:?ttft=1ms&itl=100us&output-tokens=20&error-rate=0.3&error-kinds=500,truncated,in-band",
]


def make_runs(binary, folder):
    paths = []
    for load in RUNS:
        for place, simulator in enumerate(SIMULATORS):
            name = f"{folder}/run{len(paths)}"
            command = [binary, "perf", "--model", "m", "--url", simulator, "--name", name, "--no-calibrate", "--no-probe"]
            subprocess.run(command + ["--quiet"] + load, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            paths.append(name + ".db")
            if not os.path.exists(paths[-1]):
                sys.exit(f"the tool wrote no database: {' '.join(command + load)}")
    return paths


def value(chance):
    kind = chance.randrange(5)
    if kind < 3:
        return chance.choice(NASTY)
    if kind == 3:
        return chance.uniform(-1, 1) * 10 ** chance.randrange(-12, 20)
    return chance.getrandbits(chance.randrange(1, 63)) * chance.choice([1, -1])


def opened(path):
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    return database


def damage_values(path, chance):
    database = opened(path)
    for _ in range(chance.randrange(1, 6)):
        table = chance.choice(["result"] * 6 + ["run"] * 2 + ["health"])
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        where = chance.choice(["", " WHERE rowid % 2 = 0", " WHERE rowid = 1"])
        column = chance.choice(columns)
        other = chance.choice(columns)
        if chance.randrange(6) == 0:
            database.execute(f"UPDATE {table} SET {column} = {other}{where}")
        else:
            database.execute(f"UPDATE {table} SET {column} = ?{where}", (value(chance),))
    database.close()


def damage_schema(path, chance):
    database = opened(path)
    for _ in range(chance.randrange(1, 4)):
        table = chance.choice(["result", "run", "health", "left_out"])
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")] or ["x"]
        column = chance.choice(columns)
        statement = chance.choice(
            [
                f"ALTER TABLE {table} DROP COLUMN {column}",
                f"ALTER TABLE {table} RENAME COLUMN {column} TO {column}_old",
                f"ALTER TABLE {table} ADD COLUMN more",
                f"DROP TABLE {table}",
                f"DELETE FROM {table}",
                f"INSERT INTO {table} SELECT * FROM {table}",
                f"PRAGMA user_version = {chance.randrange(-5, 5)}",
                f"CREATE VIEW other AS SELECT * FROM {table}",
                f"ALTER TABLE {table} RENAME TO old; CREATE VIEW {table} AS SELECT * FROM old",
                f"CREATE INDEX i ON {table}({column})",
                "PRAGMA journal_mode = WAL",
                "PRAGMA encoding = 'UTF-16'; VACUUM",
                "PRAGMA page_size = 512; VACUUM",
            ]
        )
        try:
            database.executescript(statement)
        except sqlite3.Error:
            pass
    database.close()


def damage_pages(path, chance):
    with open(path, "rb") as file:
        content = bytearray(file.read())
    kind = chance.randrange(5)
    if kind == 0:
        content = content[: chance.randrange(len(content) + 1)]
    elif kind == 1:
        start = chance.randrange(len(content))
        content[start : start + chance.randrange(1, 40000)] = bytes(chance.randrange(1, 40000))
    else:
        end = 100 if kind == 2 else len(content)
        for _ in range(chance.randrange(1, 60)):
            content[chance.randrange(end)] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])
    with open(path, "wb") as file:
        file.write(content)
    if chance.randrange(10) == 0:
        with open(path + "-wal", "wb") as file:
            file.write(chance.randbytes(chance.randrange(1, 70000)))


DAMAGES = {"values": damage_values, "schemas": damage_schema, "pages": damage_pages}


def commands(binary, path, good, folder, chance):
    kind = chance.randrange(8)
    output = f"{folder}/output"
    if kind < 6:
        return "reports", [binary, "report", path, "--format", chance.choice(FORMATS), "-o", output]
    if kind == 6:
        order = [path, good] if chance.randrange(2) else [good, path]
        return "compares", [binary, "compare", *order, "--format", chance.choice(["text", "json", "html"]), "-o", output]
    return "merges", [binary, "merge", "-o", f"{folder}/merged.db", path, good]


def work(binary, runs, seed, end):
    chance = random.Random(seed)
    counts = collections.Counter()
    faults = []
    number = 0
    while time.time() < end:
        number += 1
        folder = tempfile.mkdtemp(prefix="fuzz-database-")
        path = f"{folder}/bad.db"
        original = chance.choice(runs)
        shutil.copy(original, path)
        damage = chance.choice(["values", "values", "schemas", "pages"])
        try:
            DAMAGES[damage](path, chance)
        except (sqlite3.Error, OverflowError):
            shutil.rmtree(folder)
            continue
        counts[damage] += 1
        status = 0
        for _ in range(2):
            what, command = commands(binary, path, chance.choice(runs), folder, chance)
            counts[what] += 1
            try:
                result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
                status, words = result.returncode, result.stderr[-2000:].decode(errors="replace")
            except subprocess.TimeoutExpired:
                status, words = -1, "it did not end within 60 s"
            # 1 and 2: refused in words; everything else but success is a fault.
            if status not in (0, 1, 2):
                faults.append(f"seed {seed}, input {number}, status {status}: {' '.join(command)}\n{words}")
                print(faults[-1], flush=True)
                break
        if status in (0, 1, 2):
            shutil.rmtree(folder)
    return counts, faults


def main():
    binary, seconds, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    print(f"databases: seed {seed}, {seconds:g} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-databases-") as folder:
        runs = make_runs(binary, folder)
        end = time.time() + seconds
        # Most of a worker's time is that of processes that start and end.
        workers = 4 * (os.cpu_count() or 1)
        with concurrent.futures.ProcessPoolExecutor(workers) as pool:
            results = list(pool.map(work, *zip(*[(binary, runs, seed * 1000 + i, end) for i in range(workers)])))
    counts = sum((result[0] for result in results), collections.Counter())
    faults = [fault for result in results for fault in result[1]]
    inputs = sum(counts[name] for name in DAMAGES)
    damages = ", ".join(f"{counts[name]} by {name}" for name in DAMAGES)
    calls = ", ".join(f"{counts[name]} {name}" for name in ("reports", "compares", "merges"))
    print(f"databases: {inputs} inputs in {seconds:g} s ({damages}; {calls}); {len(faults)} failures")
    sys.exit(1 if faults else 0)


main()
