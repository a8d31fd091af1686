"""Jinja, set up once for C and Python (nothing escaped) and once for HTML (everything escaped); a missing name is an error."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from porter.resources import templates_folder


@cache
def _environment(escape: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(templates_folder()),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render_c(template: str, /, **values: object) -> str:
    """Text from ``templates/c/<template>.c.j2``."""
    return _environment(False).get_template(f"c/{template}.c.j2").render(values)


def render_py(template: str, /, **values: object) -> str:
    """Text from ``templates/py/<template>.py.j2``."""
    return _environment(False).get_template(f"py/{template}.py.j2").render(values)


def render_text(template: str, /, **values: object) -> str:
    """Plain text from ``templates/<template>.txt.j2``."""
    return _environment(False).get_template(f"{template}.txt.j2").render(values)


def render_html(template: str, /, **values: object) -> str:
    """A page from ``templates/html/<template>.html.j2``; every value is escaped."""
    return _environment(True).get_template(f"html/{template}.html.j2").render(values)


def render_svg(template: str, /, **values: object) -> str:
    """A picture from ``templates/svg/<template>.svg.j2``; every value is escaped."""
    return _environment(True).get_template(f"svg/{template}.svg.j2").render(values)
