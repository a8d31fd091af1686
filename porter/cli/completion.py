"""``porter completion SHELL``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from porter.cli.output import write_report


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the shell's completion of verbs and options.

    \b
    eval "$(porter completion bash)"                            in ~/.bashrc
    eval "$(porter completion zsh)"                             in ~/.zshrc
    porter completion fish > ~/.config/fish/completions/porter.fish
    """
    group = context.find_root().command
    write_report(get_completion_class(shell)(group, {}, "porter", "_PORTER_COMPLETE").source() + "\n", None)
