"""Installing into an environment, from the network or from the wheels that earlier runs kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from porter.cache.store import default_folder
from porter.verify.model import Python
from porter.verify.process import Limits, Outcome, run

UNREACHABLE = re.compile(
    r"No matching distribution found|Could not find a version|Failed to establish a new connection|ConnectionError"
    r"|Temporary failure in name resolution|Max retries exceeded|Network is unreachable|ReadTimeoutError",
)
COLLECTED = re.compile(r"^\s*Collecting (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Shop:
    """What every build of one verification is made with; ``wheels``: where what was installed is kept."""

    python: Python
    limits: Limits
    wheels: Path
    offline: bool
    say: Callable[[str], None]


def kept_wheels(python: Python) -> Path:
    """The folder of the wheels for one version of Python, where porter keeps things."""
    return default_folder() / "wheels" / f"{python.version[0]}.{python.version[1]}"


@dataclass(frozen=True)
class Pip:
    """pip of one environment; its output goes to ``log``."""

    python: Path
    shop: Shop
    log: Path
    folder: Path

    def install(self, words: Sequence[str], env: Mapping[str, str] | None = None) -> Outcome:
        """``pip install``; where the network does not give what is needed, from the wheels that were kept."""
        if not self.shop.offline:
            outcome = self._pip("install", words, env)
            if outcome.ok:
                self._keep(COLLECTED.findall(outcome.output))
            if outcome.ok or not UNREACHABLE.search(outcome.output) or not self.shop.wheels.is_dir():
                return outcome
        return self._pip("install", ["--no-index", "--find-links", str(self.shop.wheels), *words], env)

    def missing_dependencies(self) -> tuple[str, ...]:
        """Install what the installed package says it needs; a note for each that could not be."""
        checked = run([str(self.python), "-m", "pip", "check"], self.log, self.shop.limits, cwd=self.folder)
        told = (line.partition(" requires ")[2].partition(", ") for line in checked.output.splitlines())
        return self.install_each(tuple(n for n, _, state in told if state == "which is not installed."), "run")

    def install_each(self, names: tuple[str, ...], purpose: str) -> tuple[str, ...]:
        """Install ``names`` together, or each that can be; a note for each that could not."""
        if not names:
            return ()
        self.shop.say(f"installing what it needs to {purpose}: {' '.join(names)}")
        if self.install(["--prefer-binary", *names]).ok:
            return ()
        failed = [name for name in names if not self.install(["--prefer-binary", name]).ok]
        return tuple(f"{name}, needed to {purpose}, could not be installed" for name in failed)

    def _keep(self, names: Sequence[str]) -> None:
        """Put the wheels of what was collected where a run without network finds them."""
        wanted = [name for name in dict.fromkeys(names) if not (self.shop.wheels / _record(name)).exists()]
        try:
            self.shop.wheels.mkdir(parents=True, exist_ok=True)
            if wanted and self._pip("wheel", ["-q", "--prefer-binary", "-w", str(self.shop.wheels), *wanted]).ok:
                for name in wanted:
                    (self.shop.wheels / _record(name)).touch()
        except OSError:
            return  # a cache that cannot be written costs nothing but the next run without network

    def _pip(self, verb: str, words: Sequence[str], env: Mapping[str, str] | None = None) -> Outcome:
        command = [str(self.python), "-m", "pip", "--disable-pip-version-check", verb, *words]
        return run(command, self.log, self.shop.limits, cwd=self.folder, env=env)


def _record(requirement: str) -> str:
    return "kept-" + re.sub(r"[^\w.=<>!~,\[\]-]", "_", requirement)
