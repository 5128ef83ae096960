"""`troth serve`: the API, with the model kept true in the background."""

from contextlib import closing
from typing import Annotated

import typer

from troth.cli.opening import kept_true, opened


def serve(
    port: Annotated[int, typer.Option(help="Where to listen.", min=1, max=65535)] = 8000,
    host: Annotated[str, typer.Option(help="Which address to listen on; put a TLS proxy in front.")] = "127.0.0.1",
) -> None:
    """Serve the API (docs/reference/api.md) until stopped."""
    from troth.web.api.calls import build_api
    from troth.web.log import LogFiles, beside
    from troth.web.serving import listen, serve_on

    with closing(listen(host, port)) as listening, opened() as app, kept_true(app):
        coming = app.given.coming
        if coming is not None:
            number, since = coming.version.number, coming.version.since
            typer.echo(f"Version {number} of the promise waits for {since}. Start the server again on that day.")
        site = beside(LogFiles(app.published), build_api(app))
        serve_on(listening, site, ready=lambda: typer.echo(f"Serving on http://{host}:{port}"))
