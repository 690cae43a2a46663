"""The vendor's SDK: pip install prismacloud-api. Usage: vendor_sdk.py URL"""

import sys
import tempfile
from pathlib import Path

from prismacloud.api import pc_api

from checks import IMAGE, NAME, PASSWORD, USER, expect, expect_scan

PROGRESS = f"onDemand=true&registry={IMAGE['registry']}&repo={IMAGE['repo']}&tag={IMAGE['tag']}"


def settings(url):
    """The settings of major 5, and those of major 4."""
    return {
        "url": url,
        "identity": USER,
        "secret": PASSWORD,
        "verify": False,
        "api": "",
        "api_compute": url.removeprefix("https://"),
        "username": USER,
        "password": PASSWORD,
        "ca_bundle": False,
    }


def main(url):
    # The SDK opens a log file in the working directory.
    pc_api.error_log = str(Path(tempfile.mkdtemp()) / "error.log")
    pc_api.configure(settings(url))

    rows = pc_api.registry_list_read()
    expect(any(row["_id"] == "library/alpine:3.16" for row in rows), "log-in and report")
    expect(all(row["_id"] != NAME for row in rows), "the image was never scanned before")
    expect(pc_api.registry_list_read(rows[0]["id"]) == [rows[0]], "the report of one image by its id")
    if hasattr(pc_api, "registry_list_image_names"):
        names = pc_api.registry_list_image_names()
        expect(sorted(row["_id"] for row in rows) == sorted(names), "the paged report has a row for each name")

    regular = pc_api.execute_compute("GET", "api/v1/registry/progress")
    expect(all(entry["discovery"]["title"].startswith("Step 1/2") for entry in regular), "regular progress")
    if hasattr(pc_api, "settings_registry_read"):
        scopes = pc_api.settings_registry_read()["specifications"]
        expect(IMAGE["registry"] in [scope["registry"] for scope in scopes], "the registry settings")
    if hasattr(pc_api, "defenders_names_list_read"):
        expect(pc_api.defenders_names_list_read() == ["defender-1.example"], "the names of Defenders")

    expect_scan(
        trigger=lambda: pc_api.registry_scan({"onDemandScan": True, "tag": IMAGE}),
        progress=lambda: pc_api.execute_compute("GET", f"api/v1/registry/progress?{PROGRESS}"),
        rows=pc_api.registry_list_read,
    )


if __name__ == "__main__":
    main(sys.argv[1])
