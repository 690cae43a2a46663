"""Drives a Console, given by its URL, with the vendor's own SDK: pip install prismacloud-api==5.3.0 requests update_checker."""

import sys
import tempfile
import time
from pathlib import Path

from prismacloud.api import pc_api

IMAGE = {"registry": "registry.example.com", "repo": "shop/fast", "tag": "1.0", "digest": ""}
NAME = "registry.example.com/shop/fast:1.0"
TIMEOUT_S = 600


def expect(condition, what):
    if not condition:
        raise SystemExit(f"not ok: {what}")
    print(f"ok: {what}")


def progress():
    image = f"registry={IMAGE['registry']}&repo={IMAGE['repo']}&tag={IMAGE['tag']}"
    return pc_api.execute_compute("GET", f"api/v1/registry/progress?onDemand=true&{image}")


def scanned_image():
    """Polls until the end is shown once, and hands back that end and whether the scan was seen ongoing."""
    seen_ongoing = False
    give_up_at = time.monotonic() + TIMEOUT_S
    while time.monotonic() < give_up_at:
        entries = progress()
        if entries and not any(entry["isScanOngoing"] for entry in entries):
            return entries, seen_ongoing
        seen_ongoing = seen_ongoing or bool(entries)
        time.sleep(0.2)
    raise SystemExit("not ok: the scan never ended")


def row_of(name):
    """The row, which may lag behind the end in progress."""
    give_up_at = time.monotonic() + TIMEOUT_S
    while time.monotonic() < give_up_at:
        rows = [row for row in pc_api.registry_list_read() if row["_id"] == name]
        if rows:
            return rows[0]
        time.sleep(2)
    raise SystemExit("not ok: the row never came")


def main(url):
    # The SDK opens a log file where it stands.
    pc_api.error_log = str(Path(tempfile.mkdtemp()) / "error.log")
    pc_api.configure({"url": url, "identity": "gate", "secret": "let-me-scan", "verify": False})

    names = pc_api.registry_list_image_names()
    expect("library/alpine:3.16" in names, "log-in and names")
    expect(NAME not in names, "the image was never scanned before")
    rows = pc_api.registry_list_read()
    expect(sorted(row["_id"] for row in rows) == sorted(names), "the paged report has a row for each name")
    expect(pc_api.registry_list_read(rows[0]["id"]) == [rows[0]], "the report of one image by its id")

    regular = pc_api.execute_compute("GET", "api/v1/registry/progress")
    expect(all(entry["discovery"]["title"].startswith("Step 1/2") for entry in regular), "regular progress")

    expect(pc_api.registry_scan({"onDemandScan": True, "tag": IMAGE}) is None, "the trigger answers nothing")
    ended, seen_ongoing = scanned_image()
    expect(seen_ongoing, "the scan was shown while it ran")
    expect(ended[0]["imageScan"]["scanned"] == ended[0]["imageScan"]["total"] == 1, "the end, with its counts")
    expect(progress() == [], "the end is shown once")
    row = row_of(NAME)
    expect(row["repoTag"]["repo"] == IMAGE["repo"] and row["err"] == "", "the row of the scan")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: vendor_sdk.py URL")
    main(sys.argv[1])
