"""Templates to pages. A name that a template misspells is an error here, never an empty space on the page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from troth.web.assets import Assets
from troth.web.customer.views import ContactView

_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a page's menu."""

    href: str
    words: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page.

    Attributes:
        language: a BCP 47 tag of the page's words.
        company: the company's name.
        contact: whom to turn to.
        links: the menu.
        here: the address of this page, so that the menu can mark it.
        csrf: the token that every form on the page sends back.
    """

    language: str
    company: str
    contact: ContactView
    links: tuple[Link, ...]
    here: str
    csrf: str

    @property
    def direction(self) -> str:
        """``rtl`` for languages written from right to left, else ``ltr``."""
        return "rtl" if self.language.split("-")[0] in _RIGHT_TO_LEFT else "ltr"


class Pages:
    """Renders templates.

    Args:
        folders: where templates lie; an earlier folder's template wins, so that a company can put its own in place.
        assets: knows the addresses of static files.
    """

    def __init__(self, folders: Sequence[Path], assets: Assets) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folders),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters["slug"] = _slug
        self._environment.globals["static"] = assets.url

    def html(self, template: str, frame: Frame, values: Mapping[str, object]) -> str:
        """Return the page as text.

        Raises:
            jinja2.UndefinedError: the template names something that `values` does not have.
        """
        return self._environment.get_template(template).render({**values, "frame": frame})

    def render(self, template: str, frame: Frame, values: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
        """Return the page as an answer."""
        return HTMLResponse(self.html(template, frame, values), status_code=status)


def _slug(text: str) -> str:
    """Return `text` as it may stand in an HTML id."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)
