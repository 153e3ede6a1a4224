// MLflow's client with Microsoft's plugin, against the workspace's own tracking URI.

import { testClient } from "./python_client.ts";

await testClient({
  client: "azureml-mlflow",
  program: "azureml_mlflow.py",
  requirements: "conformance-azure",
  steps: [
    "tracking: the workspace says where it is",
    "experiments: create, get, search, tags, delete, restore",
    "experiments: another name is not to be had on Azure",
    "runs: the fluent way, with a nested run",
    "runs: their artifacts are in the run history",
    "runs: batches, history, tags",
    "runs: search with filters, an order and pages",
    "runs: what Azure cannot search for is refused",
    "runs: delete and restore",
    "artifacts: a file, a text and a folder go to blobs through signed URLs",
    "artifacts: lists",
    "artifacts: download of a file and of a folder",
    "artifacts: one that is there is not overwritten, one that is not there is not found",
    "artifacts: MLflow's own API shows them too",
    "models: one in MLflow's format is registered from a run",
    "models: the control plane has it too",
    "models: the files of a version",
    "models: one in another format is refused",
    "models: aliases, tags, search, deletion of a version",
    "models: what Azure does not do is refused",
  ],
});
