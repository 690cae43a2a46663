"""pip install pcpi. Usage: pcpi_client.py URL"""

import logging
import sys

from pcpi.onprem_session_manager import CWPSessionManager

from checks import IMAGE, NAME, PASSWORD, USER, expect, expect_scan


def main(url):
    logging.getLogger("pcpi").setLevel(logging.ERROR)
    session = CWPSessionManager("embedded", url, USER, PASSWORD, verify=False).create_cwp_session()

    def get(path, **params):
        return session.request("GET", f"/api/v1/{path}", params=params).json()

    names = get("registry/names")
    expect("library/alpine:3.16" in names and NAME not in names, "log-in and names")
    expect(get("current/collections")[0]["name"] == "All", "collections")
    expect_scan(
        trigger=lambda: session.request("POST", "/api/v1/registry/scan", json={"onDemandScan": True, "tag": IMAGE}),
        progress=lambda: get("registry/progress", onDemand="true", **IMAGE),
        rows=lambda: get("registry", name=NAME),
    )


if __name__ == "__main__":
    main(sys.argv[1])
