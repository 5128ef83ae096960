"""A file becomes a promise, or says everything that keeps it from being one."""

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from promise.examples import GONE, TEXT, changed, checked, codes, only
from troth.errors import InputError
from troth.promise.errors import PromiseError, Severity
from troth.promise.model import (
    Ask,
    AtMost,
    Basis,
    Clause,
    Keep,
    Never,
    Period,
    RecipientRole,
    Source,
    Unit,
)
from troth.promise.read import _unreadable, check_promise, check_promise_text, read_promise, read_promise_text


def test_the_example_is_a_promise_without_a_finding() -> None:
    found = check_promise_text(TEXT, name="example.yaml")
    assert found.findings == ()
    assert found.promise is not None


def test_all_of_the_example_is_in_the_model() -> None:
    promise = read_promise_text(TEXT, name="example.yaml")
    company = promise.company
    assert (company.name, company.legal_name, company.country) == ("Larkfield", "Larkfield Garden Shop Ltd", "GB")
    assert company.time_zone == ZoneInfo("Europe/London")
    assert company.mail_domains == ("larkfield.example",)
    assert company.privacy_contact.post == "1 Mill Lane, Ludlow"
    assert (company.owner_of_use.name, company.owner_of_safeguards.role) == ("Tom Weir", "Head of IT")
    assert company.regulator.url == "https://ico.org.uk"
    assert (promise.version.number, promise.version.since) == (4, date(2026, 9, 1))
    assert promise.rights_for == "everyone"
    assert [data.source for data in promise.data.values()] == [
        Source.TOLD,
        Source.TRANSACTED,
        Source.OBSERVED,
        Source.TOLD,
    ]
    assert promise.data["email"].keep == Keep(Period(2, Unit.YEARS), "orders")
    assert promise.data["topics"].keep == Keep(Period(2, Unit.YEARS), "change")
    assert promise.data["orders"].keep == Keep(Period(6, Unit.YEARS))
    carried = ("order_id", "products.product_id", "products.quantity", "products.price", "currency")
    assert promise.data["orders"].events == {"Order Completed": carried, "Order Refunded": carried}
    assert promise.storage["default"].backups_keep == Period(35, Unit.DAYS)
    assert [str(clause) for clause in promise.clauses] == [
        "service/email",
        "service/orders",
        "tax/orders",
        "suggestions/orders",
        "suggestions/page_views",
        "newsletter/email",
        "newsletter/topics",
    ]
    service, tax, _, newsletter = promise.purposes.values()
    assert (service.basis, service.starts, service.lasts) == (
        Basis.CONTRACT,
        "Order Completed",
        Keep(Period(2, Unit.YEARS), "orders"),
    )
    assert tax.law == "UK Companies Act 2006 s388"
    assert (newsletter.ask, newsletter.channels, newsletter.at_most) == (Ask.EACH, ("email",), AtMost(1, Unit.WEEKS))
    assert newsletter.topics["vegetables"].say("en") == "Growing food"
    parcelo = promise.recipients["parcelo"]
    assert (parcelo.role, parcelo.receives, parcelo.keep) == (
        RecipientRole.PROCESSOR,
        {"service": ("email",)},
        Period(30, Unit.DAYS),
    )
    assert parcelo.contract is not None
    assert (parcelo.contract.signed, parcelo.contract.until) == (date(2026, 2, 1), date(2027, 2, 1))
    assert parcelo.checked is not None
    assert parcelo.checked.every == Period(12, Unit.MONTHS)
    assert promise.recipients["brightmail"].works_inside_as == "marketer"
    assert promise.roles["support"].may == {"service": ("email", "orders")}
    assert promise.roles["support"].reason_required
    assert promise.roles["marketer"].aggregate == {"suggestions", "newsletter"}
    assert promise.roles["marketer"].may == {"suggestions": (), "newsletter": ()}
    assert promise.never == (Never(act="sell"), Never(data="user.financial", purpose="suggestions"))
    assert promise.consent_categories["Advertising"] == ("newsletter",)
    assert promise.listening is not None
    assert (promise.listening.answer_working_days, promise.listening.pause_above_per_10000) == (5, 5)
    assert promise.deadlines["access"] == Period(15, Unit.DAYS)
    assert promise.deadlines["objection"] is None
    assert promise.brand.avoid == ("act now", "last chance")
    assert (promise.children.under, promise.children.rule) == (16, "refuse")
    assert promise.evidence_keep == Period(3, Unit.YEARS)


def test_the_fingerprint_names_this_very_text() -> None:
    one = read_promise_text(TEXT, name="a.yaml")
    assert one.fingerprint == read_promise_text(TEXT.encode(), name="b.yaml").fingerprint
    assert one.fingerprint != read_promise_text(TEXT + "\n", name="a.yaml").fingerprint


def test_a_promise_in_two_languages_says_everything_in_both() -> None:
    both = {"en": "Your email address", "cy": "Eich cyfeiriad e-bost"}
    changes = {"company/languages": ["en", "cy"], "data/email/title": both}
    promise = read_promise_text(changed(changes), name="p.yaml")
    assert promise.data["email"].title.say("cy") == "Eich cyfeiriad e-bost"
    assert promise.data["email"].how.say("cy") == promise.data["email"].how.say("en")
    assert list(promise.data["email"].title.by_language) == ["en", "cy"]


def test_a_missing_language_is_an_error_at_its_text() -> None:
    text = TEXT.replace("languages: [en]", "languages: [en, cy]").replace(
        "title: Your email address", "title: {en: Your email address}"
    )
    found = check_promise_text(text, name="p.yaml")
    errors = [finding for finding in found.findings if finding.severity is Severity.ERROR]
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "{en: Your" in row)
    assert [(error.code, error.place.line, error.place.column) for error in errors] == [("P160", line, 5)]
    assert "cy" in errors[0].message


def test_a_right_that_is_left_out_is_served_within_a_month() -> None:
    promise = read_promise_text(changed({"deadlines": {"access": "at once"}}), name="p.yaml")
    assert promise.deadlines["access"] is None
    assert promise.deadlines["erasure"] == Period(1, Unit.MONTHS)


def test_a_guess_and_a_gift_say_where_they_come_from() -> None:
    changes = {
        "data/topics/source": "received",
        "data/topics/from": "Your garden club",
        "data/style": {
            "title": "Your kind of garden",
            "source": "guessed",
            "from": ["orders"],
            "how": "From what you bought.",
            "category": "user.demographic.profile",
            "sensitivity": 2,
            "keep": "1 year",
        },
        "purposes/service/data": ["email", "orders", "style"],
    }
    promise = read_promise_text(changed(changes), name="p.yaml")
    assert promise.data["style"].guessed_from == ("orders",)
    gift = promise.data["topics"].received_from
    assert gift is not None
    assert gift.say("en") == "Your garden club"


def test_a_purpose_without_an_owner_belongs_to_the_owner_of_the_use_of_data() -> None:
    promise = read_promise_text(changed({"purposes/tax/owner": GONE}), name="p.yaml")
    assert promise.purposes["tax"].owner == "Tom Weir"


def test_the_same_meaning_names_clauses() -> None:
    promise = read_promise_text(changed({"version/same_meaning": ["suggestions/orders"]}), name="p.yaml")
    assert promise.version.same_meaning == {Clause("suggestions", "orders")}


@pytest.mark.parametrize(
    ("key", "start"),
    [
        ("troth", "troth: 1"),
        ("company.owners.safeguards", "    safeguards:"),
        ("data.orders.events.Order Refunded", "      Order Refunded:"),
        ("purposes.suggestions", "  suggestions:\n    title"),
        ("purposes.suggestions.data.orders", "      orders:\n        question: May we use what"),
        ("purposes.suggestions.data.page_views.no", "        no: We forget"),
        ("purposes.service.data.orders", "orders]\n    benefit: Your order arrives"),
        ("recipients.parcelo.contract.until", "until: 2027-02-01, reference: DPA-17"),
        ("never.1", "{data: user.financial"),
        ("never.1.purpose", "purpose: suggestions}"),
        ("children.under", "under: 16"),
    ],
)
def test_every_key_knows_its_line_and_column(key: str, start: str) -> None:
    place = read_promise_text(TEXT, name="p.yaml").places[key]
    offset = TEXT.index(start) + len(start) - len(start.lstrip())
    before = TEXT[:offset].split("\n")
    assert (place.line, place.column) == (len(before), len(before[-1]) + 1)


def test_every_key_has_a_place() -> None:
    places = read_promise_text(TEXT, name="p.yaml").places
    lines = TEXT.splitlines()
    for key, place in places.items():
        last = key.rpartition(".")[2] if "." not in lines[place.line - 1][place.column - 1 :].split(":")[0] else ""
        if not last.isdigit():
            assert lines[place.line - 1][place.column - 1 :].startswith(last), key


def _wrong(old: str, new: str) -> tuple[str, int, int, str, str]:
    """Return what is found when `old` is `new`: code, line and column (from the change), message and mend."""
    assert TEXT.count(old) == 1, old
    found = only(check_promise_text(TEXT.replace(old, new), name="p.yaml"))
    line = TEXT[: TEXT.index(old)].count("\n") + 1
    return found.code, found.place.line - line, found.place.column, found.message, found.mend


SHAPES = [
    ("an unknown key, near", "    sensitivity: 3\n", "    sensitivity: 3\n    sensitvity: 3\n",
     ("P011", 1, 5, "“sensitvity” is no key of “data.page_views”.", "Did you mean “sensitivity”?")),
    ("an unknown key, far", "children: {under: 16, rule: refuse}", "children: {under: 16, rule: refuse, xyz: 1}",
     ("P011", 0, 37, "“xyz” is no key of “children”.", "Keys here: rule, under.")),
    ("an unknown section", "rights_for: everyone", "slogan: Grow",
     ("P011", 0, 1, "“slogan” is no key of a promise.", None)),
    ("an unknown key in a question", "        no: We forget each page. The shop works the same.\n",
     "        no: We forget each page. The shop works the same.\n        nope: x\n",
     ("P011", 1, 9, "“nope” is no key of “purposes.suggestions.data.page_views”.", None)),
    ("a missing key", "  legal_name: Larkfield Garden Shop Ltd\n", "",
     ("P012", -2, 1, "“company” has no “legal_name”.",
      "Add “legal_name: …”. The name in the register of companies.")),
    ("a missing section", "evidence: {keep: 3 years}\n", "",
     ("P012", None, 1, "The promise has no “evidence”.", None)),
    ("a list where a map is due", "storage:\n  default:\n", "storage:\n  - default:\n",
     ("P013", 1, 3, "A map is due here.", None)),
    ("a text where a map is due", "evidence: {keep: 3 years}", "evidence: 3 years",
     ("P013", 0, 11, "A map is due here.", None)),
    ("a text where a list is due", "mail_domains: [larkfield.example]", "mail_domains: larkfield.example",
     ("P013", 0, 17, "A list is due here.", None)),
    ("nothing", "    law: UK Companies Act 2006 s388", "    law:",
     ("P014", 0, 5, "A text is due here.", None)),
    ("nothing where a map is due", "evidence: {keep: 3 years}", "evidence:",
     ("P013", 0, 1, "Nothing stands here.", None)),
    ("a number as a name", "  name: Larkfield\n", "  name: 1848\n",
     ("P014", 0, 9, "A text is due here, and this is a number, true or false.", "Put it in quotes.")),
    ("a text as a number", "  number: 4", "  number: four", ("P013", 0, 11, "A whole number is due here.", None)),
    ("true as a number", "  number: 4", "  number: true", ("P013", 0, 11, "A whole number is due here.", None)),
    ("half a number", "  number: 4", "  number: 4.5", ("P013", 0, 11, "A whole number is due here.", None)),
    ("version nought", "  number: 4", "  number: 0",
     ("P014", 0, 11, "The number is too small.", "Write 1 or more.")),
    ("sensitivity six", "    sensitivity: 3\n", "    sensitivity: 6\n",
     ("P014", 0, 18, "The number is too large.", "Write 5 or less.")),
    ("no such day", "  from: 2026-09-01", "  from: 2026-11-31",
     ("P014", 0, 9, "A day of the calendar is due here.", None)),
    ("a day the other way round", "  from: 2026-09-01", "  from: 22.11.2026",
     ("P014", 0, 9, "A day of the calendar is due here.", None)),
    ("the country UK", "  country: GB\n  time_zone", "  country: UK\n  time_zone",
     ("P014", 0, 12, "“UK” is no country code.", "Did you mean GB?")),
    ("a country in small letters", "  country: GB\n  time_zone", "  country: no\n  time_zone",
     ("P014", 0, 12, "“no” is no country code.", "Did you mean NO?")),
    ("a country that is false", "  country: GB\n  time_zone", "  country: false\n  time_zone",
     ("P014", 0, 12, "A country is due here, and this is true or false.", None)),
    ("a time zone that is none", "Europe/London", "Europe/Londom",
     ("P014", 0, 14, "“Europe/Londom” is no time zone.", "Did you mean Europe/London?")),
    ("a folder of time zones", "Europe/London", "Europe", ("P014", 0, 14, "“Europe” is no time zone.", None)),
    ("a time zone that climbs", "Europe/London", "../../etc/passwd",
     ("P014", 0, 14, "“../../etc/passwd” is no time zone.", None)),
    ("a site without https", "https://larkfield.example", "http://larkfield.example",
     ("P014", 0, 9, "“http://larkfield.example” is no https address.", None)),
    ("no e-mail address", "email: privacy@larkfield.example", "email: privacy at larkfield",
     ("P014", 0, 12, "“privacy at larkfield” is no e-mail address.", None)),
    ("how long, in words", "keep: 90 days", "keep: a while", ("P014", 0, 11, "How long is not understood.", None)),
    ("nought days", "keep: 90 days", "keep: 0 days", ("P014", 0, 11, "How long is not understood.", None)),
    ("for ever", "keep: 90 days", "keep: 999 years",
     ("P014", 0, 11, "This is longer than a hundred years.", None)),
    ("a source of another kind", "source: observed", "source: seen",
     ("P014", 0, 13, "“seen” is not among the choices.", None)),
    ("a category in capitals", "category: user.contact.email", "category: User.Contact",
     ("P014", 0, 15, "“User.Contact” is not written as fideslang does.", None)),
    ("a name with a space", "  topics:\n    title", "  my topics:\n    title",
     ("P014", 0, 3, "“my topics” is no name.", None)),
    ("a clause without a slash", "rights_for: everyone", "rights_for: residents",
     ("P014", 0, 13, "“residents” is not among the choices.", "Write everyone.")),
    ("a role that may do all", "may: {service: [email, orders]}", "may: {service: all}",
     ("P014", 0, 20, "What the role may see is not understood.", None)),
    ("a frequency in words", "at_most: 1 per week", "at_most: weekly",
     ("P014", 0, 14, "How often is not understood.", None)),
    ("days that may be weekends", "answer: 5 working days", "answer: 5 days",
     ("P014", 0, 11, "A number of working days is due here.", None)),
    ("a rate without a base", "5 complaints per 10000", "5 complaints",
     ("P014", 0, 24, "A rate of complaints is due here.", None)),
    ("a colour by name", 'colour: "#0b5c52"', "colour: green", ("P014", 0, 11, "“green” is no colour.", None)),
    ("data named twice", "    data: [email, orders]", "    data: [email, orders, email]",
     ("P014", 0, 11, "The list names a kind of data twice.", None)),
    ("a language by name", "languages: [en]", "languages: [english]",
     ("P014", 0, 15, "“english” is no language.", None)),
    ("an endless name", "  name: Larkfield\n", f"  name: {'x' * 1000}\n",
     ("P014", 0, 9, "This is longer than one line of 200 signs.", None)),
    ("an endless text", "how: You ticked it.", f"how: {'x ' * 2000}",
     ("P014", 0, 10, "The text is longer than 2000 signs.", None)),
    ("a text as data", "    data: [email, orders]", "    data: email",
     ("P014", 0, 11, "A list or a map of data is due here.", "Write a list such as [email, orders].")),
    ("the format of tomorrow", "troth: 1", "troth: 2", ("P014", 0, 8, "This is not among the choices.", "Write 1.")),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES])
def test_a_wrong_shape_is_told_at_its_place(old: str, new: str, expected: tuple[Any, ...]) -> None:
    found = _wrong(old, new)
    for what, wanted in zip(found, expected, strict=True):
        if wanted is not None:
            assert what == wanted
    assert found[4]


def test_unknown_and_double_keys_do_not_hide_what_the_rules_say() -> None:
    text = TEXT.replace("    law: UK Companies Act 2006 s388\n", "    lwa: x\n    title: Again\n")
    found = check_promise_text(text, name="p.yaml")
    assert [finding.code for finding in found.findings] == ["P103", "P011", "P006"]


def test_all_that_is_wrong_in_the_shape_is_told_at_once() -> None:
    found = codes({"company/country": "XX", "version/number": 0, "children": GONE, "data/orders/keep": "long"})
    assert sorted(found) == ["P012", "P014", "P014", "P014"]


def test_findings_at_one_place_keep_the_order_of_the_format() -> None:
    found = check_promise_text("troth: 1\n", name="p.yaml")
    assert [finding.message for finding in found.findings[:3]] == [
        "The promise has no “company”.",
        "The promise has no “version”.",
        "The promise has no “data”.",
    ]
    assert all(len(finding.mend) > len("Add “company: …”.") + 5 for finding in found.findings)


def test_a_list_or_a_text_is_no_promise() -> None:
    for text in ("- troth: 1\n", "troth", "1", "null"):
        assert only(check_promise_text(text, name="p.yaml")).code == "P013"


def test_text_from_right_to_left_is_text_like_any_other() -> None:
    changes = {"company/languages": ["ar"], "data/email/title": "عنوان بريدك الإلكتروني"}
    promise = read_promise_text(changed(changes), name="p.yaml")
    assert promise.data["email"].title.say("ar") == "عنوان بريدك الإلكتروني"


def test_norway_is_a_country() -> None:
    text = TEXT.replace("country: GB\n  time_zone: Europe/London", "country: NO\n  time_zone: Europe/Oslo")
    assert read_promise_text(text, name="p.yaml").company.country == "NO"


def test_the_error_carries_everything_and_reads_well() -> None:
    with pytest.raises(PromiseError) as raised:
        read_promise_text(
            TEXT.replace("number: 4", "number: 0").replace("country: GB\n  time", "country: XX\n  time"),
            name="p.yaml",
        )
    error = raised.value
    assert isinstance(error, InputError)
    assert (error.code, error.exit_code, len(error.findings)) == ("promise_not_valid", 2, 2)
    assert str(error).startswith("p.yaml:8:12: P014 “XX” is no country code.")
    assert str(error).endswith("And 1 more.")


def test_warnings_alone_do_not_raise() -> None:
    assert checked({"purposes/tax/benefit": GONE}).promise is not None
    assert read_promise_text(changed({"purposes/tax/benefit": GONE}), name="p.yaml").purposes["tax"].benefit is None


def test_a_promise_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "promise.yaml"
    file.write_text(TEXT, "utf-8")
    promise = read_promise(file)
    assert promise.places["troth"].file == str(file)


def test_what_is_no_readable_file_is_told_as_such(tmp_path: Path) -> None:
    assert only(check_promise(tmp_path / "gone.yaml")).message == "There is no such file."
    assert only(check_promise(tmp_path)).message == "This is a folder."
    assert only(check_promise(Path("/dev/zero"))).code == "P002"
    assert only(check_promise(tmp_path / ("x" * 5000))).code == "P001"
    assert only(check_promise(Path("a\0b"))).code == "P001"
    with pytest.raises(PromiseError):
        read_promise(tmp_path / "gone.yaml")


def test_a_file_that_may_not_be_read_is_told_as_such() -> None:
    # Asked directly: the tests may run as root, who may read every file.
    assert _unreadable(PermissionError())[0] == "The file may not be read."
    assert _unreadable(OSError("disk"))[0] == "The file can't be read."
