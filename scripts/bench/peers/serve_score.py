"""The scoring script that azmlinfsrv runs: parse, predict, list. No validation, no collection."""
import json, os
import joblib, numpy


def init():
    global model
    model = joblib.load(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model.joblib"))


def run(raw):
    return model.predict(numpy.array(json.loads(raw)["data"])).tolist()
