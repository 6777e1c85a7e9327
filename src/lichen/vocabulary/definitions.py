"""What the workspace means by its words: the content of `lichen.toml`, with defaults.

Every model forbids unknown keys. A *definition* is one top-level table of the file; its hash is
taken over its parsed content with defaults filled in, so comments, order and spelling out a
default do not change it. The version of the whole file hashes those hashes.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from lichen.kernel.ids import content_hash
from lichen.kernel.periods import WindowKind
from lichen.vocabulary.costs import COST_GROUPS, CostKind
from lichen.vocabulary.embeddedness import JointKind
from lichen.vocabulary.roles import POST_SALE_ROLES, Role


class Definition(BaseModel):
    """Base of every table of `lichen.toml`: frozen, and strict about unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Workspace(Definition):
    """Whose facts these are, and how their dates and money are read."""

    name: str = Field("My company", description="Shown on every page.")
    currency: str = Field("USD", description="ISO 4217; figures are reported in it.")
    time_zone: str = Field("UTC", description="IANA name; cuts instants to dates, once.")
    fiscal_year_start: Annotated[int, Field(ge=1, le=12)] = Field(
        1, description="Month in which the fiscal year starts."
    )
    as_of: date | None = Field(
        None, description="Figures end here; empty = the last month end the facts reach."
    )
    fixed: tuple[Literal["segment", "industry", "region"], ...] = Field(
        (), description="Attributes declared never to change, though no history is loaded."
    )


class Feed(Definition):
    """How the files of one entity are read together."""

    mode: Literal["snapshot", "append"] = Field(
        "snapshot",
        description="snapshot: the files now here are the whole. append: loaded files stay.",
    )
    keep_latest_by: str | None = Field(
        None, description="Column that decides between rows with the same key; empty = conflict."
    )
    inclusive_end: bool = Field(False, description="ends_on is the last day served.")
    stale_days: Annotated[int, Field(ge=1)] = Field(
        92,
        description="A feed whose newest fact is this much older than the newest of all is late.",
    )


class Source(Definition):
    """Where the exports of one system are, and how they are read."""

    system: str | None = Field(
        None, description="Goes in front of its ids; empty = the source's name."
    )
    folder: str | None = Field(
        None, description="Where its exports are, $VARIABLE allowed; empty = raw/<name>."
    )
    without: tuple[str, ...] = Field(
        (), description="Entities that are not taken from it, because another system tells them."
    )
    mapping: str | None = Field(
        None, description="Its mapping file; empty = mappings/<name>.toml, else the ready one."
    )


class Identity(Definition):
    """How one company or partner is recognised across systems."""

    match_domains: bool = Field(
        True, description="Equal registrable domains of two systems are one company."
    )
    minimum_score: Annotated[float, Field(gt=0, le=1)] = Field(
        0.92, description="Names at least this alike are proposed, never matched."
    )
    roll_up_parents: bool = Field(
        False, description="Accounts count as their ultimate parent account."
    )


class Revenue(Definition):
    """How lines become ARR."""

    grace_days: Annotated[int, Field(ge=0, le=366)] = Field(
        30, description="A renewal of the same product this late counts as continuous."
    )
    rate_max_age_days: Annotated[int, Field(ge=0, le=31)] = Field(
        7, description="An exchange rate older than this is an error."
    )
    overlap_share: Annotated[float, Field(ge=0, le=1)] = Field(
        0.25,
        description="Above this share of ARR in stacked lines retention is not readable; 1 = "
        "lines of one product may lie on each other.",
    )


class Involvement(Definition):
    """When a partner's involvement counts."""

    meaningful_roles: tuple[Role, ...] = Field(
        (*POST_SALE_ROLES, "resold"), description="Roles that make an account `involved`."
    )
    minimum_days: Annotated[int, Field(ge=0)] = Field(
        0, description="Days after its start before an involvement is meaningful."
    )
    fresh_months: Annotated[int, Field(ge=0)] = Field(
        0, description="An open-ended involvement counts this long; 0 = as long as it is open."
    )
    deciding_markers: tuple[str, ...] = Field(
        (
            "registration",
            "integration_install",
            "service_project",
            "partner_field",
            "junction",
            "lead_source",
        ),
        description="Where markers disagree about a partner, the first of them decides.",
    )
    complete_markers: tuple[str, ...] = Field(
        (), description="Markers whose silence says that there is no partner."
    )


class TimeToValue(Definition):
    """From when to when a customer's way to value is counted."""

    since: Annotated[str, Field(min_length=1)] = Field(
        "start", description="start = first subscription, or the milestone from which days count."
    )
    milestone: Annotated[str, Field(min_length=1)] = Field(
        "first_value", description="What counts as value; go_live where no such row is loaded."
    )
    starts_months: Annotated[int, Field(ge=3, le=120)] = Field(
        24, description="Accounts that started in so many months before the close are followed."
    )


class Tenure(Definition):
    """From when on it is known which customers were lost."""

    observed_from: date | None = Field(
        None,
        description="Accounts lost before this day are missing from the feeds; empty = none is.",
    )


class Cost(Definition):
    """What each kind of cost counts as: in one of four groups, or nowhere."""

    serving: tuple[CostKind, ...] = Field(
        ("hosting", "onboarding", "support", "csm"), description="Kinds that are cost to serve."
    )
    cost_of_revenue: tuple[CostKind, ...] = Field(
        ("people",), description="Kinds in cost of revenue that are not cost to serve."
    )
    acquisition: tuple[CostKind, ...] = Field(
        ("sales", "marketing", "commission", "fund"),
        description="Kinds that win an account.",
    )
    routes: tuple[CostKind, ...] = Field(
        ("partner_margin", "marketplace_fee"),
        description="Kinds that a route keeps of a list price: only where arr_basis is list.",
    )
    paid_once: tuple[CostKind, ...] = Field(
        ("onboarding",),
        description="Which of serving and cost_of_revenue payback counts once, not by the month.",
    )
    without_account: Literal["shown", "spread"] = Field(
        "shown",
        description="Rows that name no account. shown: in a line of their own. spread: serving and "
        "cost_of_revenue by revenue, acquisition evenly over new accounts.",
    )

    def group_of(self, kind: str) -> str | None:
        """The group in which a kind counts; None where it counts nowhere."""
        return next((name for name in COST_GROUPS if kind in getattr(self, name)), None)


class Portfolio(Definition):
    """When a partner counts as active."""

    active_months: Annotated[int, Field(ge=1)] = Field(
        6, description="A partner that did something in the last months is active: how many."
    )


class Embeddedness(Definition):
    """How deep partners are in an account: the ties that count, and the classes they make."""

    joint_kinds: tuple[JointKind, ...] = Field(
        ("event", "training", "programme"),
        description="Kinds of participation that are a joint event, where a partner is named.",
    )
    months: Annotated[int, Field(ge=1)] = Field(
        12, description="How long a joint event or the community counts as a tie."
    )
    light: Annotated[int, Field(ge=1)] = Field(1, description="Ties from which it is light.")
    deep: Annotated[int, Field(ge=1)] = Field(2, description="Ties from which it is deep.")
    full: Annotated[int, Field(ge=1)] = Field(4, description="Ties from which it is full.")

    @property
    def thresholds(self) -> tuple[int, int, int]:
        """The least ties of each class after `none`."""
        return self.light, self.deep, self.full


class Comparison(Definition):
    """When accounts count as similar, and how much a comparison needs before it says anything."""

    horizon: Literal[6, 12, 24] = Field(
        12, description="Months over which outcomes are followed after a quarter's end."
    )
    landmarks: Annotated[int, Field(ge=1, le=8)] = Field(
        8, description="Newest quarters that are compared; older ones are left out."
    )
    ratio: Annotated[int, Field(ge=1, le=10)] = Field(
        3, description="Similar accounts matched to each account with the partner."
    )
    caliper: Annotated[float, Field(gt=0, le=2)] = Field(
        0.2, description="The farthest match, in standard deviations of the propensity's logit."
    )
    controls_per_exposed: Annotated[int, Field(ge=1)] = Field(
        20,
        description="Comparable accounts kept for each with the partner in a quarter and segment.",
    )
    most_controls: Annotated[int, Field(ge=1_000)] = Field(
        250_000,
        description="Large companies keep fewer: so many in all, but 5 for each at least.",
    )
    minimum_exposed: Annotated[int, Field(ge=2)] = Field(
        30, description="Matched accounts with the partner below this are `not_enough_data`."
    )
    minimum_controls: Annotated[int, Field(ge=2)] = Field(
        30, description="Distinct accounts matched to them below this are too."
    )
    rarer_result: Annotated[int, Field(ge=1)] = Field(
        10, description="So is a yes/no outcome whose rarer result is seen less often than this."
    )
    balance: Annotated[float, Field(gt=0, le=1)] = Field(
        0.1, description="Standardised difference after matching that is always accepted."
    )
    balance_most: Annotated[float, Field(gt=0, le=1)] = Field(
        0.25, description="Standardised difference that is never accepted, however few accounts."
    )
    unmatched_share: Annotated[float, Field(gt=0, le=1)] = Field(
        0.2, description="Above this share without a match the accounts are not comparable."
    )


class Scorecard(Definition):
    """What a run publishes."""

    confidence: Annotated[float, Field(gt=0.5, lt=1)] = Field(
        0.95, description="Of every interval."
    )
    minimum_count: Annotated[int, Field(ge=1)] = Field(
        20, description="Count figures below this are `not_enough_data`."
    )
    minimum_effective: Annotated[float, Field(ge=1)] = Field(
        30, description="ARR-weighted figures below this effective number are too."
    )
    dominant_share: Annotated[float, Field(gt=0, le=1)] = Field(
        0.2, description="One account above this share of the base is a finding."
    )
    pairs: tuple[tuple[str, str], ...] = Field(
        (("acquired_via", "segment"), ("segment", "served_via")),
        description="Pairs of dimensions published beside the single ones.",
    )


class Runs(Definition):
    """How long runs are kept."""

    keep: Annotated[int, Field(ge=1)] = Field(24, description="Newest runs kept.")


class Target(Definition):
    """A promise about a figure, with the people who answer for it."""

    metric: str = Field(description="A metric of the catalogue: `lichen define DIR --metric all`.")
    groups: dict[str, str] = Field(
        default_factory=dict, description="Dimension = group; empty = all accounts."
    )
    parameters: dict[str, str] = Field(
        default_factory=dict, description='Where a metric has several figures, which: months = "3".'
    )
    period: WindowKind = Field(
        WindowKind.ROLLING_12M, description="The window that ends with the run."
    )
    value: Annotated[float, Field(allow_inf_nan=False)] = Field(
        description="Ratios as 1.05 for 105%; money in whole units of the workspace currency."
    )
    direction: Literal["at_least", "at_most"] = Field(
        "at_least", description="Which side of the value keeps the promise."
    )
    owner: Annotated[str, Field(min_length=1)] = Field(description="Who answers for it.")
    co_owners: tuple[str, ...] = Field((), description="Who answers for it with the owner.")


class Pilot(Definition):
    """A play that some are not offered, by lot, so that what it changes can be measured."""

    name: Annotated[str, Field(min_length=1)] = Field(
        description="Its name, which also decides the lot: another name draws others."
    )
    play: Annotated[str, Field(min_length=1)] = Field(description="As play_run.play has it.")
    unit: Literal["account", "partner"] = Field(
        "account", description="What is drawn: single accounts, or partners with their accounts."
    )
    held_out: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.5, description="Share that is not offered the play; 0.5 tells the most."
    )
    starts_on: date = Field(description="First day of the pilot.")
    segments: tuple[Literal["smb", "mid_market", "enterprise"], ...] = Field(
        (), description="Only accounts of these; empty = all customers."
    )


class Definitions(Definition):
    """The whole of `lichen.toml`."""

    workspace: Workspace = Field(default_factory=Workspace)
    feeds: dict[str, Feed] = Field(default_factory=dict)
    sources: dict[str, Source] = Field(default_factory=dict)
    identity: Identity = Field(default_factory=Identity)
    revenue: Revenue = Field(default_factory=Revenue)
    involvement: Involvement = Field(default_factory=Involvement)
    time_to_value: TimeToValue = Field(default_factory=TimeToValue)
    tenure: Tenure = Field(default_factory=Tenure)
    cost: Cost = Field(default_factory=Cost)
    portfolio: Portfolio = Field(default_factory=Portfolio)
    embeddedness: Embeddedness = Field(default_factory=Embeddedness)
    comparison: Comparison = Field(default_factory=Comparison)
    scorecard: Scorecard = Field(default_factory=Scorecard)
    runs: Runs = Field(default_factory=Runs)
    target: tuple[Target, ...] = ()
    pilot: tuple[Pilot, ...] = ()

    def hashes(self) -> dict[str, str]:
        """Each definition's own hash, by the name of its table."""
        content = self.model_dump(mode="json")
        # An entity's table that only spells out the defaults says nothing.
        content["feeds"] = {
            entity: content["feeds"][entity]
            for entity, feed in self.feeds.items()
            if feed != Feed()
        }
        # Sources are believed in the order of the file, so their order is part of the meaning.
        content["sources"] = list(content["sources"].items())
        return {name: content_hash(content[name]) for name in sorted(content)}

    @property
    def version(self) -> str:
        """The hash of all definitions' hashes."""
        return content_hash(self.hashes())

    def feed(self, entity: str) -> Feed:
        """How the feed of this entity is read; defaults where the file says nothing."""
        return self.feeds.get(entity, Feed())
