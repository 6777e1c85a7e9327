"""What systems say of churn, against each other and against the lines."""

from __future__ import annotations

from lines_and_records import accounts, found, lines, records, ticket

LINES = ["s1 a core 2024-01-01 2024-06-01 100", "s2 b core 2024-05-01 - 300"]
TODAY = "2024-07-05"


def of(loaded, *told: str, more: tuple[str, ...] = ()):
    return loaded(
        {
            "account.csv": accounts("abc"),
            "subscription.csv": lines([*LINES, *more]),
            "ticket.csv": ticket(TODAY),
            "churn_record.csv": records(told),
        }
    )


def test_records_that_agree_with_the_lines_are_no_finding(loaded) -> None:
    seen = found(of(loaded, "r1 a account_flag - -", "r2 a event 2024-06-10 -",
                    "r3 a line_flag - s1"))  # fmt: skip
    assert set(seen) == {"account_without_line", "no_partner_field"}


def test_without_records_nothing_contradicts_the_lines(loaded) -> None:
    ledger = loaded({"account.csv": accounts("ab"), "subscription.csv": lines(LINES)})
    assert set(found(ledger)) == {"no_partner_field"}
    assert ledger.contradictions.num_rows == 0


def test_a_loss_that_no_system_recorded_is_counted(loaded) -> None:
    seen = found(of(loaded, "r1 b event 2024-07-01 -"))
    assert seen["lost_without_churn_record"].examples == ("a",)
    assert seen["churn_event_without_ended_line"].arr_share == 1.0
    assert seen["churn_records_contradict"].examples == ("a", "b")


def test_an_event_is_answered_by_a_line_that_ends_within_the_grace_days(loaded) -> None:
    late, too_late = "r1 a event 2024-07-01 -", "r1 a event 2024-07-02 -"
    assert "churn_event_without_ended_line" not in found(of(loaded, late))
    assert found(of(loaded, too_late))["churn_event_without_ended_line"].examples == ("r1",)


def test_an_undated_event_is_answered_by_any_end(loaded) -> None:
    seen = found(of(loaded, "r1 a event - -", "r2 b event - -", "r3 a account_flag 2024-07-01 -"))
    assert seen["churn_event_without_ended_line"].examples == ("r2",)


def test_a_record_ahead_is_not_heard_yet_and_moves_no_day(loaded) -> None:
    ledger = of(loaded, "r1 b event 2024-08-01 -", "r2 a account_flag - -")
    assert str(ledger.newest_fact) == TODAY
    assert [row["second"] for row in ledger.contradictions.to_pylist()] == ["lines"]


def test_a_customer_who_came_back_is_not_called_lost_by_the_old_event(loaded) -> None:
    ledger = of(loaded, "r1 a event 2024-06-01 -", more=("s3 a core 2024-06-20 - 100",))
    (pair,) = ledger.contradictions.to_pylist()
    assert (pair["both"], pair["only_first"], pair["only_second"]) == (0, 0, 0)
