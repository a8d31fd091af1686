"""What stands beside the ladder and loads the extension: objects that outlive it, and an init that fails midway."""

from __future__ import annotations

from pathlib import Path

from porter.verify.build import Build
from porter.verify.climb import DEVELOPMENT, REFUSAL, Climb
from porter.verify.compilers import c_compiler
from porter.verify.model import FAILED, NOT_PROVEN, PASSED, BuiltModule, Evidence
from porter.verify.process import Outcome, run

OUTLIVE, MIDWAY = "objects outlive their module, and it loads again", "an init that fails midway does no harm"
INJECTOR = Path(__file__).parent / "drivers" / "injector.c"
POINTS, POINT_SECONDS = 300, 10.0
NO_SECOND = "loading again:"


def outlive(climb: Climb) -> Evidence:
    """In an own-GIL interpreter: the module unloaded while its objects live, loaded again, and left to the end."""
    if not climb.python.own_gil:
        return climb.beside(OUTLIVE, NOT_PROVEN, "no Python with own-GIL interpreters")
    outcome, verdicts, messages = None, [], []
    for module in climb.build.modules:
        climb.say(f"{module.name}: unloaded while its objects live")
        verdict, message, outcome = _outlive(climb, module)
        verdicts.append(verdict)
        messages += [f"{module.name}: {message}"] if message else []
    return climb.beside(OUTLIVE, _worst(verdicts), "; ".join(messages), outcome)


def _outlive(climb: Climb, module: BuiltModule) -> tuple[str, str, Outcome | None]:
    control = climb.control(module)
    if not control.hows:
        return NOT_PROVEN, "cannot be loaded even in the main interpreter", None
    given = climb.given(module, control.hows[0], call=control.call)
    outcome, answer = climb.driver("lifetime.py", given, climb.load_limits, flags=DEVELOPMENT)
    if answer is None:
        return FAILED, f"the interpreter {outcome.ended}", outcome
    if not (error := answer["error"]):
        return PASSED, "", outcome
    known = REFUSAL.search(error) or NO_SECOND in error
    return (NOT_PROVEN if known else FAILED), error, outcome


def midway(climb: Climb) -> Evidence:
    """Each allocation of the init made to fail, one after the other: it raises, or goes on, and can be loaded then."""
    outcome, verdicts, messages, figures = None, [], [], {}
    for module in climb.build.modules:
        climb.say(f"{module.name}: its init with one allocation failing")
        verdict, message, outcome, figures[module.name] = _midway(climb, module)
        verdicts.append(verdict)
        messages += [f"{module.name}: {message}"] if message else []
    return climb.beside(MIDWAY, _worst(verdicts), "; ".join(messages), outcome, modules=figures)


def _midway(climb: Climb, module: BuiltModule) -> tuple[str, str, Outcome | None, dict]:
    if "alone" not in climb.control(module).hows:
        return NOT_PROVEN, "cannot be loaded from its file alone", None, {}
    outcome, answer = _points(climb, climb.build, module)
    if answer is None:
        return NOT_PROVEN, f"the search {outcome.ended}", outcome, {}
    counted = f"{answer['tried']} of {answer['allocations']} allocations"
    if not (wrong := answer["wrong"]):
        own = f", {answer['python']} failed in Python itself" if answer["python"] else ""
        said = f"{counted} made to fail: {answer['raised']} raised, {answer['went_on']} went on{own}"
        return PASSED, said, outcome, answer
    message = f"{len(wrong)} of {counted}; at allocation {wrong[0][0]}: {wrong[0][1]}"
    if _as_before(climb, module):
        return NOT_PROVEN, f"{message} (the original comes to harm as well)", outcome, answer
    return FAILED, message, outcome, answer


def _as_before(climb: Climb, module: BuiltModule) -> bool:
    """Whether the original's init comes to harm in the same way."""
    found = [m for m in climb.before.modules if m.name == module.name] if climb.before else []
    answers = [_points(climb, climb.before, original)[1] for original in found]
    return any(answer and answer["wrong"] for answer in answers)


def _points(climb: Climb, build: Build, module: BuiltModule) -> tuple[Outcome, dict | None]:
    injector = build.folder / "porter_injector.so"
    made = _injector(climb, build, injector)
    if not made.ok:
        return made, None
    given = climb.given(module, "alone", injector=str(injector), points=POINTS, seconds=POINT_SECONDS)
    given |= {"call": climb.control(module).call}
    return climb.driver("failing.py", given, climb.limits, build)


def _injector(climb: Climb, build: Build, target: Path) -> Outcome:
    """Compile the injector for the environment's Python."""
    asked = "import sysconfig; print(sysconfig.get_path('include'))"
    include = run([str(build.python), "-c", asked], build.log, climb.load_limits, cwd=build.folder).output.strip()
    command = [*c_compiler(), "-shared", "-fPIC", "-O1", f"-I{include}", str(INJECTOR), "-ldl", "-o", str(target)]
    return run(command, build.log, climb.load_limits, cwd=build.folder)


def _worst(verdicts: list[str]) -> str:
    """One that failed fails all; one that is not proven leaves all not proven."""
    return next((v for v in (FAILED, NOT_PROVEN) if v in verdicts), PASSED if verdicts else NOT_PROVEN)
