"""Write docs/images: ``python docs/screenshots.py [SITE]``.

Without a SITE it makes one first: trees of golden ports, more of them ported from run to run.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SCHEMES = {"dark": 0, "light": 1}  # the numbers Blink gives to prefers-color-scheme
PAGES = {"dashboard": ("index.html", "1200,1000"), "extension": ("extensions/*.html", "1200,760")}
PACKAGES = ("beads", "counters", "grid", "ropes", "shapes", "waves")


def porter(*words: object) -> None:
    """One call of porter; findings and things left are answers, too."""
    call = [sys.executable, "-m", "porter", *map(str, words)]
    answer = subprocess.run(call, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if answer.returncode not in (0, 1, 3):
        raise SystemExit(answer.stderr)


def make_site(folder: Path) -> Path:
    """The pages of some packages made of golden ports, the later ones still to do."""
    ledger, site = folder / "ledger.db", folder / "site"
    cases = sorted((ROOT / "fixtures" / "ports").iterdir())
    cases = [case for case in cases if list((case / "before").glob("*.c"))]
    share = len(cases) // len(PACKAGES)
    for number, name in enumerate(PACKAGES):
        mine = cases[number * share : (number + 1) * share]
        for month, done in enumerate((0, share // 3, max(share // 3, share - number))):
            tree = folder / name
            shutil.rmtree(tree, ignore_errors=True)
            for index, case in enumerate(mine):
                shutil.copytree(case / ("after" if index < done else "before"), tree / case.name)
            when = f"2026-{1 + 3 * month + number // 3:02d}-{3 + 4 * number:02d}"
            porter("record", tree, "--tree", name, "--ledger", ledger, "--time", when, "--decide")
    porter("dashboard", "-o", site, "--ledger", ledger, "--title", "Isolation of our packages")
    return site


def take(browser: str, page: Path, scheme: str, size: str, target: Path) -> None:
    """A picture of a page as a desktop of that colour scheme shows it."""
    with tempfile.TemporaryDirectory() as profile:
        call = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        call += [f"--user-data-dir={profile}", f"--window-size={size}"]
        call += [f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}"]
        call += [f"--screenshot={target}", page.resolve().as_uri()]
        subprocess.run(call, check=True, capture_output=True, timeout=120)


def telling(pages: list[Path]) -> Path:
    """The page with most to see: something is ported in it, and something left."""
    return max(pages, key=lambda page: (page.read_text("utf-8").count('class="status '), page.name))


def main() -> int:
    """One picture of each page for each scheme; the answer is the exit code."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        print("screenshots: needs chromium", file=sys.stderr)
        return 2
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site = Path(sys.argv[1]) if len(sys.argv) > 1 else make_site(Path(folder))
        for name, (pattern, size) in PAGES.items():
            page = telling(sorted(site.glob(pattern)))
            for scheme in SCHEMES:
                target = IMAGES / f"{name}-{scheme}.png"
                take(browser, page, scheme, size, target)
                print(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
