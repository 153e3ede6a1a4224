"""azmlinfsrv on 127.0.0.1: the command always binds 0.0.0.0 and has no option for it."""
import azureml_inference_server_http.amlserver as server

server.DEFAULT_HOST = "127.0.0.1"
server.run()
