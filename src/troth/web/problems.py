"""What went wrong, told calmly on a page for people, without the inside. Programs get theirs from `web.api`."""

from starlette.responses import HTMLResponse

from troth.errors import TrothError
from troth.web.customer.views import ProblemPage
from troth.web.pages import Frame, Pages

_TITLES = {
    400: "We could not use that",
    401: "Please sign in first",
    403: "We can’t do that",
    404: "There is no such page",
    405: "There is no such page",
    413: "That was too large",
    503: "Not just now",
}
_SAYS = {
    400: "Something in what was sent is not right. Nothing was changed.",
    403: "This is not allowed here. Nothing was changed.",
    404: "The address may be old or mistyped.",
    405: "This address can’t be used in this way.",
    413: "Send less at once. Nothing was changed.",
}
_OURS = "Something went wrong on our side"
_OURS_SAYS = "It is our fault, not yours. Please try again in a moment."


class Problems:
    """Makes the answer for each thing that can go wrong.

    Args:
        pages: renders.
        frame: what stands around a page that belongs to nobody.
    """

    def __init__(self, pages: Pages, frame: Frame) -> None:
        self._pages = pages
        self._frame = frame

    def of_status(self, status: int) -> HTMLResponse:
        """Answer with the plain words of a status."""
        return self._page(status, ProblemPage(_TITLES.get(status, _OURS), _SAYS.get(status, _OURS_SAYS), ""))

    def of_error(self, error: TrothError) -> HTMLResponse:
        """Answer with the error's own words: they are written for a person and hold nothing of a customer."""
        status = error.http_status
        return self._page(status, ProblemPage(_TITLES.get(status, _OURS), error.message, error.mend))

    def _page(self, status: int, page: ProblemPage) -> HTMLResponse:
        return self._pages.render("problem.html", self._frame, {"page": page}, status=status)
