"""Style sheets, fonts and pictures, served under addresses that carry a hash of their content.

One hash covers the whole set, so that a style sheet can name its font by a relative address. A page asks only for the
set it was built with; that answer may be kept for ever. Any other hash is answered with what there is today, not to
be kept: a page that is open while a new version starts keeps its looks.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from troth.canonical import keyed_hash

_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".svg": "image/svg+xml",
        ".txt": "text/plain; charset=utf-8",
        ".woff2": "font/woff2",
    }
)
_FOR_EVER = "public, max-age=31536000, immutable"


class Assets:
    """The files of some folders, read once.

    Args:
        folders: where they lie; a later folder's file covers an earlier one of the same name, so that a company can
            put its own in place. Only the types that pages use are served.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        found: dict[str, bytes] = {}
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.is_file() and path.suffix in _TYPES:
                    found[path.relative_to(folder).as_posix()] = path.read_bytes()
        self._files = MappingProxyType(found)
        spelled = [part for name in sorted(found) for part in (name.encode(), found[name])]
        self.version = keyed_hash(b"assets", *spelled).hex()[:12]

    def url(self, name: str) -> str:
        """Return the address of the file `name`.

        Raises:
            KeyError: there is no such file; a page that names one is wrong.
        """
        if name not in self._files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"

    def route(self) -> Route:
        """Return the route that serves the files."""
        return Route("/static/{version}/{name:path}", self._serve, methods=["GET"])

    async def _serve(self, request: Request) -> Response:
        name = request.path_params["name"]
        body = self._files.get(name)
        if body is None:
            raise HTTPException(404)
        keep = _FOR_EVER if request.path_params["version"] == self.version else "no-cache"
        return Response(body, media_type=_TYPES[Path(name).suffix], headers={"cache-control": keep})
