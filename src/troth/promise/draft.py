"""A first promise from a few answers: a commented file that passes every rule, to be read and changed by people.

Everything in it is true of any company that answers so. What only the company can know is asked, never invented.
"""

import json
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Regulator:
    """The authority that customers of a country can complain to, with where to do so."""

    name: str
    url: str


# Of the countries whose law Troth looks at first; elsewhere the company is asked.
REGULATORS = {
    "AU": Regulator("Office of the Australian Information Commissioner", "https://www.oaic.gov.au"),
    "BR": Regulator("Agência Nacional de Proteção de Dados", "https://www.gov.br/anpd"),
    "CA": Regulator("Office of the Privacy Commissioner of Canada", "https://www.priv.gc.ca"),
    "ES": Regulator("Agencia Española de Protección de Datos", "https://www.aepd.es"),
    "FR": Regulator("CNIL", "https://www.cnil.fr"),
    "GB": Regulator("Information Commissioner's Office", "https://ico.org.uk"),
    "IE": Regulator("Data Protection Commission", "https://www.dataprotection.ie"),
    "IT": Regulator("Garante per la protezione dei dati personali", "https://www.garanteprivacy.it"),
    "NL": Regulator("Autoriteit Persoonsgegevens", "https://www.autoriteitpersoonsgegevens.nl"),
    "NO": Regulator("Datatilsynet", "https://www.datatilsynet.no"),
    "ZA": Regulator("Information Regulator", "https://inforegulator.org.za"),
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What a company says about itself.

    Attributes:
        country: two letters of ISO 3166-1.
        time_zone: an IANA name.
        site: an https address.
        books_law: the law that makes the company keep its books; empty: none is named and no such purpose is written.
        page_views: whether pages that a customer looks at are used for suggestions.
        newsletter: whether a newsletter is sent.
    """

    name: str
    legal_name: str
    country: str
    time_zone: str
    site: str
    mail_domain: str
    privacy_name: str
    privacy_email: str
    owner_of_use: str
    owner_of_safeguards: str
    regulator: Regulator
    where: str
    books_law: str
    page_views: bool
    newsletter: bool


def draft(answers: Answers, *, today: date) -> str:
    """Return the text of a promise that holds from `today`. It passes every rule without a warning."""
    parts = [
        _head(answers, today),
        "data:  # each kind of thing you keep; what is not named here is dropped at the door",
        _EMAIL,
        _ORDERS.format(keep="6 years" if answers.books_law else "2 years after last orders"),
        _PAGE_VIEWS if answers.page_views else "",
        _storage(answers),
        _service(answers),
        _TAX.format(law=_quoted(answers.books_law)) if answers.books_law else "",
        _SUGGESTIONS,
        _SUGGESTIONS_PAGES if answers.page_views else "",
        _SUGGESTIONS_END,
        _NEWSLETTER if answers.newsletter else "",
        _tail(answers),
    ]
    return "\n".join(part.strip("\n") for part in parts if part) + "\n"


def _quoted(text: str) -> str:
    """Return `text` in double quotes. JSON's way of quoting is one of YAML's, whatever signs stand in it."""
    return json.dumps(text, ensure_ascii=False)


def _head(answers: Answers, today: date) -> str:
    return f"""
# Your promise: what you keep of customers, what for, what they get, and for how long. Troth does what stands here and
# nothing else. Read every line, change what is not true, then run: troth check promise.yaml
troth: 1

company:
  name: {_quoted(answers.name)}
  legal_name: {_quoted(answers.legal_name)}
  country: {answers.country}
  time_zone: {answers.time_zone}
  site: {_quoted(answers.site)}
  mail_domains: [{answers.mail_domain}]  # what may send e-mail in your name
  privacy_contact: {{name: {_quoted(answers.privacy_name)}, email: {answers.privacy_email}}}
  owners:  # the persons who answer for it
    use_of_data: {{name: {_quoted(answers.owner_of_use)}, role: Answers for what data is used for}}
    safeguards: {{name: {_quoted(answers.owner_of_safeguards)}, role: Answers for keeping data safe}}
  regulator: {{name: {_quoted(answers.regulator.name)}, url: {_quoted(answers.regulator.url)}}}
  languages: [en]

version:
  number: 1  # one more each time you change the promise
  from: {today.isoformat()}
  says: This is our first promise.

rights_for: everyone
"""


_EMAIL = """
  email:
    title: Your email address
    source: told  # told, transacted, observed, technical, guessed or received
    how: You gave it when you made your account.
    category: user.contact.email
    sensitivity: 2  # 1 is low, 5 is sacrosanct and never personalises
    traits: [email]
    keep: 2 years after last orders
"""

_ORDERS = """
  orders:
    title: Things you bought
    source: transacted
    how: We note it each time you order.
    category: user.behavior.purchase_history
    sensitivity: 2
    events:
      Order Completed: [order_id, products.product_id, products.quantity, products.price, currency]
      Order Refunded: [order_id, products.product_id, products.quantity, products.price, currency]
    keep: {keep}
"""

_PAGE_VIEWS = """
  page_views:
    title: Pages you looked at
    source: observed
    how: We note it as you browse our shop.
    category: user.behavior.browsing_history
    sensitivity: 3
    events:
      Product Viewed: [product_id]
    keep: 90 days
"""


def _storage(answers: Answers) -> str:
    return f"""
storage:  # said to customers in plain words
  default:
    where: {_quoted(answers.where)}
    protected: Each customer's data is locked with a key of its own. We destroy the key when you leave.
    backups: {{keep: 35 days}}

purposes:  # what you do with data, and what the customer gets
"""


def _service(answers: Answers) -> str:
    return f"""
  service:
    title: Send what you order
    owner: {_quoted(answers.owner_of_use)}
    use: essential.service
    basis: contract
    starts: Order Completed  # the event that makes somebody a customer
    lasts: 2 years after last orders
    data: [email, orders]
    benefit: Your order arrives and returns work.
"""


_TAX = """
  tax:
    title: Keep our books
    use: essential.legal_obligation
    basis: legal_obligation
    law: {law}
    data: [orders]
    benefit: You can ask us for a receipt.
"""

_SUGGESTIONS = """
  suggestions:
    title: Suggest products
    use: personalize.content.profiled
    basis: consent  # only for those who say yes; a no costs nothing
    ask: each
    data:
      orders:
        question: May we use what you bought to suggest products?
        yes: We suggest things that go with what you own.
        no: We show best sellers. Returns still work.
"""

_SUGGESTIONS_PAGES = """
      page_views:
        question: May we use the pages you look at to suggest products?
        yes: We suggest things like those you look at.
        no: We forget each page. The shop works the same.
"""

_SUGGESTIONS_END = """
    benefit: You search less and find things that fit.
"""

_NEWSLETTER = """
  newsletter:
    title: Our letter
    use: marketing.communications.email
    basis: consent
    data:
      email:
        question: May we send you our letter?
        yes: You get one letter a month.
        no: No letters come. Order updates still do.
    channels: [email]
    at_most: 1 per month
    benefit: You hear first what is new.
"""


def _tail(answers: Answers) -> str:
    newsletter = ", newsletter: aggregate" if answers.newsletter else ""
    return f"""
# Who outside receives something. For each: a contract and a check. Example:
#   parcelo:
#     title: Parcelo, who brings your parcel
#     role: processor
#     country: {answers.country}
#     for: {{service: [email]}}
#     contract: {{signed: 2026-02-01, until: 2027-02-01, reference: DPA-17}}
#     checked: {{on: 2026-09-01, every: 12 months, evidence: docs/parcelo.pdf}}
#     keep: 30 days
recipients: {{}}

roles:  # what your own people may see; aggregate means numbers and never a person
  support: {{may: {{service: [email, orders]}}, reason: required, training: [privacy-basics]}}
  marketer: {{may: {{suggestions: aggregate{newsletter}}}, training: [privacy-basics]}}

never:  # nothing in the system can override it; location and guesses about health are built out already
  - {{act: sell}}

listening:
  channels: [form, email]
  answer: 5 working days
  specialists: {{default: {answers.privacy_email}}}

deadlines: {{access: 15 days, erasure: 15 days, correction: 15 days, portability: 15 days, objection: at once}}

brand:
  voice: {{reading_grade_at_most: 8, avoid: [act now, last chance]}}

children: {{under: 16, rule: refuse}}

evidence: {{keep: 3 years}}
"""
