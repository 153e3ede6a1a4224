"""MLflow's client with Microsoft's plugin, against the workspace's own `azureml://` tracking URI."""

import os
import tempfile
from pathlib import Path

from local_azure import calls, finish, refused, same, step  # first: it sets the way

import mlflow
from azure.ai.ml import MLClient
from azure.identity import DefaultAzureCredential
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

SUBSCRIPTION, GROUP, WORKSPACE = "00000000-0000-0000-0000-000000000000", "rg-local", "mlw-local"
HOME = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/"
    f"Microsoft.MachineLearningServices/workspaces/{WORKSPACE}"
)
HOST = "eastus.api.azureml.ms"
PORT = os.environ["LOCAL_AZURE_PORT"]
os.environ.pop("MLFLOW_TRACKING_URI", None)
FILES = Path(tempfile.mkdtemp(prefix="azureml-mlflow-"))


def made(name, files):
    """A folder with these files."""
    folder = FILES / name
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


with step("tracking: the workspace says where it is"):
    ml = MLClient(DefaultAzureCredential(), SUBSCRIPTION, GROUP, WORKSPACE, show_progress=False, enable_telemetry=False)
    uri = ml.workspaces.get(WORKSPACE).mlflow_tracking_uri
    same(uri, f"azureml://{HOST}/mlflow/v2.0{HOME}")
    mlflow.set_tracking_uri(uri)
    client = MlflowClient()

with step("experiments: create, get, search, tags, delete, restore"):
    experiment = client.create_experiment("iris", tags={"team": "a"})
    same(client.get_experiment(experiment).name, "iris")
    same(client.get_experiment_by_name("iris").experiment_id, experiment)
    client.set_experiment_tag(experiment, "team", "b")
    same([one.name for one in client.search_experiments(filter_string="tags.team = 'b'")], ["iris"])
    client.delete_experiment(experiment)
    same([one.name for one in client.search_experiments(view_type=ViewType.DELETED_ONLY)], ["iris"])
    client.restore_experiment(experiment)
    same([call for call in calls if call[1] == HOST and not call[2].startswith(f"/mlflow/v2.0{HOME}/")], [])

with step("experiments: another name is not to be had on Azure"):
    with refused(MlflowException, "not supported by Azure Machine Learning"):
        client.rename_experiment(experiment, "other")

with step("runs: the fluent way, with a nested run"):
    mlflow.set_experiment("iris")
    with mlflow.start_run(run_name="parent", tags={"kind": "sweep"}) as parent:
        mlflow.log_params({"seed": 7, "depth": 3})
        mlflow.log_metrics({"accuracy": 0.9, "f1": 0.8}, step=1)
        with mlflow.start_run(run_name="child", nested=True) as child:
            mlflow.log_metric("accuracy", 0.95)
    done = client.get_run(parent.info.run_id)
    same((done.info.run_name, done.info.status), ("parent", "FINISHED"))
    same((done.data.params, done.data.metrics), ({"seed": "7", "depth": "3"}, {"accuracy": 0.9, "f1": 0.8}))
    same(client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"], parent.info.run_id)
    run_id = parent.info.run_id

with step("runs: their artifacts are in the run history"):
    same(done.info.artifact_uri, f"azureml://{HOST}/mlflow/v2.0{HOME}/experiments/{experiment}/runs/{run_id}/artifacts")

with step("runs: batches, history, tags"):
    client.log_batch(
        run_id,
        metrics=[Metric("loss", 1 / (at + 1), 1000 + at, at) for at in range(50)],
        params=[Param("p", "1")],
        tags=[RunTag("note", "1")],
    )
    same([one.step for one in client.get_metric_history(run_id, "loss")], list(range(50)))
    client.set_tag(run_id, "note", "2")
    client.delete_tag(run_id, "note")
    assert "note" not in client.get_run(run_id).data.tags

with step("runs: search with filters, an order and pages"):
    query = "metrics.accuracy > 0.92 and params.p = '1'"
    same(list(client.search_runs([experiment], query)), [])
    same([one.info.run_id for one in client.search_runs([experiment], "metrics.accuracy > 0.92")], [child.info.run_id])
    page = client.search_runs([experiment], order_by=["attributes.start_time ASC"], max_results=1)
    rest = client.search_runs([experiment], order_by=["attributes.start_time ASC"], max_results=1, page_token=page.token)
    same([one.info.run_name for one in [*page, *rest]], ["parent", "child"])

with step("runs: what Azure cannot search for is refused"):
    with refused(MlflowException, "not supported by Azure Machine Learning"):
        client.search_runs([experiment], order_by=["metrics.accuracy DESC"])
    with refused(MlflowException, "not supported by Azure Machine Learning"):
        client.search_runs([experiment], "tags.kind != 'sweep'")

with step("runs: delete and restore"):
    client.delete_run(child.info.run_id)
    same([one.info.run_id for one in client.search_runs([experiment])], [run_id])
    client.restore_run(child.info.run_id)

with step("artifacts: a file, a text and a folder go to blobs through signed URLs"):
    local = made("art", {"a b é.txt": "é", "deep/er/x.json": "{}"})
    before = len(calls)
    client.log_artifact(run_id, str(local / "a b é.txt"))
    client.log_text(run_id, "hello", "notes/hello.txt")
    client.log_artifacts(run_id, str(local), artifact_path="all")
    new = calls[before:]
    same({status for method, host, _, status in new if method == "PUT"}, {201})
    same(len([call for call in new if call[0] == "PUT" and call[1].endswith(".blob.core.windows.net")]), 4)
    assert [call for call in new if call[0] == "POST" and call[2].endswith("/artifacts/batch/metadata")]
    same([call for call in new if "mlflow-artifacts" in call[2]], [])

with step("artifacts: lists"):
    same(sorted((one.path, one.is_dir) for one in client.list_artifacts(run_id)), [("a b é.txt", False), ("all", True), ("notes", True)])
    same([one.path for one in client.list_artifacts(run_id, "notes")], ["notes/hello.txt"])
    same(client.list_artifacts(child.info.run_id), [])

with step("artifacts: download of a file and of a folder"):
    same(Path(client.download_artifacts(run_id, "notes/hello.txt", str(FILES))).read_text(encoding="utf-8"), "hello")
    folder = Path(client.download_artifacts(run_id, "all", str(FILES)))
    same(sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()), ["a b é.txt", "deep/er/x.json"])

with step("artifacts: one that is there is not overwritten, one that is not there is not found"):
    with refused(Exception):
        client.log_text(run_id, "other", "notes/hello.txt")
    same(Path(client.download_artifacts(run_id, "notes/hello.txt", str(FILES))).read_text(encoding="utf-8"), "hello")
    with refused(MlflowException, "Failed to download artifacts from path"):
        client.download_artifacts(run_id, "nowhere.txt", str(FILES))

with step("artifacts: MLflow's own API shows them too"):
    plain = MlflowClient(tracking_uri=f"http://127.0.0.1:{PORT}")
    same(sorted(one.path for one in plain.list_artifacts(run_id)), ["a b é.txt", "all", "notes"])
    same([one.path for one in plain.list_artifacts(run_id, "all/deep/er")], ["all/deep/er/x.json"])
    (FILES / "plain").mkdir()
    same(Path(plain.download_artifacts(run_id, "all/a b é.txt", str(FILES / "plain"))).read_text(encoding="utf-8"), "é")

with step("models: one in MLflow's format is registered from a run"):
    packed = made("packed", {"MLmodel": "flavors: {}\n", "model.json": "{}"})
    client.log_artifacts(run_id, str(packed), artifact_path="model")
    client.create_registered_model("iris", tags={"a": "1"}, description="first")
    source = f"{done.info.artifact_uri}/model"
    version = client.create_model_version("iris", source, run_id)
    same((version.version, version.run_id, version.status), ("1", run_id, "READY"))
    same(client.get_model_version_download_uri("iris", "1"), source)

with step("models: the control plane has it too"):
    model = ml.models.get("iris", version="1")
    same((model.type, model.job_name), ("mlflow_model", run_id))

with step("models: the files of a version"):
    folder = Path(mlflow.artifacts.download_artifacts("models:/iris/1", dst_path=str(FILES / "v1")))
    assert {"MLmodel", "model.json"} <= {one.name for one in folder.rglob("*")}

with step("models: one in another format is refused"):
    client.log_artifacts(run_id, str(made("bare", {"model.json": "{}"})), artifact_path="bare")
    with refused(MlflowException, "MLmodel"):
        client.create_model_version("iris", f"{done.info.artifact_uri}/bare", run_id)

with step("models: aliases, tags, search, deletion of a version"):
    client.set_registered_model_alias("iris", "champion", "1")
    same(client.get_model_version_by_alias("iris", "champion").version, "1")
    client.set_model_version_tag("iris", "1", "checked", "yes")
    same(client.get_model_version("iris", "1").tags, {"checked": "yes"})
    same([one.version for one in client.search_model_versions("name = 'iris'")], ["1"])
    same([one.name for one in client.search_registered_models("name = 'iris'")], ["iris"])
    client.delete_registered_model_alias("iris", "champion")
    client.delete_model_version("iris", "1")
    same(list(client.search_model_versions("name = 'iris'")), [])

with step("models: what Azure does not do is refused"):
    with refused(MlflowException, "not supported by Azure Machine Learning"):
        client.delete_registered_model("iris")
    with refused(MlflowException, "not supported by Azure Machine Learning"):
        client.search_registered_models("name LIKE 'i%'")

finish()
