"""MLflow's own Python client at work against a tracking server: one JSON line.

  tracking.py metrics BASE EXPERIMENT [--repeat 3]   10,000 metrics to a new run, with log_batch of 1,000
  tracking.py search  BASE EXPERIMENT ORDER [--repeat 30]   the runs of bench.FILTER in that order, at most 100
  tracking.py fill    DATABASE EXPERIMENT COUNT      COUNT runs straight into the SQLite file of an `mlflow server`

The server is there already; imports and a first small call are left out of the seconds.
"""
import argparse, json, os, sqlite3, sys, time
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_ENABLE_ASYNC_LOGGING"] = "false"
sys.dont_write_bytecode = True  # no __pycache__ beside the scripts
from probe import settle

# the same as in ../tracking.ts
FILTER = "metrics.accuracy > 0.9 and params.depth = '3'"
METRICS, BATCH, LIMIT = 10_000, 1_000, 100

p = argparse.ArgumentParser()
p.add_argument("what", choices=["metrics", "search", "fill"])
p.add_argument("where")
p.add_argument("experiment")
p.add_argument("more", nargs="?")
p.add_argument("--repeat", type=int, default=3)
a = p.parse_args()


def fill(count):
    """The same runs as ../tracking.ts makes through HTTP; 10,000 of them through this server take minutes."""
    db = sqlite3.connect(a.where, timeout=60)
    artifacts = db.execute("SELECT artifact_location FROM experiments WHERE experiment_id = ?", (a.experiment,)).fetchone()[0]
    ids = [f"{i:032x}" for i in range(count)]
    accuracy, loss = lambda i: i * 7919 % count / count, lambda i: i * 104729 % count / count
    with db:
        db.executemany("INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, "
                       "end_time, source_version, lifecycle_stage, artifact_uri, experiment_id) VALUES "
                       "(?, ?, 'UNKNOWN', '', '', '', 'FINISHED', ?, ?, '', 'active', ?, ?)",
                       [(r, f"run {i}", i, i + 1, f"{artifacts}/{r}/artifacts", a.experiment) for i, r in enumerate(ids)])
        for table in ("metrics", "latest_metrics"):
            db.executemany(f"INSERT INTO {table} (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, 1, 0, 0, ?)",
                           [row for i, r in enumerate(ids) for row in (("accuracy", accuracy(i), r), ("loss", loss(i), r))])
        db.executemany("INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)",
                       [row for i, r in enumerate(ids) for row in (("depth", str(i % 10), r), ("seed", str(i), r))])
        db.executemany("INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', ?, ?)",
                       [(f"run {i}", r) for i, r in enumerate(ids)])
    return {"runs": count}


if a.what == "fill":
    print(json.dumps(fill(int(a.more))))
    sys.exit()

import mlflow
from mlflow.entities import Metric
client = mlflow.MlflowClient(a.where)
client.search_experiments(max_results=1)
noise, seconds, found = settle(), [], 0
for turn in range(a.repeat):
    if a.what == "metrics":
        run = client.create_run(a.experiment).info.run_id
        points = [Metric("loss", 1 / (step + 1), 1_700_000_000_000 + step, step) for step in range(METRICS)]
        t = time.perf_counter()
        for at in range(0, METRICS, BATCH):
            client.log_batch(run, metrics=points[at:at + BATCH])
        seconds.append(time.perf_counter() - t)
        client.set_terminated(run)
        found = client.get_run(run).data.metrics["loss"]
    else:
        t = time.perf_counter()
        runs = client.search_runs([a.experiment], FILTER, order_by=[a.more], max_results=LIMIT)
        seconds.append(time.perf_counter() - t)
        found = ",".join(r.info.run_name for r in runs)
print(json.dumps({"seconds": seconds, "found": found, "version": mlflow.__version__, "noise": noise}))
