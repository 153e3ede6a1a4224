"""MLflow's own client against `http://127.0.0.1:PORT`, which is MLflow alone: no rule of Azure's holds."""

import math
import os
import tempfile
import time
from pathlib import Path

from local_azure import PORT, finish, refused, same, step  # first: it records the requests

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException, RestException

os.environ.pop("MLFLOW_TRACKING_URI", None)
mlflow.set_tracking_uri(f"http://127.0.0.1:{PORT}")
client = MlflowClient()
FILES = Path(tempfile.mkdtemp(prefix="mlflow-client-"))


def made(name, files):
    """A folder with these files."""
    folder = FILES / name
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


# --- experiments --------------------------------------------------------------------------------------

with step("experiments: there is a default one"):
    same((client.get_experiment("0").name, client.get_experiment("0").lifecycle_stage), ("Default", "active"))

with step("experiments: create, get, get by name"):
    experiment = client.create_experiment("iris é/1", tags={"team": "a"})
    found = client.get_experiment(experiment)
    same((found.name, found.tags, found.lifecycle_stage), ("iris é/1", {"team": "a"}, "active"))
    same(found.artifact_location, f"mlflow-artifacts:/{experiment}")
    same(client.get_experiment_by_name("iris é/1").experiment_id, experiment)
    same(client.get_experiment_by_name("never"), None)

with step("experiments: a name that is taken is refused"):
    with refused(RestException, "RESOURCE_ALREADY_EXISTS"):
        client.create_experiment("iris é/1")

with step("experiments: tags and another name"):
    client.set_experiment_tag(experiment, "team", "b")
    client.set_experiment_tag(experiment, "round", "2")
    client.delete_experiment_tag(experiment, "round")
    client.rename_experiment(experiment, "iris")
    found = client.get_experiment(experiment)
    same((found.name, found.tags), ("iris", {"team": "b"}))

with step("experiments: delete and restore"):
    client.delete_experiment(experiment)
    same(client.get_experiment(experiment).lifecycle_stage, "deleted")
    with refused(MlflowException, "active"):
        client.create_run(experiment)
    client.restore_experiment(experiment)
    same(client.get_experiment(experiment).lifecycle_stage, "active")

with step("experiments: search by name and tag, in order, page by page, by view"):
    for number in range(5):
        client.create_experiment(f"many-{number}", tags={"odd": str(number % 2)})
    client.delete_experiment(client.get_experiment_by_name("many-4").experiment_id)
    names = lambda **query: [one.name for one in client.search_experiments(**query)]
    same(names(filter_string="name LIKE 'many-%'", order_by=["name DESC"]), ["many-3", "many-2", "many-1", "many-0"])
    same(sorted(names(filter_string="tags.odd = '1'")), ["many-1", "many-3"])
    same(names(view_type=ViewType.DELETED_ONLY), ["many-4"])
    page = client.search_experiments(filter_string="name LIKE 'many-%'", order_by=["name"], max_results=3)
    rest = client.search_experiments(filter_string="name LIKE 'many-%'", order_by=["name"], max_results=3, page_token=page.token)
    same([one.name for one in [*page, *rest]], ["many-0", "many-1", "many-2", "many-3"])
    same(rest.token, None)

with step("experiments: get of one that is not there"):
    with refused(RestException, "RESOURCE_DOES_NOT_EXIST"):
        client.get_experiment("4711")

# --- runs ---------------------------------------------------------------------------------------------

with step("runs: the fluent way, with a nested run"):
    mlflow.set_experiment("iris")
    with mlflow.start_run(run_name="parent", tags={"kind": "sweep"}, description="all of them") as parent:
        mlflow.log_param("seed", 7)
        mlflow.log_metric("accuracy", 0.9, step=1)
        with mlflow.start_run(run_name="child", nested=True) as child:
            mlflow.log_metric("accuracy", 0.95)
    done = client.get_run(parent.info.run_id)
    same((done.info.run_name, done.info.status, done.data.params), ("parent", "FINISHED", {"seed": "7"}))
    same((done.data.tags["kind"], done.data.tags["mlflow.note.content"]), ("sweep", "all of them"))
    same(client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"], parent.info.run_id)
    children = mlflow.search_runs(search_all_experiments=True, filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'", output_format="list")
    same([one.info.run_id for one in children], [child.info.run_id])

with step("runs: create, update, terminate"):
    run = client.create_run(experiment, run_name="one", start_time=1_000, tags={"a": "1"})
    run_id = run.info.run_id
    same((run.info.status, run.info.start_time, run.info.lifecycle_stage), ("RUNNING", 1_000, "active"))
    same(run.info.artifact_uri, f"mlflow-artifacts:/{experiment}/{run_id}/artifacts")
    client.update_run(run_id, status="SCHEDULED", name="renamed")
    same(client.get_run(run_id).data.tags["mlflow.runName"], "renamed")
    client.set_terminated(run_id, status="FAILED", end_time=2_000)
    same((client.get_run(run_id).info.status, client.get_run(run_id).info.end_time), ("FAILED", 2_000))

with step("runs: one that fails says so"):
    try:
        with mlflow.start_run(run_name="broken") as broken:
            raise ValueError("on purpose")
    except ValueError:
        pass
    same(client.get_run(broken.info.run_id).info.status, "FAILED")

with step("runs: a name is invented where none is given"):
    assert client.create_run(experiment).info.run_name

with step("metrics: one by one, with steps; the latest is that of the highest step"):
    for number in range(5):
        client.log_metric(run_id, "loss", 1 / (number + 1), timestamp=10 + number, step=number)
    client.log_metric(run_id, "loss", 9.0, timestamp=99, step=2)
    same(client.get_run(run_id).data.metrics["loss"], 0.2)
    history = client.get_metric_history(run_id, "loss")
    same([(one.step, one.value) for one in history], [(0, 1.0), (1, 0.5), (2, 1 / 3), (3, 0.25), (4, 0.2), (2, 9.0)])

with step("metrics: NaN and infinities"):
    for name, value in (("nan", math.nan), ("up", math.inf), ("down", -math.inf)):
        client.log_metric(run_id, name, value)
    metrics = client.get_run(run_id).data.metrics
    assert math.isnan(metrics["nan"]) and metrics["up"] > 1e308 and metrics["down"] < -1e308, metrics

with step("metrics: a batch of everything, and a long history page by page"):
    now = int(time.time() * 1000)
    client.log_batch(
        run_id,
        metrics=[Metric(f"m{number}", number / 2, now, 0) for number in range(100)],
        params=[Param(f"p{number}", str(number)) for number in range(100)],
        tags=[RunTag("batch", "yes")],
    )
    data = client.get_run(run_id).data
    same((data.metrics["m99"], data.params["p99"], data.tags["batch"]), (49.5, "99", "yes"))
    for part in range(3):
        client.log_batch(run_id, metrics=[Metric("long", part * 1000 + at, now + at, part * 1000 + at) for at in range(1000)])
    same(sorted(one.step for one in client.get_metric_history(run_id, "long")), list(range(3000)))

with step("metrics: a batch that is too long, or has a bad key, is refused as a whole"):
    with refused(MlflowException, "1000"):
        client._tracking_client.store.log_batch(run_id, [Metric("over", at, now, at) for at in range(1001)], [], [])
    with refused(MlflowException, "INVALID_PARAMETER_VALUE"):
        client._tracking_client.store.log_batch(run_id, [Metric("fine", 1, now, 0), Metric("../up", 1, now, 0)], [], [])
    assert "fine" not in client.get_run(run_id).data.metrics

with step("params: another value for one that is there is refused, the same one is not"):
    client.log_param(run_id, "depth", 3)
    client.log_param(run_id, "depth", 3)
    with refused(MlflowException, "INVALID_PARAMETER_VALUE"):
        client.log_param(run_id, "depth", 4)
    same(client.get_run(run_id).data.params["depth"], "3")

with step("tags: set, change, delete"):
    client.set_tag(run_id, "note", "1")
    client.set_tag(run_id, "note", "2")
    same(client.get_run(run_id).data.tags["note"], "2")
    client.delete_tag(run_id, "note")
    assert "note" not in client.get_run(run_id).data.tags
    with refused(MlflowException, "RESOURCE_DOES_NOT_EXIST"):
        client.delete_tag(run_id, "note")

with step("runs: inputs"):
    from mlflow.entities import Dataset, DatasetInput, InputTag

    used = Dataset(name="iris", digest="abc", source_type="local", source='{"uri": "iris.csv"}', schema="{}", profile="{}")
    for _ in range(2):  # the second time changes nothing
        client.log_inputs(run_id, datasets=[DatasetInput(used, [InputTag("mlflow.data.context", "training")])])
    same([(one.dataset.name, one.dataset.digest) for one in client.get_run(run_id).inputs.dataset_inputs], [("iris", "abc")])

with step("runs: delete, restore"):
    gone = client.create_run(experiment).info.run_id
    client.delete_run(gone)
    same(client.get_run(gone).info.lifecycle_stage, "deleted")
    with refused(MlflowException, "active"):
        client.log_metric(gone, "a", 1)
    client.restore_run(gone)
    client.log_metric(gone, "a", 1)
    same(client.get_run(gone).info.lifecycle_stage, "active")

with step("runs: get of one that is not there"):
    with refused(MlflowException, "RESOURCE_DOES_NOT_EXIST"):
        client.get_run("0" * 32)

# --- search of runs -----------------------------------------------------------------------------------

with step("search: made ready"):
    searched = client.create_experiment("searched")
    for number in range(7):
        one = client.create_run(searched, run_name=f"run {number}", start_time=1000 + number, tags={"kind": "even" if number % 2 == 0 else "odd"})
        client.log_param(one.info.run_id, "trees", number * 10)
        if number != 3:
            client.log_metric(one.info.run_id, "acc", number / 10)
        client.set_terminated(one.info.run_id, status="FINISHED" if number < 5 else "FAILED", end_time=5000)


def hits(query="", **more):
    """The numbers of the runs that are found."""
    return [int(one.info.run_name.split()[-1]) for one in client.search_runs([searched], query, **more)]


with step("search: without a filter the latest comes first"):
    same(hits(), [6, 5, 4, 3, 2, 1, 0])

with step("search: metrics, params, tags, attributes"):
    same(hits("metrics.acc >= 0.4"), [6, 5, 4])
    same(hits("params.trees = '30'"), [3])
    same(hits("params.`trees` != '30' and tags.kind = 'odd'"), [5, 1])
    same(hits("attributes.status = 'FAILED'"), [6, 5])
    same(hits("attributes.run_name LIKE 'run %' and metrics.acc < 0.2"), [1, 0])
    same(hits("tags.kind ILIKE 'EV%' and attributes.start_time > 1002"), [6, 4])
    ids = [one.info.run_id for one in client.search_runs([searched], "params.trees = '20'")]
    same(hits(f"attributes.run_id IN ('{ids[0]}')"), [2])

with step("search: order by a metric, a param, an attribute; runs without it are last"):
    same(hits(order_by=["metrics.acc ASC"]), [0, 1, 2, 4, 5, 6, 3])
    same(hits(order_by=["metrics.acc DESC"]), [6, 5, 4, 2, 1, 0, 3])
    same(hits(order_by=["tags.kind ASC", "start_time ASC"]), [0, 2, 4, 6, 1, 3, 5])

with step("search: page by page"):
    seen, token = [], None
    while True:
        page = client.search_runs([searched], max_results=3, page_token=token)
        seen.append([one.info.run_name for one in page])
        token = page.token
        if not token:
            break
    same([len(page) for page in seen], [3, 3, 1])

with step("search: deleted runs, and experiments that are not there"):
    lost = client.search_runs([searched], "params.trees = '0'")[0].info.run_id
    client.delete_run(lost)
    same((len(hits()), hits(run_view_type=ViewType.DELETED_ONLY)), (6, [0]))
    same(list(client.search_runs(["4711"])), [])

with step("search: bad filters are refused"):
    for query in ("params.trees > 3", "metrics.acc > 1 OR metrics.acc < 0", "nonsense", "attributes.colour = 'red'"):
        with refused(MlflowException):
            client.search_runs([searched], query)

# --- artifacts ----------------------------------------------------------------------------------------

with step("artifacts: a file, a text, a dictionary, a folder"):
    local = made("art", {"a b.txt": "é", "deep/er/x.json": "{}"})
    client.log_artifact(run_id, str(local / "a b.txt"))
    client.log_text(run_id, "hello", "notes/hello.txt")
    client.log_dict(run_id, {"a": 1}, "notes/a.json")
    client.log_artifacts(run_id, str(local), artifact_path="all")

with step("artifacts: lists"):
    same([(one.path, one.is_dir) for one in client.list_artifacts(run_id)], [("a b.txt", False), ("all", True), ("notes", True)])
    same([one.path for one in client.list_artifacts(run_id, "notes")], ["notes/a.json", "notes/hello.txt"])
    same([one.file_size for one in client.list_artifacts(run_id) if not one.is_dir], [2])
    same(client.list_artifacts(run_id, "nowhere"), [])

with step("artifacts: download of a file and of a folder"):
    path = client.download_artifacts(run_id, "a b.txt", str(FILES))
    same(Path(path).read_text(encoding="utf-8"), "é")
    folder = Path(client.download_artifacts(run_id, "all", str(FILES)))
    same(sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()), ["a b.txt", "deep/er/x.json"])
    same(mlflow.artifacts.load_text(f"runs:/{run_id}/notes/hello.txt"), "hello")

with step("artifacts: bytes of all kinds, a megabyte of them"):
    blob = FILES / "blob.bin"
    blob.write_bytes(bytes(range(256)) * 4096)
    client.log_artifact(run_id, str(blob))
    (FILES / "down").mkdir()
    same(Path(client.download_artifacts(run_id, "blob.bin", str(FILES / "down"))).read_bytes(), blob.read_bytes())

with step("artifacts: a path that leads out, and one that is not there, are refused"):
    with refused(Exception):
        client.log_text(run_id, "x", "../../out.txt")
    with refused(Exception):
        client.download_artifacts(run_id, "nowhere.txt", str(FILES))

# --- registered models --------------------------------------------------------------------------------

with step("models: create, get, describe, taken"):
    client.create_registered_model("iris", tags={"a": "1"}, description="first")
    model = client.get_registered_model("iris")
    same((model.name, model.tags, model.description), ("iris", {"a": "1"}, "first"))
    client.update_registered_model("iris", "second")
    same(client.get_registered_model("iris").description, "second")
    with refused(RestException, "RESOURCE_ALREADY_EXISTS"):
        client.create_registered_model("iris")

with step("models: versions from a run"):
    packed = made("packed", {"MLmodel": "flavors: {}\n", "model.json": "{}"})
    client.log_artifacts(run_id, str(packed), artifact_path="model")
    source = f"mlflow-artifacts:/{experiment}/{run_id}/artifacts/model"
    for number in (1, 2, 3):
        version = client.create_model_version("iris", source, run_id, tags={"n": str(number)}, description=f"v{number}")
        same((version.version, version.status, version.run_id, version.current_stage), (str(number), "READY", run_id, "None"))
    same(client.get_model_version_download_uri("iris", "1"), source)
    client.update_model_version("iris", "1", "changed")
    same(client.get_model_version("iris", "1").description, "changed")
    same([one.version for one in client.get_latest_versions("iris")], ["3"])

with step("models: the files of a version"):
    folder = Path(mlflow.artifacts.download_artifacts("models:/iris/1", dst_path=str(FILES / "v1")))
    same(sorted(one.name for one in folder.rglob("*") if one.is_file()), ["MLmodel", "model.json", "registered_model_meta"])

with step("models: aliases"):
    client.set_registered_model_alias("iris", "champion", "1")
    client.set_registered_model_alias("iris", "champion", "2")
    client.set_registered_model_alias("iris", "challenger", "3")
    same(client.get_model_version_by_alias("iris", "champion").version, "2")
    same(client.get_registered_model("iris").aliases, {"champion": "2", "challenger": "3"})
    same(client.get_model_version("iris", "2").aliases, ["champion"])
    client.delete_registered_model_alias("iris", "champion")
    client.delete_registered_model_alias("iris", "champion")
    with refused(MlflowException, "INVALID_PARAMETER_VALUE"):
        client.get_model_version_by_alias("iris", "champion")
    for name in ("latest", "v1", "a b"):
        with refused(MlflowException):
            client.set_registered_model_alias("iris", name, "1")

with step("models: tags of models and versions"):
    client.set_registered_model_tag("iris", "team", "b")
    client.set_model_version_tag("iris", "1", "checked", "yes")
    same((client.get_registered_model("iris").tags["team"], client.get_model_version("iris", "1").tags["checked"]), ("b", "yes"))
    client.delete_registered_model_tag("iris", "team")
    client.delete_model_version_tag("iris", "1", "checked")
    assert "team" not in client.get_registered_model("iris").tags

with step("models: search"):
    for number in range(4):
        client.create_registered_model(f"found-{number}", tags={"odd": str(number % 2)})
    same(sorted(one.name for one in client.search_registered_models("name LIKE 'found-%'")), [f"found-{number}" for number in range(4)])
    same([one.name for one in client.search_registered_models("tags.odd = '1'", order_by=["name DESC"])], ["found-3", "found-1"])
    page = client.search_registered_models("name LIKE 'found-%'", max_results=3, order_by=["name ASC"])
    rest = client.search_registered_models("name LIKE 'found-%'", max_results=3, order_by=["name ASC"], page_token=page.token)
    same([one.name for one in [*page, *rest]], [f"found-{number}" for number in range(4)])
    same(sorted(one.version for one in client.search_model_versions("name = 'iris'")), ["1", "2", "3"])
    same(len(client.search_model_versions(f"run_id = '{run_id}'")), 3)

with step("models: a version is deleted with its aliases, and its number is not given again"):
    client.delete_model_version("iris", "3")
    same(client.get_registered_model("iris").aliases, {})
    with refused(RestException, "RESOURCE_DOES_NOT_EXIST"):
        client.get_model_version("iris", "3")
    same(client.create_model_version("iris", source, run_id).version, "4")

with step("models: another name, deletion"):
    client.rename_registered_model("found-0", "renamed")
    same(client.get_registered_model("renamed").name, "renamed")
    client.delete_registered_model("renamed")
    with refused(RestException, "RESOURCE_DOES_NOT_EXIST"):
        client.get_registered_model("renamed")

with step("models: sources that are refused"):
    for bad in ("/etc/passwd", "file:///etc/passwd", "https://example.com/model", "mlflow-artifacts:/1/../../x"):
        with refused(MlflowException):
            client.create_model_version("iris", bad, run_id)

finish()
