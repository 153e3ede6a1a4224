"""The four notebooks through papermill, in order, in one process:  run.py CSV OUTDIR

Tracks, gates, registers, packages, scores and looks for drift. Kernels are started and ended for each
notebook. Prints one JSON line: the versions of what ran. What lies in OUTDIR already, the database and
the registry, is used.
"""
import json, os, sys
from importlib.metadata import version
import papermill

here = os.path.dirname(os.path.abspath(__file__))
csv, out = (os.path.abspath(path) for path in sys.argv[1:3])
os.makedirs(out, exist_ok=True)
for name in ("1_train", "2_gate", "3_score", "4_drift"):
    papermill.execute_notebook(f"{here}/{name}.ipynb", f"{out}/{name}.ipynb", progress_bar=False, kernel_name="python3",
                               parameters={"csv": csv, "out": out})
print(json.dumps({name: version(name) for name in ("papermill", "scikit-learn", "mlflow", "evidently")}))
