"""The vendor's command line: pip install prismacloud-cli. Usage: vendor_cli.py URL"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from checks import PASSWORD, USER, expect


def main(url):
    home = Path(tempfile.mkdtemp())
    (home / ".prismacloud").mkdir()
    # The file says that its question on support was answered.
    (home / ".prismacloud" / ".community_supported_accepted").write_text("Yes")
    # It normalizes the URL, and so do we: without a scheme.
    environment = {
        **os.environ,
        "HOME": str(home),
        "PC_URL": url.removeprefix("https://"),
        "PC_IDENTITY": USER,
        "PC_SECRET": PASSWORD,
    }

    def run(*arguments):
        command = [str(Path(sys.executable).parent / "pc"), "--config", "env", "--output", "json", *arguments]
        result = subprocess.run(
            command, env=environment, cwd=home, capture_output=True, text=True, timeout=120, check=False
        )
        if result.returncode != 0:
            raise SystemExit(f"not ok: {' '.join(arguments)}\n{result.stdout}\n{result.stderr}")
        return json.loads(result.stdout)

    expect("32.07.123" in str(run("version")), "version")
    registries = [row["registry"] for row in run("registry", "list")]
    expect("registry.example.com" in registries, "registry list")
    scanned = run("registry", "scan", "--include", "attic.example")
    expect([row["registry"] for row in scanned] == ["attic.example"], "registry scan")


if __name__ == "__main__":
    main(sys.argv[1])
