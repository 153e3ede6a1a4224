"""Drift of numeric columns, reference against current, in Python: one JSON line.

  drift.py [--rows 100000] [--columns 30] [--floor] [--repeat 1]

Evidently's DataDriftPreset with its Wasserstein distance for every column. Timed: building both Datasets and
Report.run; imports and a first small report are left out. Report.run always builds its figures' data too.
--floor: the same distance straight from scipy in a loop, no Evidently: what Python itself needs.
"""
import argparse, json, os, sys, time
os.environ["DO_NOT_TRACK"] = "1"  # Evidently's telemetry
import numpy as np
import pandas as pd
import scipy
from scipy.stats import wasserstein_distance
sys.dont_write_bytecode = True  # no __pycache__ beside the scripts
from iris_like import uniforms
from probe import settle

p = argparse.ArgumentParser()
p.add_argument("--rows", type=int, default=100000)
p.add_argument("--columns", type=int, default=30)
p.add_argument("--floor", action="store_true")
p.add_argument("--repeat", type=int, default=1)
a = p.parse_args()

names = [f"c{i:02}" for i in range(a.columns)]


def sample(n, seed, shift):
    """The same numbers as ../ours/drift.ts makes: standard normal, every third column shifted."""
    u = uniforms(seed, 0, 2 * n * a.columns)
    z = np.sqrt(-2 * np.log(1 - u[0::2])) * np.cos(2 * np.pi * u[1::2])
    return pd.DataFrame(z.reshape(n, a.columns) + np.where(np.arange(a.columns) % 3 == 0, shift, 0.0), columns=names)


ref, cur = sample(a.rows, 42, 0.0), sample(a.rows, 43, 0.5)
distance = lambda x, y: wasserstein_distance(x, y) / max(np.std(x), 0.001)  # as Evidently's is

if a.floor:
    version = scipy.__version__

    def report(ref, cur):
        return sum(bool(distance(ref[n].to_numpy(), cur[n].to_numpy()) >= 0.1) for n in names)
else:
    import evidently
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset
    version = evidently.__version__

    def report(ref, cur):
        definition = DataDefinition(numerical_columns=names)
        r = Dataset.from_pandas(ref, data_definition=definition)
        c = Dataset.from_pandas(cur, data_definition=definition)
        run = Report([DataDriftPreset(num_method="wasserstein")]).run(c, r)
        return int(run.dict()["metrics"][0]["value"]["count"])

report(ref[:100], cur[:100])  # first-use costs stay out
noise, seconds = settle(), []
for _ in range(a.repeat):
    t = time.perf_counter()
    drifted = report(ref, cur)
    seconds.append(time.perf_counter() - t)
print(json.dumps({
    "rows": a.rows, "columns": a.columns, "min_s": min(seconds), "drifted": drifted, "version": version,
    "distance": distance(ref[names[0]].to_numpy(), cur[names[0]].to_numpy()),
    "checksum": float(ref.to_numpy().sum() + cur.to_numpy().sum()), "noise": noise,
}), flush=True)
