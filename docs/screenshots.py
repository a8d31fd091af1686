"""Write docs/images from the pages that ``make demo`` wrote: ``python docs/screenshots.py [demo/page]``."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

IMAGES = Path(__file__).resolve().parent / "images"
SIZE = "1200,760"
SCHEMES = {"dark": 0, "light": 1}  # the numbers Blink gives to prefers-color-scheme


def take(browser: str, page: Path, scheme: str, target: Path) -> None:
    """A picture of a page as a desktop of that colour scheme shows it."""
    with tempfile.TemporaryDirectory() as profile:
        call = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        call += [f"--user-data-dir={profile}", f"--window-size={SIZE}"]
        call += [f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}"]
        call += [f"--screenshot={target}", page.resolve().as_uri()]
        subprocess.run(call, check=True, capture_output=True, timeout=120)


def main() -> int:
    """One picture for each scheme; the answer is the exit code."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else "demo/page")
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None or not (site / "index.html").is_file():
        print("screenshots: needs chromium, and a site: make demo writes one to demo/page", file=sys.stderr)
        return 2
    IMAGES.mkdir(exist_ok=True)
    for scheme in SCHEMES:
        target = IMAGES / f"dashboard-{scheme}.png"
        take(browser, site / "index.html", scheme, target)
        print(f"{target.relative_to(IMAGES.parent.parent)}: {target.stat().st_size // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
