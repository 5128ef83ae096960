"""Does a text make a customer pay for a no?

No one pays for a no: price, service and support are the same (M3; EDPB Guidelines 05/2020 on consent, 46-50). The
test is a word list for each language, applied to one sentence at a time. It finds what is written in plain words and
can't find a threat that is put cleverly. Languages without a list are not tested; the reference says which have one.

A sentence threatens when it speaks of money, or of losing a service, unless it says that this stays as it is.
"""

import re
from dataclasses import dataclass

from troth.promise.readability import sentences


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """Words of one language, as alternatives of a pattern.

    Attributes:
        money: words that speak of price.
        loss: words that take something away when a service follows.
        service: what a customer relies on.
        worse: words that make a service worse when they follow it.
        stays: words that say nothing changes.
    """

    money: str
    loss: str
    service: str
    worse: str
    stays: str


_LISTS = {
    "en": _Vocabulary(
        money=r"pric\w+|pays?|paying|fees?|charges?|charged|surcharge\w*|costs?|expensive|discounts?|vouchers?|rewards?",
        loss=r"los[est]\w*|no|without|slow\w*|less|fewer|worse|limit\w*|stop\w*|clos\w+|cancel\w*|delay\w*|delete|block"
        r"|cannot|can['’]t|won['’]t|unable|not able|no longer",
        service=r"services?|support|help|returns?|refunds?|deliver\w*|orders?|accounts?|warrant\w+|access|buy|answers?",
        worse=r"slow\w*|less|worse|limit\w*|stops?|ends?|closed?s?|cancel\w*|delay\w*|later|longer|not available"
        r"|unavailable|deleted|blocked|restricted|lost",
        stays=r"same|still|stays?|unchanged|as before|as ever|as always|either way|anyway",
    ),
    "cy": _Vocabulary(
        money=r"[pb]ris\w*|phris\w*|mhris\w*|talu|dalu|thalu|tâl|dâl|ffi|ffioedd|[gc]ost\w*|gostyngiad\w*|d?drutach",
        loss=r"[cg]olli|cholli|dim|heb|arafach|llai|gwaeth|waeth|[cg]au|canslo|methu|fethu|ni allwch|oedi",
        service=r"g?wasanaeth\w*|[cg]ymorth|chymorth|[cg]efnogaeth|d?dychwel\w*|d?danfon\w*|archeb\w*|[cg]yfrif\w*",
        worse=r"arafach|llai|gwaeth|waeth|cau|gau|canslo|yn dod i ben|yn hwyrach",
        stays=r"yr un|o hyd|yn dal|dal i|fel o['’]r blaen",
    ),
    "de": _Vocabulary(
        money=r"preis\w*|zahl\w+|gebühr\w*|kosten|kostet|teurer|rabatt\w*|aufpreis\w*",
        loss=r"verlier\w+|keine?\w*|ohne|langsamer\w*|weniger|schlechter\w*|gesperrt",
        service=r"service|support|hilfe|rückgabe\w*|rücksendung\w*|lieferung\w*|bestellung\w*|konto|kontos|zugang",
        worse=r"langsamer|weniger|schlechter|gesperrt|geschlossen|gelöscht|später|eingeschränkt|nicht mehr",
        stays=r"gleich\w*|weiter|weiterhin|wie bisher|bleib\w+",
    ),
    "fr": _Vocabulary(
        money=r"prix|payer|payez|paierez|frais|coûts?|coûte\w*|cher|chers|réductions?|remises?",
        loss=r"perd\w+|sans|plus de|aucune?|moins de|moins d['’]",
        service=r"services?|assistance|aide|retours?|livraisons?|commandes?|compte|accès",
        worse=r"plus lente?s?|plus lentement|limitée?s?|fermée?s?|bloquée?s?|supprimée?s?|plus tard|moins",
        stays=r"mêmes?|toujours|inchangée?s?|comme avant",
    ),
}

LANGUAGES = frozenset(_LISTS)
"""Languages with a word list."""

_FEW_WORDS = r"(?:\W+\w+){0,3}?\W+"


def _compiled(known: _Vocabulary) -> tuple[re.Pattern[str], re.Pattern[str]]:
    threat = (
        rf"\b(?:{known.money})\b"
        rf"|\b(?:{known.loss})\b{_FEW_WORDS}(?:{known.service})\b"
        rf"|\b(?:{known.service})\b{_FEW_WORDS}(?:{known.worse})\b"
    )
    return re.compile(threat, re.IGNORECASE), re.compile(rf"\b(?:{known.stays})\b", re.IGNORECASE)


_PATTERNS = {language: _compiled(known) for language, known in _LISTS.items()}


def threatens(text: str, language: str) -> bool:
    """Tell whether `text`, in `language`, makes a no cost price, service or support, as far as its list can tell."""
    known = _PATTERNS.get(language.partition("-")[0])
    if known is None:
        return False
    threat, stays = known
    return any(threat.search(sentence) and not stays.search(sentence) for sentence in sentences(text))
