"""One iris forest (25 trees, n_jobs=1), saved the way each server wants it; prints the versions.

  serve_model.py OUTDIR   ->  OUTDIR/mlflow_model/  OUTDIR/azureml/model.joblib
"""
import json, os, sys
from importlib.metadata import version
import joblib, mlflow
import pandas as pd
from mlflow.models import infer_signature
from sklearn.ensemble import RandomForestClassifier

out = sys.argv[1]
csv = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../data/iris.csv")
df = pd.read_csv(csv)
x, y = df.drop(columns="species"), df["species"]
model = RandomForestClassifier(25, n_jobs=1, random_state=7).fit(x, y)
# Without skops_trusted_types the default format of mlflow 3.17 refuses every scikit-learn forest.
mlflow.sklearn.save_model(model, f"{out}/mlflow_model", signature=infer_signature(x, model.predict(x)),
                          skops_trusted_types=["sklearn.tree._tree.Tree"])
os.makedirs(f"{out}/azureml", exist_ok=True)
joblib.dump(RandomForestClassifier(25, n_jobs=1, random_state=7).fit(x.to_numpy(), y), f"{out}/azureml/model.joblib")
print(json.dumps({"mlflow": mlflow.__version__, "uvicorn": version("uvicorn"), "gunicorn": version("gunicorn"),
                  "azmlinfsrv": version("azureml-inference-server-http"), "sklearn": version("scikit-learn")}))
