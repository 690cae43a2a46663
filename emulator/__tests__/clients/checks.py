"""What every client is expected to see of the scenario "samples"."""

import time

USER = "gate"
PASSWORD = "let-me-scan"
IMAGE = {"registry": "registry.example.com", "repo": "shop/fast", "tag": "1.0"}
NAME = "registry.example.com/shop/fast:1.0"
# Ten times what the slowest step takes; each step ends as soon as it is done.
DEADLINE_S = 60


def expect(condition, what):
    if not condition:
        raise SystemExit(f"not ok: {what}")
    print(f"ok: {what}")


def scanned(progress):
    """Polls until the end is shown once; returns that end, and whether the scan was seen ongoing."""
    seen_ongoing = False
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        entries = progress() or []
        if entries and not any(entry["isScanOngoing"] for entry in entries):
            return entries, seen_ongoing
        seen_ongoing = seen_ongoing or bool(entries)
        time.sleep(0.2)
    raise SystemExit("not ok: the scan never ended")


def row_of(rows, name=NAME):
    """The row, which may lag behind the end in progress."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        found = [row for row in rows() or [] if row["_id"] == name]
        if found:
            return found[0]
        time.sleep(2)
    raise SystemExit("not ok: the row never came")


def expect_scan(trigger, progress, rows):
    """Triggers an on-demand scan, and follows it from progress to the row."""
    trigger()
    ended, seen_ongoing = scanned(progress)
    expect(seen_ongoing, "the scan is shown while it runs")
    expect(ended[0]["imageScan"]["scanned"] == ended[0]["imageScan"]["total"] == 1, "the end has its counts")
    expect(not progress(), "the end is shown once")
    row = row_of(rows)
    expect(row["repoTag"]["repo"] == IMAGE["repo"] and row["err"] == "", "the row is that of the scan")
