"""The addresses of the API, in one list."""

from troth.app import App
from troth.web.api.choices import Choices
from troth.web.api.http import Api, Call
from troth.web.api.suggestions import Suggesting


def build_api(app: App) -> Api:
    """Return the API of an open installation."""
    choices = Choices(app)
    return Api(
        app.access,
        {
            "/healthz": Call("GET", lambda *_: {"status": "ok"}, open_to_all=True),
            "/v1/suggestions": Call("POST", Suggesting(app).suggest),
            "/v1/questions": Call("GET", choices.questions),
            "/v1/choices": Call("POST", choices.choose, writes=True),
            "/v1/choices/show": Call("POST", choices.show),
        },
        snapshot=app.databases[0].reading,
    )
