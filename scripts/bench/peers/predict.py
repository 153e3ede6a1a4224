"""scikit-learn's RandomForestClassifier predicting iris-like rows in one thread: one JSON line per number of rows.

  predict.py [--fitted 1500] [--rows 1 1500 150000] [--trees 25]

The forest is fitted on the first `fitted` rows; then `rows` rows are predicted, several times, and the fastest counts.
"""
import argparse, json, sys, time
import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier
sys.dont_write_bytecode = True  # no __pycache__ beside the scripts
from iris_like import rows
from probe import settle

p = argparse.ArgumentParser()
p.add_argument("--fitted", type=int, default=1500)
p.add_argument("--rows", type=int, nargs="+", default=[1, 1500, 150000])
p.add_argument("--trees", type=int, default=25)
a = p.parse_args()

x, y = rows(a.fitted)
forest = RandomForestClassifier(a.trees, n_jobs=1, random_state=7).fit(x, y)
nodes = int(sum(e.tree_.node_count for e in forest.estimators_))
for n in a.rows:
    data, truth = rows(n, seed=43)
    repeats = max(5, min(200, 1_500_000 // n))
    noise, seconds = settle(), []
    for _ in range(repeats):
        t = time.perf_counter()
        labels = forest.predict(data)
        seconds.append(time.perf_counter() - t)
    print(json.dumps({"rows": n, "trees": a.trees, "nodes": nodes, "repeats": repeats, "min_s": min(seconds),
                      "accuracy": round(float((labels == truth).mean()), 5), "checksum": round(float(data.sum()), 4),
                      "noise": noise, "sklearn": sklearn.__version__, "numpy": np.__version__}), flush=True)
