from pathlib import Path

import pytest
from jinja2 import UndefinedError

from troth.web import assets
from troth.web.assets import Assets
from troth.web.customer.views import ContactView, ProblemPage
from troth.web.pages import Frame, Pages

HERE = Path(assets.__file__).parent
CONTACT = ContactView("Ana", "privacy@example.com", "", "The regulator", "https://regulator.example")


def _frame(language: str = "en") -> Frame:
    return Frame(language, "Larkfield", CONTACT, (), "/", "token")


def _pages(*folders: Path) -> Pages:
    return Pages([*folders, HERE / "templates"], Assets([HERE / "static"]))


def test_a_name_that_is_missing_is_an_error_and_no_empty_space() -> None:
    with pytest.raises(UndefinedError):
        _pages().html("problem.html", _frame(), {})


def test_what_a_person_typed_is_never_markup() -> None:
    page = ProblemPage("<script>alert(1)</script>", "says", "")
    assert "<script>" not in _pages().html("problem.html", _frame(), {"page": page})


def test_a_company_may_put_its_own_template_in_place(tmp_path: Path) -> None:
    (tmp_path / "problem.html").write_text("Ours: {{ page.says }}", encoding="utf-8")
    text = _pages(tmp_path).html("problem.html", _frame(), {"page": ProblemPage("t", "sorry", "")})
    assert text == "Ours: sorry"


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("cy", "ltr"), ("ar", "rtl"), ("he-IL", "rtl")])
def test_the_page_runs_as_its_language_does(language: str, direction: str) -> None:
    text = _pages().html("problem.html", _frame(language), {"page": ProblemPage("t", "s", "")})
    assert f'lang="{language}" dir="{direction}"' in text


def test_no_template_carries_style_or_script() -> None:
    # The page in verify/ is no template: it is handed out as a file of its own, with the digest of its script.
    for path in [*(HERE / "templates").rglob("*.html"), *(HERE.parent / "demo").rglob("*.html")]:
        text = path.read_text(encoding="utf-8")
        assert " style=" not in text, path.name
        assert "<script" not in text, path.name
        assert "|safe" not in text.replace(" ", ""), path.name
