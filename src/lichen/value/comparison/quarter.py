"""The quarter design: started this exposure this quarter, against comparable and not started."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.involvement import believed
from lichen.revenue.calendar import whole
from lichen.revenue.levels import levels_of
from lichen.value.comparison.landmarks import Landmark
from lichen.value.comparison.members import COMPARED, PREVALENT, STRATA, Arms, Arrangement, Asked
from lichen.value.comparison.starts import exposure_starts, first_meaningful, meaningful_rows
from lichen.value.comparison.states import NOWHERE, account_states, at_place, by_place, place_of
from lichen.value.comparison.strata import with_strata

NOT_A_CUSTOMER = "never_a_customer"
TOO_EARLY = "started_before_the_first_quarter"
TOO_LATE = "followed_too_short"
NO_ARR_BEFORE = "no_arr_at_quarter_start"
NO_ARR_AFTER = "no_arr_at_quarter_end"
OTHER_BEFORE = "other_involvement_before"
NO_OTHER_BEFORE = "no_other_partner_before"


def by_quarter(asked: Asked) -> Arrangement:
    """The quarter design: time zero is the end of the quarter in which an exposure starts.

    Raises:
        RateMissing: a month end with foreign ARR has no fresh rate.
    """
    facts, definitions, engine = asked.facts, asked.definitions, asked.facts.engine
    seen = believed(facts, definitions)
    met = first_meaningful(meaningful_rows(seen, definitions))
    states = account_states(levels_of(facts, definitions), asked.landmarks, met)
    strata = with_strata(facts, definitions, states, asked.landmarks)
    starts = engine.materialise(
        exposure_starts(seen, definitions, dict(enumerate(asked.exposures)))
    )
    judged = judged_starts(starts, strata.states, asked.landmarks, asked.arms)
    return Arrangement(
        design="quarter",
        starts=starts,
        judged=engine.materialise(judged),
        pool=engine.materialise(comparable(strata.states, asked.landmarks, asked.arms)),
        strata=strata.words,
        findings=() if strata.finding is None else (strata.finding,),
    )


def judged_starts(
    starts: ir.Table, states: ir.Table, landmarks: Sequence[Landmark], arms: Arms
) -> ir.Table:
    """Every start with the one reason why it is compared or not, in the order of the definition.

    exposure, account_key, day, partner_key, reason (COMPARED or another constant of this module),
    landmark, t0 and stratum (null unless compared).
    """
    rows = left_join(starts, states, "account_key")
    rows = rows.mutate(place=place_of(rows.day, landmarks))
    places = len(landmarks)
    last = landmarks[-1].t0_day
    opening = at_place(rows, "arr", rows.place, places).fill_null(whole(0))
    closing = at_place(rows, "arr", rows.place, places, ahead=1).fill_null(whole(0))
    reason = ibis.cases(
        (rows.came.isnull(), NOT_A_CUSTOMER),
        (rows.day <= rows.came, PREVALENT),
        (rows.day > last, TOO_LATE),
        (rows.place == NOWHERE, TOO_EARLY),
        (opening <= 0, NO_ARR_BEFORE),
        (closing <= 0, NO_ARR_AFTER),
        *_other_partners(rows, landmarks, arms),
        else_=COMPARED,
    )
    judged = rows.mutate(reason=reason)
    listed = list(enumerate(landmarks))
    landmark = by_place(judged.place, [each.month for each in landmarks])
    code = at_place(judged, "code", judged.place, places)
    return judged.select(
        "exposure",
        "account_key",
        "day",
        "partner_key",
        "reason",
        landmark=landmark,
        t0=ibis.cases(*((judged.place == k, ibis.date(each.t0)) for k, each in listed)),
        stratum=landmark * STRATA + code,
        already_at_value=ibis.literal(False),
    )


def _other_partners(
    rows: ir.Table, landmarks: Sequence[Landmark], arms: Arms
) -> list[tuple[ir.BooleanValue, str]]:
    """What a start is left out for, by the partners that the account had met up to Q0."""
    q0_day = by_place(rows.place, [landmark.q0_day for landmark in landmarks])
    if arms == "starting":
        return [((rows.met <= q0_day).fill_null(False), OTHER_BEFORE)]
    # Who met this partner first may have met another later, but before Q0 all the same.
    other = ibis.ifelse(rows.met_partner == rows.partner_key, rows.met_other, rows.met)
    return [(~(other <= q0_day).fill_null(False), NO_OTHER_BEFORE)]


def comparable(states: ir.Table, landmarks: Sequence[Landmark], arms: Arms) -> ir.Table:
    """Accounts that no start of any exposure is asked of, at every landmark at which they compare.

    account_key, landmark, t0, t0_day, stratum: ARR above 0 at Q0 and T0 and, in `starting`, no
    meaningful involvement up to T0, in `adding` one before Q0. Who started an exposure up to T0 is
    no control of that exposure; `Cohorts.members` leaves those out.
    """
    parts = []
    for place, landmark in enumerate(landmarks):
        rows = states.filter(states[f"arr_{place}"] > 0, states[f"arr_{place + 1}"] > 0)
        if arms == "starting":
            rows = rows.filter(rows.met.isnull() | (rows.met > landmark.t0_day))
        else:
            rows = rows.filter(rows.met <= landmark.q0_day)
        parts.append(
            rows.select(
                "account_key",
                landmark=whole(landmark.month),
                t0=ibis.date(landmark.t0),
                t0_day=whole(landmark.t0_day),
                already_at_value=ibis.literal(False),
                stratum=rows[f"code_{place}"] + whole(landmark.month * STRATA),
            )
        )
    return ibis.union(*parts) if len(parts) > 1 else parts[0]
