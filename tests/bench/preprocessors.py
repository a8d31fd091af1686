"""porter's own preprocessor beside pcpp: speed, positions, and what either does with damaged files.

``python -m tests.bench.preprocessors TREE...`` (pcpp has to be installed). Both read the C files of the trees on their
own, without the headers of Python or the C library; the figures are in docs/decisions/0002-own-preprocessor.md.
"""

from __future__ import annotations

import contextlib
import io
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pcpp

from porter.errors import Gap
from porter.frontend.unit import Reader
from porter.span import decode

MUTANTS = 2000
LIMIT = 5.0  # seconds for one damaged file; the undamaged ones need less than a tenth of that
LONGEST = 40_000  # bytes of a file that is damaged
ROUNDS = 3


class TooLong(Exception):
    """A preprocessor did not come back in time."""


class Unclaimed(pcpp.Preprocessor):
    """pcpp as porter would call it: a header that is not there is no error, and nothing goes to stderr."""

    def on_include_not_found(self, *_):
        raise pcpp.OutputDirective(pcpp.Action.IgnoreAndPassThrough)

    def on_error(self, *_):
        self.return_code += 1


def by_pcpp(text: str) -> list:
    """The tokens pcpp makes of a file, white space left out."""
    preprocessor = Unclaimed()
    preprocessor.parse(text, "file.c")
    tokens = []
    while (token := preprocessor.token()) is not None:
        if token.type != "CPP_WS":
            tokens.append(token)
    return tokens


def by_porter(text: str) -> list:
    """The tokens porter makes of a file, its stand-ins for Python.h and libc left out as pcpp has none."""
    gap = Gap("", 0, "", "not read")
    reader = Reader(lambda file: text if file == "file.c" else gap, (), (), "3.13")
    reader._find = lambda *_: None
    return reader.unit("file.c").tokens


PREPROCESSORS: dict[str, Callable[[str], list]] = {"pcpp": by_pcpp, "porter": by_porter}


def sources(trees: list[str]) -> list[str]:
    files = sorted(file for tree in trees for file in Path(tree).rglob("*.c"))
    return [decode(file.read_bytes()) for file in files]


def speed(texts: list[str]) -> None:
    size = sum(map(len, texts)) / 1e6
    print(f"speed: {len(texts)} files, {size:.1f} MB, best of {ROUNDS}")
    for name, preprocess in PREPROCESSORS.items():
        best, count = float("inf"), 0
        for _ in range(ROUNDS):
            start = time.perf_counter()
            count = sum(len(preprocess(text)) for text in texts)
            best = min(best, time.perf_counter() - start)
        print(f"  {name:7} {count:8} tokens  {best:6.2f} s  {count / best:9.0f} tokens/s  {size / best:5.2f} MB/s")


POSITIONS = {
    "plain": ("int alpha = 1;\nint omega = 2;\n", "omega"),
    "after a continued line": ("#define M(x) \\\n   x\nint alpha;\nint omega = 2;\n", "omega"),
    "in a continued line": ("int alpha \\\n  = 1; int omega = 2;\n", "omega"),
    "after a comment of two lines": ("/* one\n   two */ int alpha; int omega;\n", "omega"),
    "after CRLF": ("int alpha;\r\nint beta;\r\nint omega;\r\n", "omega"),
    "continued by CRLF": ("#define M(x) \\\r\n   x\r\nint omega;\r\n", "omega"),
    "argument of a macro": ("#define M(x) x + 1\nint alpha = M(omega);\n", "omega"),
    "body of a macro": ("#define M(x) x + omega\nint alpha = M(1);\n", "omega"),
    "body on a continued line": ("#define M(x) \\\n  x + omega\nint alpha = M(1);\n", "omega"),
    "argument on a second line": ("#define M(x, y) x + y\nint alpha = M(1,\n   omega);\n", "omega"),
    "argument that is stringised too": ("#define M(x) {#x, x}\nint alpha = M(omega);\n", "omega"),
    "stringised argument": ('#define M(x) #x\nchar *alpha = M(omega);\n', '"omega"'),
    "pasted": ("#define M(x) x ## ga\nint M(ome);\n", "omega"),
    "split by a continuation": ("int ome\\\nga;\n", "omega"),
}


def positions() -> None:
    print("positions of one token: the bytes there are it (right), are others (wrong), none claimed (none)")
    for what, (text, wanted) in POSITIONS.items():
        said = [f"{name} {verdict(text, preprocess(text), wanted)}" for name, preprocess in PREPROCESSORS.items()]
        print(f"  {what:32} {'   '.join(said)}")


def verdict(text: str, tokens: list, wanted: str) -> str:
    """What the position of a token is worth; ``absent`` where it does not come out."""
    found = [token for token in tokens if spelling(token)[0] == wanted]
    return claim(text, found[-1]) if found else "absent"


def spelling(token) -> tuple[str, int]:
    """What a token of either says, and where it says it stands (-1: nowhere)."""
    if hasattr(token, "start"):
        return token.text, token.start
    return token.value, -1 if token.lexpos is None else token.lexpos


def claim(text: str, token) -> str:
    """Whether the bytes at a token's position are the token."""
    said, start = spelling(token)
    if start < 0:
        return "none"
    return "right" if text[start : start + len(said)] == said else "wrong"


def claims(texts: list[str]) -> None:
    """Over whole files: of the tokens that come out, for how many the position leads to their spelling."""
    print("positions over the same files: tokens whose position leads to their spelling, to other bytes, to none")
    for name, preprocess in PREPROCESSORS.items():
        count: Counter[str] = Counter()
        for text in texts:
            count.update(claim(text, token) for token in preprocess(text))
        print(f"  {name:7} right {count['right']:8}  wrong {count['wrong']:8}  none {count['none']:8}")


def mutants(texts: list[str]) -> Iterator[str]:
    """Damaged files, the same in every run: bytes lost, doubled or changed, lines moved, brackets and quotes put in."""
    choice = random.Random(20)
    short = [text for text in texts if 200 < len(text) < LONGEST]
    for _ in range(MUTANTS):
        text = choice.choice(short)
        for _ in range(choice.randint(1, 6)):
            text = damaged(text, choice) or text
        yield text


def damaged(text: str, choice: random.Random) -> str:
    at = choice.randrange(len(text))
    end = min(len(text), at + choice.randint(1, 60))
    kind = choice.randrange(5)
    if kind == 0:
        return text[:at] + text[end:]
    if kind == 1:
        return text[:end] + text[at:]
    if kind == 2:
        return text[:at] + choice.choice(_NOISE) + text[at:]
    return text[:at] + chr(choice.randrange(256)) + text[at + 1 :] if kind == 3 else text[:at]


_NOISE = (
    *("\n#if 1/0\n", "\n#if (\n", "\n#elif\n", "\n#else\n", "\n#endif\n", "\n#if defined\n", "\n#if 08\n"),
    *("\n#define\n", "\n#define M(\n", "\n#include\n", "\n#undef\n", "\n#pragma once\n", "\n#line -1\n"),
    *("\n#define A A(\n#define B A\n", "\n#define M(x...) # x ## y\nM(M(,))\n", "\n#if 'ab\n", "\n#if 1 ? 2\n"),
    *('"', "'", "/*", "*/", "\\\n", "##", "#", "(", ")", "\0"),
)


def robustness(texts: list[str]) -> None:
    files = list(mutants(texts))
    print(f"robustness: {len(files)} damaged files, {LIMIT:.0f} s each at most")
    for name, preprocess in PREPROCESSORS.items():
        outcome: Counter[str] = Counter()
        for text in files:
            outcome[_outcome(preprocess, text)] += 1
        print(f"  {name:7} " + ", ".join(f"{what}: {times}" for what, times in outcome.most_common()))


def _outcome(preprocess: Callable[[str], list], text: str) -> str:
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            preprocess(text)
        return "came back"
    except TooLong:
        return f"no answer in {LIMIT:.0f} s"
    except Exception as failure:  # any kind is what is counted
        return f"raised {type(failure).__name__}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(*_: object) -> None:
    raise TooLong


def main() -> int:
    """All four experiments; the answer is the exit code."""
    texts = sources(sys.argv[1:])
    if not texts:
        print("usage: python -m tests.bench.preprocessors TREE...", file=sys.stderr)
        return 2
    signal.signal(signal.SIGALRM, _stop)
    print(f"pcpp {pcpp.__version__}, Python {sys.version.split()[0]}")
    positions()
    speed(texts)
    claims(texts)
    robustness(texts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
