"""Every call of Microsoft's Python SDK for Azure ML that this project knows of, against Local Azure."""

import json
import tempfile
import uuid
from pathlib import Path
from threading import Thread

from local_azure import calls, finish, refused, same, step  # first: it sets the way

import requests
from azure.ai.ml import Input, MLClient, command
from azure.ai.ml.constants import AssetTypes
from azure.ai.ml.constants._endpoint import EndpointInvokeFields
from azure.ai.ml.entities import (
    AccountKeyConfiguration,
    AzureBlobDatastore,
    BuildContext,
    Data,
    Environment,
    ManagedOnlineDeployment,
    ManagedOnlineEndpoint,
    Model,
    OnlineRequestSettings,
    ProbeSettings,
)
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import DefaultAzureCredential

SUBSCRIPTION, GROUP, WORKSPACE = "00000000-0000-0000-0000-000000000000", "rg-local", "mlw-local"
HOME = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/"
    f"Microsoft.MachineLearningServices/workspaces/{WORKSPACE}"
)
HERE = Path(__file__).parent
FILES = Path(tempfile.mkdtemp(prefix="azure-ai-ml-"))
RUN = uuid.uuid4().hex[:8]

# the caller's way to shorter waits than 30 s between the polls of an endpoint
ml = MLClient(
    DefaultAzureCredential(), SUBSCRIPTION, GROUP, WORKSPACE, polling_interval=1, show_progress=False, enable_telemetry=False
)


def arm(method, path, body):
    """A raw request to the control plane: for what the SDK refuses by itself before it asks."""
    token = DefaultAzureCredential().get_token("https://management.azure.com/.default").token
    return requests.request(
        method,
        f"https://management.azure.com{HOME}{path}?api-version=2023-04-01",
        headers={"Authorization": f"Bearer {token}"},
        json=body,
        timeout=60,
    )


def made(name, files):
    """A folder with these files."""
    folder = FILES / name
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


# --- workspace and datastores -------------------------------------------------------------------------

with step("workspace: get shows where it is and what belongs to it"):
    workspace = ml.workspaces.get(WORKSPACE)
    same((workspace.name, workspace.location, workspace.resource_group), (WORKSPACE, "eastus", GROUP))
    assert workspace.mlflow_tracking_uri.startswith("azureml://eastus.api.azureml.ms/mlflow/v2.0/subscriptions/"), workspace.mlflow_tracking_uri
    assert workspace.storage_account and workspace.key_vault and workspace.application_insights
    assert workspace.discovery_url.startswith("https://eastus.api.azureml.ms/discovery"), workspace.discovery_url
    same(workspace.public_network_access, "Enabled")

with step("workspace: list has it"):
    assert WORKSPACE in [one.name for one in ml.workspaces.list()]

with step("workspace: get of another is 404"):
    with refused(ResourceNotFoundError, "ResourceNotFound", "mlw-nowhere"):
        ml.workspaces.get("mlw-nowhere")

with step("workspace: keys"):
    keys = ml.workspaces.get_keys(WORKSPACE)
    assert keys.user_storage_key and keys.user_storage_resource_id and keys.app_insights_instrumentation_key

with step("workspace: sync of keys"):
    ml.workspaces.begin_sync_keys(WORKSPACE).result()

with step("workspace: diagnose"):
    assert ml.workspaces.begin_diagnose(WORKSPACE).result() is not None

with step("datastores: the default one"):
    default = ml.datastores.get_default()
    same((default.name, default.type, default.account_name), ("workspaceblobstore", "AzureBlob", "devstoreaccount1"))
    assert default.container_name.startswith("azureml-blobstore-")

with step("datastores: list"):
    found = [one.name for one in ml.datastores.list()]
    assert {"workspaceblobstore", "workspaceartifactstore"} <= set(found), found

with step("datastores: get with its secrets"):
    opened = ml.datastores.get("workspaceblobstore", include_secrets=True)
    assert opened.credentials.account_key

with step("datastores: create, get, delete one"):
    ml.datastores.create_or_update(
        AzureBlobDatastore(
            name="more",
            account_name=default.account_name,
            container_name="more",
            credentials=AccountKeyConfiguration(account_key=opened.credentials.account_key),
        )
    )
    same(ml.datastores.get("more").container_name, "more")
    ml.datastores.delete("more")
    with refused(ResourceNotFoundError, "more"):
        ml.datastores.get("more")

# --- data ---------------------------------------------------------------------------------------------

with step("data: a file is uploaded and gets version 1"):
    rows = made("rows", {"iris é.csv": "a,b\n1,2\n", "more/deep.csv": "a,b\n3,4\n"})
    data = ml.data.create_or_update(
        Data(name="rows", path=str(rows / "iris é.csv"), type=AssetTypes.URI_FILE, description="rows", tags={"a": "1"})
    )
    same((data.name, data.version, data.type, data.tags), ("rows", "1", "uri_file", {"a": "1"}))
    same(data.id, f"{HOME}/data/rows/versions/1")

with step("data: a folder under a version of the caller's"):
    folder = ml.data.create_or_update(Data(name="folder", version="two", path=str(rows), type=AssetTypes.URI_FOLDER))
    same((folder.version, folder.type), ("two", "uri_folder"))

with step("data: a second version is number 2"):
    second = made("second", {"iris.csv": "a,b\n7,8\n"})
    same(ml.data.create_or_update(Data(name="rows", path=str(second / "iris.csv"), type=AssetTypes.URI_FILE)).version, "2")

with step("data: a version of another type than the others is refused"):
    with refused(HttpResponseError, "dataType"):
        ml.data.create_or_update(Data(name="rows", path=str(rows), type=AssetTypes.URI_FOLDER))

with step("data: get by version and by label"):
    same(ml.data.get("rows", version="1").description, "rows")
    same(ml.data.get("rows", label="latest").version, "2")

with step("data: lists of containers and versions"):
    assert "rows" in [one.name for one in ml.data.list()]
    same(sorted(one.version for one in ml.data.list(name="rows")), ["1", "2"])

with step("data: another path under a version that is there is refused"):
    other = made("other", {"other.csv": "a,b\n5,6\n"})
    with refused(HttpResponseError, "Asset paths cannot be updated."):
        ml.data.create_or_update(
            Data(name="rows", version="1", path=str(other / "other.csv"), type=AssetTypes.URI_FILE)
        )

with step("data: archive and restore of a version"):
    ml.data.archive("rows", version="1")
    same([one.version for one in ml.data.list(name="rows")], ["2"])
    ml.data.restore("rows", version="1")
    same(sorted(one.version for one in ml.data.list(name="rows")), ["1", "2"])

with step("data: archive and restore of all"):
    ml.data.archive("rows")
    assert "rows" not in [one.name for one in ml.data.list()]
    ml.data.restore("rows")
    assert "rows" in [one.name for one in ml.data.list()]

with step("data: get of what is not there is 404"):
    with refused(ResourceNotFoundError):
        ml.data.get("rows", version="99")

# --- models -------------------------------------------------------------------------------------------

with step("models: a folder is uploaded and gets version 1"):
    one = made("model-one", {"model/weights.json": "[1, 10]"})
    model = ml.models.create_or_update(
        Model(name="sums", path=str(one / "model"), type=AssetTypes.CUSTOM_MODEL, tags={"trees": "50"}, properties={"p": "1"})
    )
    same((model.name, model.version, model.tags, model.properties), ("sums", "1", {"trees": "50"}, {"p": "1"}))
    same(model.id, f"{HOME}/models/sums/versions/1")
    assert model.path.startswith(f"azureml://subscriptions/{SUBSCRIPTION}/"), model.path

with step("models: other contents are version 2"):
    two = made("model-two", {"model/weights.json": "[2, 20]"})
    same(ml.models.create_or_update(Model(name="sums", path=str(two / "model"), type=AssetTypes.CUSTOM_MODEL)).version, "2")

with step("models: the same contents are not uploaded twice"):
    before = len([call for call in calls if call[0] == "PUT" and "blob" in call[1]])
    again = ml.models.create_or_update(Model(name="sums-again", path=str(two / "model"), type=AssetTypes.CUSTOM_MODEL))
    puts = [call for call in calls if call[0] == "PUT" and "blob" in call[1]][before:]
    same((again.version, puts), ("1", []))

with step("models: get by version and by label"):
    same(ml.models.get("sums", version="1").tags, {"trees": "50"})
    same(ml.models.get("sums", label="latest").version, "2")

with step("models: lists of containers and versions"):
    assert {"sums", "sums-again"} <= {one.name for one in ml.models.list()}
    same(sorted(one.version for one in ml.models.list(name="sums")), ["1", "2"])

with step("models: tags and description change under the same version"):
    model.tags["stage"], model.description = "tried", "adds up"
    changed = ml.models.create_or_update(model)
    same((changed.version, changed.tags["stage"], changed.description), ("1", "tried", "adds up"))
    same(ml.models.get("sums", version="1").tags["stage"], "tried")

with step("models: another path under a version that is there is refused"):
    with refused(HttpResponseError, "Asset paths cannot be updated."):
        ml.models.create_or_update(
            Model(name="sums", version="1", path=str(two / "model"), type=AssetTypes.CUSTOM_MODEL)
        )

with step("models: a path in a datastore that is not there is refused"):
    with refused(HttpResponseError, "must name a datastore that is there"):
        ml.models.create_or_update(
            Model(name="lost", version="1", path="azureml://datastores/nostore/paths/x/model", type=AssetTypes.CUSTOM_MODEL)
        )

with step("models: a version that is no whole number is refused"):
    with refused(HttpResponseError, "version"):
        ml.models.create_or_update(Model(name="sums", version="v3", path=str(two / "model"), type=AssetTypes.CUSTOM_MODEL))

with step("models: archive and restore of a version"):
    ml.models.archive("sums", version="1")
    same([one.version for one in ml.models.list(name="sums")], ["2"])
    ml.models.restore("sums", version="1")
    same(len(list(ml.models.list(name="sums"))), 2)

with step("models: archive and restore of all"):
    ml.models.archive("sums-again")
    assert "sums-again" not in [one.name for one in ml.models.list()]
    ml.models.restore("sums-again")
    assert "sums-again" in [one.name for one in ml.models.list()]

with step("models: download brings the bytes back"):
    ml.models.download("sums", version="2", download_path=str(FILES / "down"))
    same([path.read_text() for path in (FILES / "down").rglob("weights.json")], ["[2, 20]"])

# --- environments -------------------------------------------------------------------------------------

ROUTES = {
    "liveness_route": {"path": "/live", "port": 8080},
    "readiness_route": {"path": "/ready", "port": 8080},
    "scoring_route": {"path": "/score", "port": 8080},
}

with step("environments: from an image"):
    image = ml.environments.create_or_update(Environment(name="image", version="1", image="docker.io/denoland/deno:2.9.6"))
    same((image.version, image.image, image.os_type), ("1", "docker.io/denoland/deno:2.9.6", "Linux"))

with step("environments: from a build context"):
    environment = ml.environments.create_or_update(
        Environment(name="deno", version="1", build=BuildContext(path=str(HERE / "container")), inference_config=ROUTES)
    )
    same(environment.id, f"{HOME}/environments/deno/versions/1")
    same(environment.build.dockerfile_path, "Dockerfile")
    same(environment.inference_config["scoringRoute"]["path"], "/score")

with step("environments: without a version, the next one where it has changed"):
    first = ml.environments.create_or_update(Environment(name="counted", image="docker.io/denoland/deno:2.9.6"))
    same_again = ml.environments.create_or_update(Environment(name="counted", image="docker.io/denoland/deno:2.9.6"))
    second = ml.environments.create_or_update(Environment(name="counted", image="docker.io/denoland/deno:2.9.5"))
    same((first.version, same_again.version, second.version), ("1", "1", "2"))

with step("environments: get, label, lists"):
    same(ml.environments.get("counted", version="1").image, "docker.io/denoland/deno:2.9.6")
    same(ml.environments.get("counted", label="latest").version, "2")
    assert {"image", "deno", "counted"} <= {one.name for one in ml.environments.list()}
    same(sorted(one.version for one in ml.environments.list(name="counted")), ["1", "2"])

with step("environments: a version that is there does not change"):
    with refused(HttpResponseError, "already registered and cannot be changed"):
        ml.environments.create_or_update(Environment(name="image", version="1", image="docker.io/denoland/deno:2.9.5"))

with step("environments: archive and restore"):
    ml.environments.archive("image", version="1")
    same(list(ml.environments.list(name="image")), [])
    ml.environments.restore("image", version="1")
    same([one.version for one in ml.environments.list(name="image")], ["1"])
    ml.environments.archive("image")
    assert "image" not in [one.name for one in ml.environments.list()]
    ml.environments.restore("image")
    assert "image" in [one.name for one in ml.environments.list()]

# --- endpoint and deployments -------------------------------------------------------------------------

ENDPOINT = f"sums-{RUN}"

with step("endpoint: create"):
    ready = ml.online_endpoints.begin_create_or_update(
        ManagedOnlineEndpoint(name=ENDPOINT, auth_mode="key", description="adds up", tags={"of": "tests"})
    ).result()
    same((ready.name, ready.provisioning_state, ready.auth_mode), (ENDPOINT, "Succeeded", "key"))
    same((ready.tags, ready.description, ready.traffic), ({"of": "tests"}, "adds up", {}))
    assert ready.identity.principal_id

NO_NAMES = ("ab", "1abc", "a--b", "a" * 33, "with_underscore")

with step("endpoint: names that are none are refused, by the SDK or by the service"):
    with refused(HttpResponseError, "name"):  # the SDK lets two dashes pass
        ml.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name="a--b", auth_mode="key")).result()
    draft = {"location": "eastus", "identity": {"type": "SystemAssigned"}, "properties": {"authMode": "Key"}}
    for name in NO_NAMES:
        same((name, arm("PUT", f"/onlineEndpoints/{name}", draft).status_code), (name, 400))
        with refused(Exception):
            ml.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name=name, auth_mode="key")).result()

with step("endpoint: traffic for a deployment that is not there is refused"):
    with refused(HttpResponseError, "blue"):
        ready.traffic = {"blue": 100}
        ml.online_endpoints.begin_create_or_update(ready).result()

PROBE = {"initial_delay": 1, "period": 1, "timeout": 2, "failure_threshold": 30, "success_threshold": 1}


def deployment(name, version, **more):
    """A deployment of the container with one of the models."""
    return ManagedOnlineDeployment(
        name=name,
        endpoint_name=ENDPOINT,
        **{
            "model": f"azureml:sums:{version}",
            "environment": "azureml:deno:1",
            "instance_type": "Standard_DS3_v2",
            "instance_count": 1,
            "environment_variables": {"GREETING": name},
            "request_settings": OnlineRequestSettings(request_timeout_ms=10_000, max_concurrent_requests_per_instance=4),
            "liveness_probe": ProbeSettings(**PROBE),
            "readiness_probe": ProbeSettings(**PROBE),
            **more,
        },
    )


with step("deployments: blue and green come up"):
    both = [
        ml.online_deployments.begin_create_or_update(deployment(name, version)) for name, version in (("blue", 1), ("green", 2))
    ]
    blue, green = [poller.result() for poller in both]
    same((blue.name, blue.provisioning_state, blue.instance_count), ("blue", "Succeeded", 1))
    same((green.model, green.environment), (f"{HOME}/models/sums/versions/2", f"{HOME}/environments/deno/versions/1"))
    same(green.environment_variables, {"GREETING": "green"})
    same((green.request_settings.request_timeout_ms, green.request_settings.max_concurrent_requests_per_instance), (10_000, 4))
    same(green.readiness_probe.failure_threshold, 30)

with step("deployments: get and list"):
    same(ml.online_deployments.get("blue", ENDPOINT).instance_type, "Standard_DS3_v2")
    same(sorted(one.name for one in ml.online_deployments.list(ENDPOINT)), ["blue", "green"])

with step("deployments: behind an endpoint that is not there is refused"):
    with refused(HttpResponseError, "nowhere"):
        lost = deployment("blue", 1)
        lost.endpoint_name = f"nowhere-{RUN}"
        ml.online_deployments.begin_create_or_update(lost).result()

with step("deployments: a model that is not there is refused"):
    with refused(HttpResponseError, "sums"):
        ml.online_deployments.begin_create_or_update(deployment("lost", 99)).result()

with step("deployments: names that are none are refused, by the SDK or by the service"):
    with refused(HttpResponseError, "name"):
        ml.online_deployments.begin_create_or_update(deployment("a--b", 1)).result()
    ids = {"model": f"{HOME}/models/sums/versions/1", "environmentId": f"{HOME}/environments/deno/versions/1"}
    properties = {"endpointComputeType": "Managed", "instanceType": "Standard_DS3_v2", **ids}
    draft = {"location": "eastus", "sku": {"name": "Default", "capacity": 1}, "properties": properties}
    for name in NO_NAMES:
        same((name, arm("PUT", f"/onlineEndpoints/{ENDPOINT}/deployments/{name}", draft).status_code), (name, 400))
        with refused(Exception):
            ml.online_deployments.begin_create_or_update(deployment(name, 1)).result()

with step("deployments: a container that ends at once fails, and its log says why"):
    broken = made("broken", {"weights.txt": "no weights"})
    ml.models.create_or_update(Model(name="broken", version="1", path=str(broken), type=AssetTypes.CUSTOM_MODEL))
    with refused(HttpResponseError, "ResourceNotReady"):
        ml.online_deployments.begin_create_or_update(deployment("broken", 1, model="azureml:broken:1")).result()
    same(ml.online_deployments.get("broken", ENDPOINT).provisioning_state, "Failed")
    log = ml.online_deployments.get_logs("broken", ENDPOINT, lines=50)
    assert "there are no weights in" in log, log

with step("deployments: a deployment that failed is deleted"):
    ml.online_deployments.begin_delete("broken", ENDPOINT).result()
    same(sorted(one.name for one in ml.online_deployments.list(ENDPOINT)), ["blue", "green"])

ROWS = FILES / "rows.json"
ROWS.write_text(json.dumps({"rows": [[1, 1], [2, 3]]}), encoding="utf-8")


def invoke(deployment_name=None, file=ROWS):
    """The answer. SDK 1.35.2 keeps the name of a deployment for all later calls: its headers are one shared dictionary."""
    try:
        return json.loads(ml.online_endpoints.invoke(ENDPOINT, request_file=str(file), deployment_name=deployment_name))
    finally:
        EndpointInvokeFields.DEFAULT_HEADER.pop("azureml-model-deployment", None)


BLUE, GREEN = {"greeting": "blue", "sums": [11, 32]}, {"greeting": "green", "sums": [22, 64]}

with step("endpoint: traffic of 110 is refused"):
    shown = ml.online_endpoints.get(ENDPOINT)
    shown.traffic = {"blue": 60, "green": 50}
    with refused(Exception, "100"):
        ml.online_endpoints.begin_create_or_update(shown).result()

with step("endpoint: all traffic to blue"):
    shown.traffic = {"blue": 100}
    same(ml.online_endpoints.begin_create_or_update(shown).result().traffic, {"blue": 100})
    shown = ml.online_endpoints.get(ENDPOINT)
    same(shown.traffic, {"blue": 100, "green": 0})
    assert shown.scoring_uri.startswith(f"https://{ENDPOINT}.eastus.inference.ml.azure.com/score"), shown.scoring_uri

with step("endpoint: invoke goes where the traffic goes"):
    same(invoke(), BLUE)

with step("endpoint: invoke of a deployment without traffic"):
    same(invoke("green"), GREEN)

with step("endpoint: traffic is split"):
    shown.traffic = {"blue": 50, "green": 50}
    same(ml.online_endpoints.begin_create_or_update(shown).result().traffic, {"blue": 50, "green": 50})
    greetings = {invoke()["greeting"] for _ in range(24)}
    same(greetings, {"blue", "green"})

with step("endpoint: mirrored traffic"):
    shown = ml.online_endpoints.get(ENDPOINT)
    shown.traffic, shown.mirror_traffic = {"blue": 100}, {"green": 20}
    same(ml.online_endpoints.begin_create_or_update(shown).result().mirror_traffic, {"green": 20})
    shown = ml.online_endpoints.get(ENDPOINT)
    shown.mirror_traffic = {"green": 80}
    with refused(Exception, "50"):
        ml.online_endpoints.begin_create_or_update(shown).result()
    shown.mirror_traffic = {}
    same(ml.online_endpoints.begin_create_or_update(shown).result().mirror_traffic, {})

with step("endpoint: what the container refuses comes as 424"):
    wrong = FILES / "wrong.json"
    wrong.write_text('{"rows": 7}', encoding="utf-8")
    with refused(HttpResponseError, "rows must be an array"):
        invoke(file=wrong)
    same(calls[-1][3], 424)

with step("endpoint: keys"):
    keys = ml.online_endpoints.get_keys(ENDPOINT)
    assert keys.primary_key and keys.secondary_key and keys.primary_key != keys.secondary_key

with step("endpoint: regeneration changes one key and leaves the other"):
    ml.online_endpoints.begin_regenerate_keys(ENDPOINT, key_type="primary").result()
    after = ml.online_endpoints.get_keys(ENDPOINT)
    assert after.primary_key != keys.primary_key
    same(after.secondary_key, keys.secondary_key)
    ml.online_endpoints.begin_regenerate_keys(ENDPOINT, key_type="secondary").result()
    assert ml.online_endpoints.get_keys(ENDPOINT).secondary_key != keys.secondary_key
    same(invoke(), BLUE)

with step("endpoint: list, and get of one that is not there"):
    assert ENDPOINT in [one.name for one in ml.online_endpoints.list()]
    with refused(ResourceNotFoundError):
        ml.online_endpoints.get(f"nowhere-{RUN}")

with step("endpoint: tokens instead of keys"):
    token_endpoint = f"token-{RUN}"
    ml.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name=token_endpoint, auth_mode="aml_token")).result()
    assert ml.online_endpoints.get_keys(token_endpoint).access_token
    ml.online_endpoints.begin_delete(token_endpoint).result()

with step("deployments: more instances and other variables"):
    green = ml.online_deployments.get("green", ENDPOINT)
    green.instance_count, green.environment_variables = 2, {"GREETING": "verde"}
    same(ml.online_deployments.begin_create_or_update(green).result().instance_count, 2)
    answer = invoke("green")
    same(answer["greeting"], "verde")

with step("deployments: logs of the container, and of what went before"):
    log = ml.online_deployments.get_logs("blue", ENDPOINT, lines=20)
    assert "weights [1,10]" in log, log
    before = ml.online_deployments.get_logs("blue", ENDPOINT, lines=20, container_type="storage-initializer")
    assert before.strip() != "", "the storage initializer said nothing"

with step("deployments: one with traffic is not deleted"):
    with refused(HttpResponseError, "blue"):
        ml.online_deployments.begin_delete("blue", ENDPOINT).result()

# --- jobs ---------------------------------------------------------------------------------------------

CODE = made("code", {"train.py": "print('trained')\n", "lib/more.py": "A = 1\n"})


def job(name, **more):
    """A command job with code, an input and an environment of the workspace's."""
    return command(
        name=name,
        code=str(CODE),
        command="python train.py --rows ${{inputs.rows}}",
        inputs={"rows": Input(type="uri_file", path="azureml:rows:1"), "trees": 50},
        environment="azureml:image:1",
        experiment_name="training",
        display_name="a training",
        tags={"of": "tests"},
        **more,
    )


with step("jobs: a command job is taken, with its code, and is queued"):
    sent = ml.jobs.create_or_update(job(f"job-{RUN}"))
    same((sent.name, sent.status, sent.type), (f"job-{RUN}", "Queued", "command"))
    assert sent.studio_url.startswith("https://ml.azure.com/runs/"), sent.studio_url

with step("jobs: get shows what was sent"):
    held = ml.jobs.get(sent.name)
    same((held.display_name, held.experiment_name, held.tags), ("a training", "training", {"of": "tests"}))
    same(held.status, "Queued")
    same((held.inputs["rows"].type, held.inputs["rows"].path), ("uri_file", "rows:1"))

with step("jobs: the same code is not uploaded twice"):
    before = len([call for call in calls if call[0] == "PUT" and "blob" in call[1]])
    ml.jobs.create_or_update(job(f"again-{RUN}"))
    same([call for call in calls if call[0] == "PUT" and "blob" in call[1]][before:], [])

with step("jobs: list has them"):
    assert {f"job-{RUN}", f"again-{RUN}"} <= {one.name for one in ml.jobs.list()}

with step("jobs: tags and display name change"):
    held.tags["seen"], held.display_name = "yes", "seen"
    ml.jobs.create_or_update(held)
    held = ml.jobs.get(sent.name)
    same((held.tags, held.display_name), ({"of": "tests", "seen": "yes"}, "seen"))

with step("jobs: archive and restore, as lists show"):
    ml.jobs.archive(sent.name)
    same([call[3] for call in calls if call[0] == "PATCH" and "/history/" in call[2]][-1], 200)
    assert sent.name not in [one.name for one in ml.jobs.list()]
    ml.jobs.restore(sent.name)
    assert sent.name in [one.name for one in ml.jobs.list()]

with step("jobs: another command under a name that is there is refused"):
    with refused(Exception, "command"):
        other_job = job(sent.name)
        other_job.command = "python other.py"
        ml.jobs.create_or_update(other_job)

with step("jobs: cancel ends it, and the stream that waits for it"):
    stream = Thread(target=ml.jobs.stream, args=[sent.name], daemon=True)
    stream.start()
    stream.join(1)
    assert stream.is_alive(), "a queued job is waited for"
    ml.jobs.begin_cancel(sent.name).result()
    same(ml.jobs.get(sent.name).status, "Canceled")
    stream.join(30)
    assert not stream.is_alive(), "a cancelled job is not waited for"

with step("jobs: cancel of one that has ended is no error"):
    ml.jobs.begin_cancel(sent.name).result()
    same(ml.jobs.get(sent.name).status, "Canceled")

with step("jobs: get of one that is not there is 404"):
    with refused(ResourceNotFoundError):
        ml.jobs.get(f"nowhere-{RUN}")

# --- the end ------------------------------------------------------------------------------------------

with step("deletion: a deployment without traffic"):
    ml.online_deployments.begin_delete("green", ENDPOINT).result()
    same([one.name for one in ml.online_deployments.list(ENDPOINT)], ["blue"])

with step("deletion: the endpoint with what is behind it; a second time is no error"):
    ml.online_endpoints.begin_delete(ENDPOINT).result()
    with refused(ResourceNotFoundError):
        ml.online_endpoints.get(ENDPOINT)
    ml.online_endpoints.begin_delete(ENDPOINT).result()

finish()
