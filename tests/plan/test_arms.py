"""Arms of #if: live for the target, dead for every Python that matters, or live somewhere else."""

from __future__ import annotations

import pytest

from porter.plan.arms import Arms

from .programs import HEAD, program


@pytest.mark.parametrize(
    ("text", "least", "expected"),
    [
        ("HERE", "3.9", "live"),
        ("#if PY_MAJOR_VERSION >= 3\nHERE\n#endif", "3.9", "live"),
        ("#if PY_MAJOR_VERSION < 3\nHERE\n#endif", "3.9", "dead"),
        ("#if PY_MAJOR_VERSION >= 3\nx\n#else\nHERE\n#endif", "3.9", "dead"),
        ("#if PY_VERSION_HEX < 0x03080000\nHERE\n#endif", "3.9", "dead"),
        ("#if PY_VERSION_HEX < 0x030A0000\nHERE\n#endif", "3.9", "other"),
        ("#if PY_VERSION_HEX < 0x030A0000\nHERE\n#endif", "3.10", "dead"),
        ("#if PY_VERSION_HEX >= 0x030E0000\nHERE\n#endif", "3.9", "other"),
        ("#ifdef _WIN32\nHERE\n#endif", "3.9", "other"),
        ("#ifdef _WIN32\nx\n#else\nHERE\n#endif", "3.9", "live"),
        ("#ifdef WITH_OPTION\nHERE\n#endif", "3.9", "other"),
        ("#if 0\nHERE\n#endif", "3.9", "dead"),
    ],
)
def test_states(text: str, least: str, expected: str) -> None:
    source = HEAD + text.replace("HERE", "int here;").replace("x\n", "int x;\n") + "\n"
    assert Arms(program(source), least).state("m.c", source.index("int here;")) == expected
