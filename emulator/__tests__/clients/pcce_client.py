"""pip install pcce-api. Usage: pcce_client.py URL"""

import sys

from pcce import PCCE

from checks import IMAGE, NAME, PASSWORD, USER, expect, expect_scan


def main(url):
    console = PCCE(url=url, username=USER, password=PASSWORD)
    names = console.registry.list_name()
    expect("library/alpine:3.16" in names and NAME not in names, "log-in and names")
    expect(console.registry.download().getvalue().startswith(b"Registry,"), "the report as CSV")
    expect(len(console.registry.progress()) > 0, "the progress of the regular scan")
    expect(console.statuses.get_registry_scan()["scanning"] is True, "the status of the regular scan")
    expect(len(console.settings.get_registry()["specifications"]) > 0, "the registry settings")
    expect(console.current.list_collections()[0]["name"] == "All", "collections")
    expect_scan(
        trigger=lambda: console.registry.scan({"onDemandScan": True, "tag": IMAGE}),
        progress=lambda: console.registry.progress({"onDemand": True, **IMAGE}),
        rows=lambda: console.registry.list({"name": [NAME]}),
    )


if __name__ == "__main__":
    main(sys.argv[1])
