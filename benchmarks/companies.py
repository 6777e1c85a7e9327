"""Made-up companies as two systems know them, with the truth about which rows are one company.

The CRM has most companies once. The lists of partners have some of them again, as people type
them: another legal form, a slip of the keys, words in another order, a web address in any form, a
free mail address, a country domain, none. What is hard is in it too: sister companies on one
domain, companies of one name, and lists that hold only the sister of a company in the CRM.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

ONSETS = "b br c ch cl d dr f fl g gr h j k kr l m n p pr qu r s sk st t tr v w z".split()
VOWELS = "a e i o u ai ea io ou".split()
CODAS = ["", "", "l", "n", "r", "s", "x", "nd", "rt"]
TRADES = """
analytics automotive bank biotech capital care catering chemicals cloud coatings consulting data
dental design digital education electric energy engineering events farms fashion films finance foods
freight gaming glass health hotels house industries insurance interiors labs laundry learning legal
lighting logistics machines maritime marketing media medical metals mobility motors networks optics
packaging paper partners pharma plastics power printing properties recruiting retail robotics
security services shipping software solar solutions sports studios systems technologies telecom
textiles tools toys trading travel ventures water wines works
""".split()
FORMS = {
    "com": ("Inc", "Inc.", "LLC", "Corp.", "Corporation", ""),
    "de": ("GmbH", "GmbH & Co. KG", "AG", "UG", ""),
    "co.uk": ("Ltd", "Limited", "PLC", "Ltd.", ""),
    "fr": ("SAS", "S.A.S.", "SARL", "S.A.", ""),
    "nl": ("B.V.", "BV", "N.V.", ""),
}
ACCENTS = {"a": "á", "e": "é", "o": "ö", "u": "ü"}
FREE = ("gmail.com", "outlook.com", "yahoo.co.uk", "web.de", "qq.com")
HOSTS = ("github.io", "wixsite.com", "myshopify.com")

Row = tuple[str, str, str, str | None]
"""Id, system, name, domain as it was typed."""


@dataclass
class Companies:
    """Rows of both systems, and the pairs of ids that are one company."""

    rows: list[Row] = field(default_factory=list)
    truth: set[tuple[str, str]] = field(default_factory=set)

    def table(self) -> pa.Table:
        """The rows with the rank of their system: CRM before the lists."""
        ids, systems, names, domains = zip(*self.rows, strict=True)
        ranks = [0 if system == "crm" else 1 for system in systems]
        return pa.table(
            {
                "id": pa.array(ids, pa.string()),
                "system": pa.array(systems, pa.string()),
                "rank": pa.array(ranks, pa.int32()),
                "name": pa.array(names, pa.string()),
                "domain": pa.array(domains, pa.string()),
            }
        )


@dataclass(frozen=True)
class Company:
    """One company: its bare name, its legal form, the domain that it registered."""

    name: str
    form: str
    domain: str
    ending: str


def made_up(accounts: int, listed: int, seed: int = 7) -> Companies:
    """That many rows in the CRM and in the lists; about half of the listed are in the CRM."""
    rng = random.Random(seed)
    found, taken = Companies(), set[str]()
    in_crm: list[tuple[str, Company]] = []
    while len(in_crm) < accounts:
        one = _company(rng, taken)
        in_crm.append(_enter(found, rng, one, len(in_crm)))
        if rng.random() < 0.03 and len(in_crm) < accounts:
            in_crm.append(_enter(found, rng, _sister(rng, one), len(in_crm)))
    shared = rng.sample(in_crm, min(listed // 2, accounts))
    for place in range(listed):
        row_id = f"lists:{place}"
        if place >= len(shared):
            one = _company(rng, taken)
            found.rows.append((row_id, "lists", _typed(rng, one), _site(rng, one)))
            continue
        crm_id, one = shared[place]
        if rng.random() < 0.01:
            # Another company of the group on the domain of the one in the CRM.
            one = _sister(rng, one)
        else:
            found.truth.add((crm_id, row_id))
        found.rows.append((row_id, "lists", _typed(rng, one), _site(rng, one)))
    return found


def _enter(found: Companies, rng: random.Random, one: Company, place: int) -> tuple[str, Company]:
    """A row of the CRM, which is kept with some care."""
    name = f"{one.name} {one.form}".strip()
    told = rng.random()
    domain = one.domain if told < 0.8 else f"https://www.{one.domain}/" if told < 0.9 else None
    found.rows.append((f"crm:{place}", "crm", name, domain))
    return f"crm:{place}", one


def _company(rng: random.Random, taken: set[str]) -> Company:
    stem, ending = _stem(rng), rng.choice(tuple(FORMS))
    kind = rng.random()
    trades = rng.sample(TRADES, 2)
    words = (
        [stem] if kind < 0.25 else
        [stem, trades[0]] if kind < 0.7 else
        [stem, *trades] if kind < 0.8 else
        [stem, "&", _stem(rng)] if kind < 0.9 else
        ["the", stem, trades[0], "group"]
    )  # fmt: skip
    name = " ".join(word.capitalize() for word in words)
    domain = f"{''.join(word for word in words if word not in ('&', 'the'))}.{ending}"
    while domain in taken:
        domain = f"{rng.choice(TRADES)}-{domain}"
    taken.add(domain)
    return Company(name, rng.choice(FORMS[ending]), domain, ending)


def _stem(rng: random.Random) -> str:
    syllables = 2 if rng.random() < 0.3 else 3
    return "".join(
        rng.choice(ONSETS) + rng.choice(VOWELS) + (rng.choice(CODAS) if last else "")
        for last in (place == syllables - 1 for place in range(syllables))
    )


def _sister(rng: random.Random, one: Company) -> Company:
    """Another company of the same group, on its domain."""
    part = rng.choice(("Holding", "Iberia", "Nordics", "Services", "International"))
    return Company(f"{one.name} {part}", one.form, one.domain, one.ending)


def _typed(rng: random.Random, one: Company) -> str:
    """The name as somebody else typed it."""
    name = one.name
    for change in _changes(rng):
        name = change(rng, name)
    form = one.form if rng.random() < 0.3 else rng.choice(FORMS[one.ending])
    name = f"{name} {form}".strip()
    told = rng.random()
    return name.upper() if told < 0.15 else name.lower() if told < 0.25 else name


def _changes(rng: random.Random) -> Iterator:
    """What happens to a name: nothing to most of them."""
    for share, change in (
        (0.15, _slip),
        (0.05, _slip),
        (0.04, lambda _, name: " ".join(reversed(name.split()))),
        (0.08, lambda rng, name: "".join(
            ACCENTS[c] if c in ACCENTS and rng.random() < 0.3 else c for c in name)),
        (0.5, lambda _, name: name.replace("&", "and")),
        (0.05, lambda _, name: name.replace(" ", "-")),
        (0.05, lambda _, name: f"{name} (main account)"),
        (0.05, lambda _, name: name.rsplit(" ", 1)[0]),
    ):  # fmt: skip
        if rng.random() < share:
            yield change


def _slip(rng: random.Random, name: str) -> str:
    """One slip of the keys: a letter left out, doubled, or two of them swapped."""
    at, kind = rng.randrange(1, max(2, len(name) - 1)), rng.randrange(3)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at - 1] + name[at:]
    return name[: at - 1] + name[at : at + 1] + name[at - 1 : at] + name[at + 1 :]


def _site(rng: random.Random, one: Company) -> str | None:
    """Its domain as somebody else typed it: in any form, another one, or none."""
    told, bare = rng.random(), one.domain
    stem = bare.removesuffix(f".{one.ending}")
    if told < 0.55:
        return rng.choice((
            bare, bare.upper(), f"www.{bare}", f"https://www.{bare}/about?x=1", f"info@{bare}",
            f"shop.{bare}:8443", f"{bare}.", f"http://{bare}", f"{bare}/en",
        ))  # fmt: skip
    if told < 0.7:
        return f"{stem}@{rng.choice(FREE)}"
    if told < 0.73:
        return f"https://{stem}.{rng.choice(HOSTS)}/"
    if told < 0.8:
        return f"{stem}.{rng.choice(tuple(FORMS))}"
    return None
