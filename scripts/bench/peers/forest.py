"""scikit-learn's RandomForestClassifier in one thread, in the steps of ../ours/forest.ts: one JSON line.

  forest.py made ROWS COLUMNS TREES FITS    2 x rows are made; the first half is fitted
  forest.py FILE TREES                      rows and places of a real dataset, one fit an order

The first fit is the process's first (cold; imports are not counted); each fit has the next seed. Accuracy is taken
on rows that were not fitted, and 50,000 predictions of the first forest are timed.
"""
import json, resource, sys, time
import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier
sys.dont_write_bytecode = True  # no __pycache__ beside the scripts
from iris_like import rows, wide_rows
from probe import settle

PREDICTED, PREDICTIONS = 50_000, 40

if sys.argv[1] == "made":
    n, d, trees, fits = map(int, sys.argv[2:6])
    x, y = rows(2 * n) if d == 4 else wide_rows(2 * n)
    checksum = float(x.sum())
    parts = [(x[:n], y[:n], x[n:], y[n:])] * fits
else:
    task, trees = json.load(open(sys.argv[1])), int(sys.argv[2])
    s = task["samples"]
    y = np.array(s["y"])
    x = np.array(s["x"], dtype=float).reshape(len(y), -1)
    checksum, half = float(x.sum()), len(y) // 2
    parts = [(x[o[:half]], y[o[:half]], x[o[half:]], y[o[half:]]) for o in map(np.array, task["orders"])]

noise, fit, cpu, accuracies, nodes, speed = settle(), [], [], [], 0, 0.0
for seed, (learn, truth, test, test_truth) in enumerate(parts):
    t, c = time.perf_counter(), time.process_time()
    forest = RandomForestClassifier(trees, n_jobs=1, random_state=seed).fit(learn, truth)
    fit.append(time.perf_counter() - t)
    cpu.append(time.process_time() - c)
    accuracies.append(float((forest.predict(test) == test_truth).mean()))
    if seed > 0:
        continue
    nodes = int(sum(e.tree_.node_count for e in forest.estimators_))
    predicted = min(max(1, PREDICTED // len(test)) * len(test), PREDICTED)
    data, best = np.resize(test, (predicted, test.shape[1])), float("inf")
    for _ in range(PREDICTIONS):
        t = time.perf_counter()
        forest.predict(data)
        best = min(best, time.perf_counter() - t)
    speed = predicted * trees / best
print(json.dumps({"fitSeconds": fit, "fitCpuSeconds": cpu, "accuracies": accuracies, "nodes": nodes,
                  "checksum": checksum,
                  "rowTreesPerSecond": speed, "noise": noise,
                  "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                  "version": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}"}))
