"""Partners as a portfolio: who works, what hangs on whom, and who is looked after by nobody."""

from __future__ import annotations

from lichen.vocabulary.metrics.spec import Base, Direction, Interval, Metric, Unit, ratio

_PAGE = "partner_portfolio"
_COVERAGE = "coverage"
_PARTNER = ("partner",)
_INVOLVED = ("partner", "involvement")
_SIGNED = "partners signed on the closing day"
_ARR_ACCOUNTS = "accounts with ARR on the closing day"


def _partners(name: str, title: str, direction: Direction, meaning: str, counted: str) -> Metric:
    return Metric(
        name,
        title,
        Base.PARTNERS,
        Unit.COUNT,
        direction,
        Interval.NONE,
        meaning,
        counted,
        "",
        _PAGE,
        counts=True,
        entities=_PARTNER,
    )


def _money(
    name: str, title: str, base: Base, direction: Direction, meaning: str, summed: str
) -> Metric:
    return Metric(
        name, title, base, Unit.MONEY, direction, Interval.NONE, meaning, summed, "", _PAGE
    )


PORTFOLIO = (
    _partners(
        "partners_signed",
        "Partners signed",
        Direction.HIGHER,
        "Partners that had joined by the closing day and had not left.",
        _SIGNED,
    ),
    _partners(
        "partners_joined",
        "Partners that joined",
        Direction.HIGHER,
        "Partners whose joining day lies in the window.",
        "partners that joined in the window",
    ),
    _partners(
        "partners_left",
        "Partners that left",
        Direction.LOWER,
        "Partners whose leaving day lies in the window.",
        "partners that left in the window",
    ),
    _partners(
        "partners_active",
        "Partners active",
        Direction.HIGHER,
        "Signed partners that did something for customers lately.",
        "signed partners with an involvement, an accepted registration or a contact lately",
    ),
    ratio(
        "partner_activation",
        "Partner activation",
        Base.PARTNERS,
        Direction.HIGHER,
        Interval.WILSON,
        "The share of signed partners that are active.",
        "partners active",
        _SIGNED,
        _PAGE,
        counts=True,
        entities=_INVOLVED,
    ),
    ratio(
        "partners_without_outcome",
        "Partners without a customer outcome",
        Base.PARTNERS,
        Direction.LOWER,
        Interval.WILSON,
        "The share of signed partners that serve no account with ARR, so no outcome is measured.",
        "signed partners without an involvement on an account with ARR on the closing day",
        _SIGNED,
        _PAGE,
        counts=True,
        entities=_INVOLVED,
    ),
    ratio(
        "partner_concentration",
        "Partner concentration",
        Base.ACCOUNTS,
        Direction.LOWER,
        Interval.NONE,
        "How much of the ARR served by partners the largest of them have a hand in.",
        "ARR of accounts served by one of the largest partners, as many as the parameters say",
        "ARR of accounts served by any partner on the closing day",
        _PAGE,
        entities=_INVOLVED,
    ),
    Metric(
        "effective_partners",
        "Effective number of partners",
        Base.ACCOUNTS,
        Unit.NUMBER,
        Direction.HIGHER,
        Interval.NONE,
        "How many partners of equal size would be as concentrated: 1 / the Herfindahl index.",
        "the square of the sum of each partner's ARR exposed",
        "the sum of the squares",
        _PAGE,
        entities=_INVOLVED,
    ),
    _money(
        "arr_exposed",
        "ARR exposed",
        Base.ACCOUNTS,
        Direction.NEITHER,
        "ARR of accounts that a partner serves: what is at stake if the partner leaves.",
        "ARR on the closing day of accounts with a partner",
    ),
    _money(
        "renewals_exposed",
        "Renewals exposed",
        Base.ACCOUNTS,
        Direction.NEITHER,
        "Renewals that fall due in the year after the closing day, on accounts with a partner.",
        "annualised amount due in the next twelve months, of accounts with a partner",
    ),
    ratio(
        "attach_rate",
        "Attach rate",
        Base.ACCOUNTS,
        Direction.HIGHER,
        Interval.WILSON,
        "The share of accounts that have at least one partner on the closing day.",
        "accounts with ARR and a partner",
        _ARR_ACCOUNTS,
        _PAGE,
        counts=True,
        entities=_INVOLVED,
    ),
    ratio(
        "growth_share",
        "Growth from existing customers",
        Base.SERVED,
        Direction.NEITHER,
        Interval.WILSON_KISH,
        "The share of ARR growth that came from accounts that were customers before.",
        "closing ARR above opening ARR of accounts with ARR at the opening",
        "the same, with the closing ARR of accounts that had none at the opening",
        _PAGE,
    ),
    _money(
        "new_arr",
        "New ARR",
        Base.SERVED,
        Direction.HIGHER,
        "Closing ARR of accounts that had none when the window opened.",
        "closing ARR of accounts without ARR at the opening",
    ),
    _money(
        "expansion_arr",
        "Expansion ARR",
        Base.SERVED,
        Direction.HIGHER,
        "What accounts grew by between the opening and the close of the window.",
        "closing ARR above opening ARR, account by account",
    ),
    ratio(
        "partner_wallet_share",
        "Partner wallet share",
        Base.SERVED,
        Direction.NEITHER,
        Interval.LINEARISED,
        "What partners earned at customers for every dollar that we earned there.",
        "revenue of partners at accounts in the window",
        "our revenue in the window at the same accounts",
        _PAGE,
        entities=("partner_revenue",),
    ),
    ratio(
        "win_rate",
        "Win rate",
        Base.OPPORTUNITIES,
        Direction.HIGHER,
        Interval.WILSON,
        "The share of decided opportunities that were won, new and existing customers apart.",
        "opportunities won",
        "opportunities won or lost in the window",
        _PAGE,
        counts=True,
        entities=("opportunity",),
    ),
    ratio(
        "uncovered_accounts",
        "Accounts nobody covers",
        Base.ACCOUNTS,
        Direction.LOWER,
        Interval.WILSON,
        "The share of accounts with neither a CSM nor a partner practice.",
        "accounts with ARR, without a CSM and without a post-sale role of a partner",
        _ARR_ACCOUNTS,
        _COVERAGE,
        counts=True,
        entities=("involvement",),
    ),
    ratio(
        "uncovered_arr",
        "ARR nobody covers",
        Base.ACCOUNTS,
        Direction.LOWER,
        Interval.WILSON_KISH,
        "The share of ARR at accounts with neither a CSM nor a partner practice.",
        "ARR of accounts without a CSM and without a post-sale role of a partner",
        "ARR on the closing day",
        _COVERAGE,
        entities=("involvement",),
    ),
    Metric(
        "consistency",
        "Consistency",
        Base.GROUPS,
        Unit.NUMBER,
        Direction.LOWER,
        Interval.Q_PROFILE,
        "How far the groups of a dimension lie apart in a figure, beyond what chance makes.",
        "the standard deviation between groups, in the unit of the metric in the parameters",
        "",
        "consistency",
    ),
)
