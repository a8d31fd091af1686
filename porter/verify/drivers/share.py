"""What an interpreter runs after use.py to do one share of a workload.

``porter_main`` takes what use.py's takes, and ``loops``. A first time it loads and warms up, the next times it works.
"""

porter_share = globals().get("porter_share")


def prepare(given):
    """A function that does one share; its calls compiled into one loop."""
    space = {"m": load(given)}  # noqa: F821  use.py's
    lines = ["def share(loops):"]
    for number, (setup, _) in enumerate(given["calls"]):
        names = {"m": space["m"]}
        exec(setup or "pass", names)
        space[f"self{number}"] = names.get("self")
    lines += [f"    self{number} = self_of({number})" for number in range(len(given["calls"]))]
    lines += ["    for _ in range(loops):"]
    space["self_of"] = lambda number: space[f"self{number}"]
    for number, (_, statement) in enumerate(given["calls"]):
        lines += [f"        {statement.replace('self.', f'self{number}.')}"]
    exec("\n".join(lines), space)
    return space["share"]


def porter_main(given):
    """Get ready, or do the share."""
    global porter_share
    if given["script"]:
        for _ in range(given["loops"]):
            runpy.run_path(given["script"], run_name="__main__")  # noqa: F821
        return
    if porter_share is None:
        porter_share = prepare(given)
    porter_share(given["loops"])
