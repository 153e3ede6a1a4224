"""The figures of a gate on answered rows with scikit-learn, numpy and scipy: one JSON line.

  gate.py --rows 100000

Both models' answers are wrong by rule, as in ours/gate.ts. Computed are the metrics, the recall of every class, the
accuracy of every group, the calibration error, exact McNemar tests against champion, commonest class and one split, the
interval of Newcombe's method 10 and a look for rows that were learnt from; there is no record and no sentence.
"""
import argparse, json, sys, time
import numpy as np
import scipy, sklearn
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, log_loss, recall_score
sys.dont_write_bytecode = True  # no __pycache__ beside the scripts
from iris_like import rows
from probe import settle

p = argparse.ArgumentParser()
p.add_argument("--rows", type=int, default=100_000)
a = p.parse_args()
n = a.rows
learnt, learnt_y = rows(1500)
x, y = rows(n, seed=43)
y = np.asarray(y)
at = np.arange(n)
labels = np.where(at % 17 == 0, (y + 1) % 3, y)
champion = np.where(at % 13 == 0, (y + 1) % 3, y)
majority = np.zeros(n, int)
one_split = np.where(x[:, 2] < 2.5, 0, 1)
probabilities = np.where(np.arange(3)[None, :] == labels[:, None], 0.9, 0.05)
groups = at % 3


def mcnemar(other):
    lost = int(((other == y) & (labels != y)).sum())
    won = int(((other != y) & (labels == y)).sum())
    return binomtest(min(lost, won), lost + won, 0.5).pvalue


def wilson(successes):
    z = 1.959963984540054
    share, scale = successes / n, 1 + z * z / n
    center = (share + z * z / (2 * n)) / scale
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    return share, max(0.0, center - half), min(1.0, center + half)


def newcombe():
    one, two = labels == y, champion == y
    both, lost, won, none = (int(v.sum()) for v in (one & two, ~one & two, one & ~two, ~one & ~two))
    p1, low1, _ = wilson(both + won)
    p2, _, high2 = wilson(both + lost)
    product = (both + lost) * (won + none) * (both + won) * (lost + none)
    cross = both * none - lost * won
    phi = (max(cross - n / 2, 0) if cross > 0 else cross) / product**0.5 if product else 0
    return (won - lost) / n - np.sqrt((p1 - low1) ** 2 - 2 * phi * (p1 - low1) * (high2 - p2) + (high2 - p2) ** 2)


def gate():
    accuracy_score(y, labels)
    confusion_matrix(y, labels)
    f1_score(y, labels, average="macro")
    log_loss(y, probabilities)
    ((probabilities - np.eye(3)[y]) ** 2).sum(1).mean()
    recall = recall_score(y, labels, average=None).min()
    min((labels == y)[groups == g].mean() for g in range(3))
    confidence = probabilities[at, labels]
    which = np.clip(np.ceil(confidence * 10 - 1e-9).astype(int) - 1, 0, 9)
    right = labels == y
    ece = sum(abs(right[which == b].sum() - confidence[which == b].sum()) for b in np.unique(which)) / n
    mcnemar(majority), mcnemar(one_split)
    seen = {row.tobytes() + bytes([c]) for row, c in zip(learnt, learnt_y)}
    leak = sum(row.tobytes() + bytes([c]) in seen for row, c in zip(x, y))
    return [float(recall), float(ece), float(newcombe()), float(mcnemar(champion)), int(leak)]


noise, seconds = settle(), []
gate()
for _ in range(5):
    t = time.perf_counter()
    figures = gate()
    seconds.append(time.perf_counter() - t)
print(json.dumps({"min_s": min(seconds), "figures": figures, "checksum": round(float(x.sum()), 4), "noise": noise,
                  "sklearn": sklearn.__version__, "scipy": scipy.__version__}))
