"""What the clients' programs share: the way to Local Azure, and the record of their steps.

The clients are unmodified and use the cloud's addresses. Underneath them, where requests leave this
process, `https://HOST/path` becomes `http://127.0.0.1:PORT/path` with its `Host` header kept. Every step
is one JSON line on standard output: `{"step": …, "ok": …, "calls": …, "seconds": …}`.
"""

import contextlib
import json
import os
import sys
import time
import traceback
from urllib.parse import urlsplit, urlunsplit

import requests

PORT = int(os.environ["LOCAL_AZURE_PORT"])
OWN = ("127.0.0.1", "localhost")

_lines = os.fdopen(os.dup(1), "w", buffering=1)
sys.stdout = sys.stderr  # clients print dots and answers; standard output is for the record alone

calls = []  # (method, host, path, status) of every request
_send = requests.adapters.HTTPAdapter.send


def _to_local_azure(self, request, **options):
    url = urlsplit(request.url)
    sent = request
    if url.hostname not in OWN:
        sent = request.copy()
        sent.headers["Host"] = url.netloc
        sent.url = urlunsplit(("http", f"127.0.0.1:{PORT}", url.path, url.query, ""))
    answer = _send(self, sent, **options)
    calls.append((request.method, url.hostname, url.path, answer.status_code))
    return answer


requests.adapters.HTTPAdapter.send = _to_local_azure


@contextlib.contextmanager
def step(name):
    """One step: what is asserted in it holds, or the step failed and says why; then the next one."""
    began, before = time.monotonic(), len(calls)
    record = {"step": name, "ok": True}
    try:
        yield record
    except Exception as error:  # pylint: disable=broad-except
        record["ok"] = False
        record["error"] = f"{type(error).__name__}: {error}"[:2000]
        record["where"] = "".join(traceback.format_tb(error.__traceback__)[-3:])
        record["last"] = [list(call) for call in calls[before:][-4:]]
    record["calls"] = len(calls) - before
    record["seconds"] = round(time.monotonic() - began, 3)
    print(json.dumps(record, default=str), file=_lines)


@contextlib.contextmanager
def refused(kind, *words):
    """What is in it must be refused with that kind of exception, whose text has all these words."""
    try:
        yield
    except kind as error:
        text = f"{error}"
        missing = [word for word in words if word not in text]
        assert not missing, f"the refusal does not say {missing}: {text}"
        return
    raise AssertionError(f"was not refused with {kind}")


def same(found, wanted):
    """Fails with both values if they differ."""
    assert found == wanted, f"found {found!r}, wanted {wanted!r}"


def until(what, holds, seconds=20):
    """Waits until it holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"it never came true that {what}"
        time.sleep(0.05)


def finish():
    """The last line: how many requests there were, and to which operations."""
    strangers = sorted({host for _, host, _, status in calls if status == 421})
    broken = sorted({f"{method} {path}" for method, _, path, status in calls if status >= 500 and status != 501})
    hosts = sorted({host for _, host, _, _ in calls})
    print(json.dumps({"calls": len(calls), "hosts": hosts, "strangers": strangers, "broken": broken}), file=_lines)
