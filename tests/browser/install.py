"""Find a browser for the page tests, or install Debian's Chromium where that is allowed. Run by `make test`.

It never skips in silence: without a browser it prints the one command to run and exits with 1.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TextIO

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_USUAL_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def _say(line: str, to: TextIO = sys.stdout) -> None:
    to.write(f"{line}\n")


def find() -> str:
    """Return the browser's path: `TROTH_CHROMIUM`, else the first known name; empty when there is none."""
    named = os.environ.get("TROTH_CHROMIUM", "")
    if named:
        return named if Path(named).is_file() else ""
    on_path = next((path for name in _NAMES if (path := shutil.which(name))), "")
    return on_path or next((place for place in _USUAL_PLACES if Path(place).is_file()), "")


def _apt() -> list[str] | None:
    """Return how to call apt-get without being asked for a password; None where that can't be."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], check=False, capture_output=True).returncode == 0:
        return [sudo, "-n", "apt-get"]
    return None


def main() -> int:
    """Return 0 when there is a browser at the end."""
    if found := find():
        _say(f"Browser for the page tests: {found}")
        return 0
    if os.environ.get("TROTH_CHROMIUM"):
        _say("TROTH_CHROMIUM names no file. Correct it, or unset it.", to=sys.stderr)
        return 1
    apt = _apt()
    if apt is not None:
        _say("Installing Chromium for the page tests (once)")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", "chromium"]):
            done = subprocess.run([*apt, *step], check=False, env=environment, capture_output=True, text=True)
            if done.returncode:
                _say(done.stderr[-2000:], to=sys.stderr)
                break
    if found := find():
        _say(f"Browser for the page tests: {found}")
        return 0
    how = "sudo apt-get install chromium" if shutil.which("apt-get") else "install Chromium or Chrome"
    _say(f"The page tests need a browser. Run: {how}", to=sys.stderr)
    _say("Or name one you have: TROTH_CHROMIUM=/path/to/chrome make test", to=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
