"""What a verification is asked and what it answers, as frozen values that render themselves as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from porter.errors import Exit

SCHEMA = "porter/verify/1"
PASSED, FAILED, NOT_PROVEN, SKIPPED = "passed", "failed", "not proven", "skipped"
TITLES = (
    "builds",
    "own tests pass as before",
    "loads in own-GIL interpreters one after another",
    "two alive at once, one destroyed, the other used",
    "many in threads, created and destroyed in a loop",
    "own tests pass inside an own-GIL interpreter",
    "no leak over create and destroy rounds",
)
TOP = len(TITLES) - 1


@dataclass(frozen=True)
class VerifyOptions:
    """How to verify.

    ``against``: the tree before the port; ``tests``: the command of its tests, ``test_requires``: what they need
    installed; ``pythons``: paths, versions or commands, each of them used, or ``all``; ``keep``: a folder for builds,
    evidence and logs (else they are temporary); ``timeout``: seconds for each child; ``memory``: MiB for each child
    and its own children; ``rungs``: the highest rung to try; ``workload``: a file that interpreters run at once;
    ``sanitize``: ``address``, ``thread``, ``undefined``; ``valgrind``, ``speed``, ``pay_off``: whether these are
    tried; ``offline``: install only what earlier runs kept.
    """

    against: Path | None = None
    tests: str | None = None
    test_requires: tuple[str, ...] = ()
    pythons: tuple[str, ...] = ()
    keep: Path | None = None
    timeout: float = 600.0
    memory: int = 4096
    rungs: int = TOP
    workload: Path | None = None
    sanitize: tuple[str, ...] = ()
    valgrind: bool = False
    speed: bool = False
    pay_off: bool = False
    offline: bool = False


@dataclass(frozen=True)
class Python:
    """A Python that answered the probe. ``own_gil``: it has interpreters with their own GIL; ``venv``: it can make
    environments.
    """

    path: str
    version: tuple[int, int, int]
    own_gil: bool
    venv: bool
    gil: bool = True
    debug: bool = False

    @property
    def short(self) -> str:
        """Version and kind, as the name of a folder."""
        return f"python-{'.'.join(map(str, self.version))}{'t' * (not self.gil)}{'d' * self.debug}"

    @property
    def label(self) -> str:
        """Version, kind and path for a person."""
        kind = " free-threaded" * (not self.gil) + " debug" * self.debug
        return f"Python {'.'.join(map(str, self.version))}{kind} ({self.path})"


@dataclass(frozen=True)
class Evidence:
    """One rung and what happened on it.

    ``rung``: 0 to 6, None for what stands beside the ladder; ``verdict``: passed, failed, not proven or skipped;
    ``message``: why, in words; ``seconds``: wall clock; ``command``: the last command run; ``log``: its log, when
    builds are kept; ``figures``: numbers.
    """

    rung: int | None
    title: str
    verdict: str
    message: str = ""
    seconds: float = 0.0
    command: str = ""
    log: str | None = None
    figures: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class BuiltModule:
    """An extension module as installed: its dotted ``name`` and its file."""

    name: str
    path: Path


@dataclass(frozen=True, order=True)
class Left:
    """A writable variable that interpreters share. ``kind``: ``type``, ``object`` or ``other``; ``source``: ``debug
    information`` or ``symbols``; ``function``: the one it is static in, or None.
    """

    module: str
    kind: str
    name: str
    ctype: str = ""
    file: str = ""
    line: int = 0
    function: str | None = None
    source: str = "debug information"


@dataclass(frozen=True)
class Residue:
    """What is shared by interpreters in the built files. ``left``: types and objects, always wrong; ``other``: C
    variables, right where they hold the same for all or have a lock; ``notes`` say what could not be read.
    """

    left: tuple[Left, ...] = ()
    other: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """One difference in behaviour. ``subject``: the module or type; ``expected``: why it belongs to a port, or None."""

    subject: str
    what: str
    before: str
    after: str
    expected: str | None = None


@dataclass(frozen=True)
class Ratio:
    """How much longer ``call`` takes after than ``before``: 1.0 is as long, with the ends of its 95 % interval.

    ``before``, ``after``: seconds of the processor; ``kind``: ``call``, ``attribute`` or ``create``.
    """

    call: str
    before: float
    after: float
    ratio: float
    low: float
    high: float
    kind: str = "call"


@dataclass(frozen=True)
class PayOff:
    """The same ``work`` done N times over. ``seconds``: way -> wall clock for each N of ``counts``; a way that did not
    work is in ``failed``, with the reason.
    """

    work: str
    cores: int
    counts: tuple[int, ...]
    seconds: dict[str, tuple[float, ...]]
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Verification:
    """The whole answer for one Python. ``evidence``: rungs 0 to 6 in order, then what stands beside the ladder."""

    root: str
    against: str | None
    python: Python | None
    modules: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    residue: Residue = Residue()
    behaviour: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    speed: tuple[Ratio, ...] = ()
    pay_off: PayOff | None = None

    @property
    def reached(self) -> int:
        """The highest rung with itself and all below passed; -1 where it does not even build."""
        reached = -1
        for entry in self.evidence:
            if entry.rung != reached + 1 or entry.verdict != PASSED:
                break
            reached = entry.rung
        return reached

    @property
    def exit_code(self) -> Exit:
        """FOUND when anything failed."""
        return Exit.FOUND if any(e.verdict == FAILED for e in self.evidence) else Exit.OK

    def to_json(self) -> dict[str, object]:
        """A plain value for ``json.dumps``."""
        return {
            "schema": SCHEMA,
            "root": self.root,
            "against": self.against,
            "python": asdict(self.python) | {"label": self.python.label} if self.python else None,
            "modules": list(self.modules),
            "reached": self.reached,
            "failed": self.exit_code == Exit.FOUND,
            "evidence": [asdict(e) for e in self.evidence],
            "residue": {
                "left": [asdict(v) for v in self.residue.left],
                "other": [asdict(v) for v in self.residue.other],
                "notes": list(self.residue.notes),
            },
            "speed": [asdict(r) for r in self.speed],
            "pay_off": asdict(self.pay_off) if self.pay_off else None,
            "behaviour": [asdict(c) for c in self.behaviour],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Verifications:
    """The answers for each Python, in the order asked for; at least one."""

    runs: tuple[Verification, ...]

    @property
    def weakest(self) -> Verification:
        """What holds with every Python: the run that failed or got least far."""
        return min(self.runs, key=lambda run: (run.exit_code == Exit.OK, run.reached))

    @property
    def exit_code(self) -> Exit:
        """FOUND when anything failed with any Python."""
        return self.weakest.exit_code

    def to_json(self) -> dict[str, object]:
        """The weakest run, and under ``runs`` all of them."""
        return self.weakest.to_json() | {"runs": [run.to_json() for run in self.runs]}


@dataclass(frozen=True)
class SeriesStep:
    """What became of the tree under one patch and those before it; ``proven`` is None where it does not apply.

    ``error``: what the tool that applies patches said.
    """

    patch: Path
    proven: Verifications | None
    error: str = ""

    @property
    def failed(self) -> bool:
        """Whether the series stops here."""
        return self.proven is None or self.proven.exit_code != Exit.OK

    def to_json(self) -> dict[str, object]:
        """The step as plain data."""
        return {"patch": self.patch.name, "error": self.error, "proven": self.proven.to_json() if self.proven else None}
