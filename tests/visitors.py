"""A visitor of the pages without a browser: keeps cookies, follows nothing, fills in the form it was shown."""

import asyncio
import re
from html import unescape

import httpx2
from starlette.types import ASGIApp


class Visitor:
    """Somebody with a cookie jar, in front of an ASGI application."""

    def __init__(self, site: ASGIApp, *, base: str = "http://127.0.0.1:8000") -> None:
        self.site = site
        self.base = base
        self.cookies = httpx2.Cookies()

    def get(self, address: str, **headers: str) -> httpx2.Response:
        return self._send("GET", address, headers=headers)

    def post(self, address: str, form: dict[str, str], **headers: str) -> httpx2.Response:
        return self._send("POST", address, form=form, headers=headers)

    def save(self, page: httpx2.Response, **choices: str) -> httpx2.Response:
        """Fill in and send the form that asks for `choices`: clause, with ``__`` for the slash → answer."""
        answers = {f"choice:{name.replace('__', '/')}": answer for name, answer in choices.items()}
        form = next(one for one in forms(page.text) if all(f"words:{name[7:]}" in one for name in answers))
        return self.post("/you/choices", form | answers)

    def _send(
        self, method: str, address: str, *, headers: dict[str, str], form: dict[str, str] | None = None
    ) -> httpx2.Response:
        async def send() -> httpx2.Response:
            transport = httpx2.ASGITransport(self.site, raise_app_exceptions=False)
            async with httpx2.AsyncClient(transport=transport, base_url=self.base, cookies=self.cookies) as client:
                sent = {name.replace("_", "-"): value for name, value in headers.items()}
                answer = await client.request(method, address, data=form, headers=sent)
                self.cookies = client.cookies
                return answer

        return asyncio.run(send())


def forms(html: str) -> list[dict[str, str]]:
    """Return the hidden fields of each form of a page."""
    found = []
    for form in re.findall(r"<form.*?</form>", html, flags=re.DOTALL):
        fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
        found.append({unescape(name): unescape(value) for name, value in fields})
    return found


def words(html: str) -> str:
    """Return what a person reads on a page, in one line."""
    body = html[html.index("<body") :]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()
