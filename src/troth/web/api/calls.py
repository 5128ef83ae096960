"""The addresses of the API, in one list."""

from troth.app import App
from troth.promise.export import gpc
from troth.web.api.ages import Declaring
from troth.web.api.choices import Choices
from troth.web.api.deleting import Deletions
from troth.web.api.explain import Explaining
from troth.web.api.http import Api, Call
from troth.web.api.links import Linking
from troth.web.api.suggestions import Suggesting


def build_api(app: App) -> Api:
    """Return the API of an open installation."""
    choices, deletions, linking = Choices(app), Deletions(app), Linking(app)
    return Api(
        app.access,
        {
            "/healthz": Call("GET", lambda _: {"status": "ok"}, open_to_all=True),
            "/v1/suggestions": Call("POST", Suggesting(app).suggest),
            "/v1/questions": Call("GET", choices.questions),
            "/v1/choices": Call("POST", choices.choose, writes=True),
            "/v1/choices/show": Call("POST", choices.show),
            "/v1/declared-age": Call("POST", Declaring(app).declare, writes=True),
            "/v1/links": Call("POST", linking.link, writes=True),
            "/v1/links/end": Call("POST", linking.unlink, writes=True),
            "/v1/delete": Call("POST", deletions.delete, writes=True),
            "/v1/delete/list": Call("POST", deletions.listed),
            "/v1/erase": Call("POST", deletions.erase, writes=True),
            "/v1/explain": Call("POST", Explaining(app).explain),
            "/.well-known/gpc.json": Call("GET", lambda _: gpc(app.promise), open_to_all=True),
        },
        snapshot=app.snapshot,
    )
