#!/bin/sh
# Logs a run to a real MLflow tracking server and reads it back with MLflow's own client. MLflow is kept in MLFLOW_VENV
# (.build/mlflow-venv).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
venv=${MLFLOW_VENV:-$root/.build/mlflow-venv}
"$root/Scripts/deps.sh" curl=/usr/bin/curl
"$root/Scripts/venv.sh" "$venv" mlflow
work=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
base="http://127.0.0.1:$port"
"$venv/bin/mlflow" server --backend-store-uri "sqlite:///$work/mlflow.db" --artifacts-destination "$work/artifacts" \
  --host 127.0.0.1 --port "$port" --workers 1 >"$work/server.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 600); do curl -fs "$base/health" >/dev/null 2>&1 && break; sleep 0.2; done

(cd "$root" && LLMUSES_TEST_MLFLOW_URL="$base" LLMUSES_TEST_OUTPUT="$work" \
  swift test ${SWIFT_TEST_FLAGS:-} --filter MLflowServiceTests >"$work/test.log" 2>&1) || { tail -30 "$work/test.log"; exit 1; }

cat >"$work/check.py" <<'P'
import csv, sys
from mlflow.tracking import MlflowClient

client = MlflowClient(sys.argv[1])
rows = list(csv.DictReader(open(sys.argv[2])))
ok = [r for r in rows if r["ok"] == "1"]
experiment = client.get_experiment_by_name("llm perf")
runs = {r.info.run_name: r for r in client.search_runs([experiment.experiment_id])}
assert sorted(runs) == ["bad", "good"], runs
assert (runs["good"].info.status, runs["bad"].info.status) == ("FINISHED", "FAILED")
run = runs["good"]
params = run.data.params
assert params["model"] == "qwen/7b" and params["option _129_"] == "129" and len(params["long"]) == 6000, list(params)[:5]
assert params["seed"] == "7" and params["number"] == "2000"
id = run.info.run_id


def history(key):
    return sorted((m.step, m.value, m.timestamp) for m in client.get_metric_history(id, key))


steps = history("failed")
assert [s[0] for s in steps] == list(range(10, 2001, 10)), steps[:3]
for step, value, at in steps:
    assert value == sum(r["ok"] == "0" for r in rows[:step])
    assert abs(at - (1795490000250 + int(rows[step - 1]["ended"]) / 1e6)) <= 1000
for step, value, _ in history("ttft_mean"):
    times = [(int(r["first_token"]) - int(r["sent"])) / 1e9 for r in rows[:step] if r["ok"] == "1"]
    assert abs(value - sum(times) / len(times)) < 1e-9, step
assert history("total_requests")[-1][:2] == (2000, 2000)
assert history("ttft_max")[-1][1] == max((int(r["first_token"]) - int(r["sent"])) / 1e9 for r in ok)
files = client.list_artifacts(id, "report")
assert [f.path for f in files] == ["report/report one.html"], files
assert open(client.download_artifacts(id, "report/report one.html"), "rb").read() == "<p>ü".encode()
print("mlflow: %d metrics, %d steps, %d parameters, as recorded" % (len(run.data.metrics), len(steps), len(params)))
P
"$venv/bin/python" "$work/check.py" "$base" "$work/records.csv"
