"""A test of a promotion against the embedded Console, with pytest and nothing else.

The Console is started by the command in CONSOLE, by default that of a clone, to be run in it: npm run --silent console --
From any folder: CONSOLE="node CLONE/emulator/src/cli.ts" pytest test_promotion.py
"""

import base64
import json
import os
import shlex
import subprocess
import urllib.error
import urllib.request

import pytest

TOKEN = "secret"
IMAGE = {"registry": "", "repo": "shop/cart", "tag": "7"}


class Console:
    def __init__(self, url):
        self.url = url

    def control(self, method, path, body=None):
        """The control API: data, faults and time."""
        return self._call(method, f"_control/{path}", body, f"Bearer {TOKEN}")[1]

    def api(self, method, path, body=None):
        """The API of the Console; returns status and body."""
        basic = base64.b64encode(b"gate:let-me-scan").decode()
        return self._call(method, f"api/v32.07/{path}", body, f"Basic {basic}")

    def _call(self, method, path, body, authorization):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/{path}", data, {"Authorization": authorization}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                text = response.read()
                return response.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@pytest.fixture(scope="session")
def running():
    command = shlex.split(os.environ.get("CONSOLE", "npm run --silent console --"))
    options = ["--port", "0", "--scenario", "quiet", "--control-token", TOKEN]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        ready = process.stdout.readline()
        assert ready.startswith("console ready: "), f"{command} starts no Console; set CONSOLE to a command that does"
        yield Console(ready.removeprefix("console ready: ").strip())
        process.terminate()


@pytest.fixture
def console(running):
    running.control("POST", "reset")
    return running


def trigger(console):
    assert console.api("POST", "registry/scan", {"onDemandScan": True, "tag": IMAGE})[0] == 200


def promote(console):
    """The code under test: promotes an image once its scan has ended and its row shows no critical finding."""
    status, entries = console.api("GET", "registry/progress?onDemand=true&repo=shop/cart&tag=7")
    if status != 200 or any(entry["isScanOngoing"] for entry in entries):
        return "wait"
    rows = console.api("GET", "registry?name=shop/cart:7")[1]
    if not rows:
        return "wait"
    return "held" if rows[0]["vulnerabilityDistribution"]["critical"] > 0 else "promoted"


def test_waits_while_the_scan_runs(console):
    console.control("PUT", "images", {**IMAGE, "scans": [{"scanMs": 60000}]})
    trigger(console)
    console.control("POST", "clock", {"advanceMs": 30000})
    assert promote(console) == "wait"
    console.control("POST", "clock", {"advanceMs": 60000})
    assert promote(console) == "promoted"


def test_holds_a_critical_finding(console):
    console.control("PUT", "images", {**IMAGE, "scans": [{"findings": "severe"}]})
    trigger(console)
    console.control("POST", "clock", {"advanceMs": 60000})
    assert promote(console) == "held"


def test_waits_through_an_outage(console):
    console.control("PUT", "images", IMAGE)
    trigger(console)
    console.control("POST", "clock", {"advanceMs": 60000})
    fault = {"kind": "answer", "status": 503}
    console.control("PUT", "faults", {"call": "progress", "times": 1, "fault": fault})
    assert [promote(console), promote(console)] == ["wait", "promoted"]


def test_asks_for_progress_once(console):
    console.control("PUT", "images", IMAGE)
    promote(console)
    assert [request["call"] for request in console.control("GET", "requests")] == ["progress", "registry"]


def test_names_a_misspelt_setting(console):
    answer = console.control("PATCH", "settings", {"rowLagMS": 0})
    assert "did you mean" in answer and "rowLagMs" in answer
