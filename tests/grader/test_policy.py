"""Lateness, due times and which submission counts: examples by hand, and what always holds."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.policy import (
    Candidate,
    Counts,
    Due,
    Late,
    Lateness,
    dropped,
    is_open,
    lateness,
    pick,
    read_due,
    read_late,
    read_zone,
    rounded,
    share,
    with_zone,
    zone_of,
)

PATIENT = settings(deadline=None)
BERLIN = read_due("2026-10-12 23:59 Europe/Berlin")
RULE = read_late("10 % a day, 3 days at most, 15 min grace")


def at(text: str) -> datetime:
    """Read a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2026-10-12 23:59 Europe/Berlin", "2026-10-12 22:00"),
        ("2026-10-12 Europe/Berlin", "2026-10-12 22:00"),
        ("2026-10-12", "2026-10-13 12:00"),
        ("2026-10-12 23:59 UTC", "2026-10-13 00:00"),
        ("2026-10-12 08:00 America/New_York", "2026-10-12 12:01"),
        # This minute comes twice, and does not come at all.
        ("2026-10-25 02:30 Europe/Berlin", "2026-10-25 01:31"),
        ("2026-03-29 02:30 Europe/Berlin", "2026-03-29 01:31"),
        ("2026-10-25 01:59 Europe/Berlin", "2026-10-25 00:00"),
    ],
)
def test_a_due_time_ends_with_its_minute(text: str, end: str) -> None:
    """All of the minute is in time; a date ends with its day, or when it is over everywhere."""
    assert read_due(text).end() == at(end)


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2026-02-30", "2026-10-12 23:59", "2026-10-12 24:00 UTC", "1026-10-12",
     "2026-10-12 Europe/Bern", "2026-10-12 Europe", "2026-10-12 23:59 ../etc/passwd",
     "2026-10-12 23:59  UTC", "2026-10-12T23:59 UTC"],
)  # fmt: skip
def test_what_is_no_due_time_is_refused(text: str) -> None:
    """A date that there is not, a time without zone, a zone that there is not: each is refused."""
    with pytest.raises(ValueError, match=" "):
        read_due(text)


def test_days_end_at_the_same_time_on_the_wall() -> None:
    """Over the end of summer time a late day has 25 hours, and over its beginning 23."""
    autumn = read_due("2026-10-24 23:59 Europe/Berlin")
    spring = read_due("2026-03-28 23:59 Europe/Berlin")

    assert autumn.end(1) - autumn.end() == timedelta(hours=25)
    assert spring.end(1) - spring.end() == timedelta(hours=23)
    assert autumn.end(24, "hour") - autumn.end() == timedelta(hours=24)


@pytest.mark.parametrize(
    ("text", "late"),
    [
        ("10 % a day", Late(Fraction(1, 10))),
        ("2.5% per hour", Late(Fraction(1, 40), "hour")),
        ("20 % a week, 2 weeks at most", Late(Fraction(1, 5), "week", (2, "week"))),
        ("3 days at most,10 % a day", Late(Fraction(1, 10), "day", (3, "day"))),
        ("15 min grace", Late(grace=timedelta(minutes=15))),
        ("not accepted, 1 hour grace", Late(most=(0, "day"), grace=timedelta(hours=1))),
        ("1 day grace, 100 % a day", Late(Fraction(1), grace=timedelta(days=1))),
    ],
)
def test_rules_about_lateness_are_read(text: str, late: Late) -> None:
    """A rate, an end and a grace stand in any order, or one of them alone."""
    assert read_late(text) == late


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("10 % a day or so", "'10 % a day or so' is no rule about lateness"),
        ("10 % a day, 5 % a day", "'5 % a day' is a second rule of its kind"),
        ("not accepted, 10 % a day", "what is not accepted leaves nothing to take off"),
        ("101 % a day", "'101 % a day' takes more than everything"),
        ("-5 % a day", "'-5 % a day' is no rule about lateness"),
        ("", "'' is no rule about lateness"),
    ],
)
def test_what_is_no_rule_is_refused(text: str, told: str) -> None:
    """What cannot be read is quoted."""
    with pytest.raises(ValueError, match=" ") as caught:
        read_late(text)

    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("submitted", "begun", "kept"),
    [
        ("2026-10-12 21:59", 0, "1"),
        ("2026-10-12 22:14", 0, "1"),
        ("2026-10-12 22:15", 1, "9/10"),
        ("2026-10-13 22:14", 1, "9/10"),
        ("2026-10-13 22:15", 2, "4/5"),
        ("2026-10-15 22:14", 3, "7/10"),
        ("2026-10-15 22:15", 4, "0"),
        ("9999-12-31 23:59", 3651, "0"),
    ],
)
def test_each_day_that_has_begun_costs(submitted: str, begun: int, kept: str) -> None:
    """10 % a day, 3 days at most, 15 min grace: counted from the end of the grace."""
    found = lateness(BERLIN, RULE, at(submitted))

    assert (found.begun, found.kept) == (begun, Fraction(kept))


def test_an_extension_moves_the_due_time() -> None:
    """What is late for the class is in time for whom has more; an earlier extension is none."""
    later = read_due("2026-10-14 23:59 Europe/Berlin")
    earlier = read_due("2026-10-01 23:59 Europe/Berlin")
    moment = at("2026-10-14 12:00")

    assert lateness(BERLIN, RULE, moment, later) == Lateness(end=later.end() + RULE.grace)
    assert lateness(BERLIN, RULE, moment, earlier) == lateness(BERLIN, RULE, moment)


def test_what_has_no_time_is_not_late() -> None:
    """Without a due time, and without a known time of handing in, nothing is taken."""
    assert lateness(None, RULE, at("2026-10-14 12:00")) == Lateness()
    assert lateness(BERLIN, RULE, None) == Lateness()


@pytest.mark.parametrize(
    ("late", "told"),
    [
        (Lateness(), ""),
        (Lateness(1, "day", Fraction(9, 10)), "1 day late, 10 % off"),
        (Lateness(2, "hour", Fraction(39, 40)), "2 hours late, 2.5 % off"),
        (Lateness(2, "day"), "2 days late"),
        (Lateness(9, "day", Fraction(0)), "9 days late, too late to count"),
    ],
)
def test_lateness_is_said(late: Lateness, told: str) -> None:
    """Lateness reads as a few words."""
    assert str(late) == told


def candidate(earned: int, day: int, order: int, is_decided: bool = True) -> Candidate:
    """Make a submission of ten points."""
    return Candidate(Fraction(earned), Fraction(10), at(f"2026-10-{day:02}"), order, is_decided)


def test_which_submission_counts() -> None:
    """Best is the greatest share, last and first are by the time of handing in."""
    handed = [candidate(7, 3, 0), candidate(9, 2, 1), candidate(9, 1, 2)]

    assert [pick(handed, counts) for counts in Counts] == [1, 0, 2]


def test_the_same_time_is_told_apart_by_order() -> None:
    """Of submissions at one time, or at none, the order in which they were taken in counts."""
    handed = [Candidate(Fraction(1), Fraction(1), None, order) for order in range(3)]

    assert pick(handed, Counts.LAST) == 2
    assert pick(handed, Counts.FIRST) == 0


def test_what_is_undecided_can_still_count() -> None:
    """A choice is open while an ungraded submission could change it."""
    handed = [candidate(7, 1, 0), candidate(0, 2, 1, is_decided=False)]

    assert pick(handed, Counts.BEST) == 0
    assert [is_open(handed, counts) for counts in Counts] == [True, True, False]


def test_the_lowest_shares_are_dropped() -> None:
    """Of equal shares the one with more points goes; one exercise is always left."""
    scores = [(Fraction(5), Fraction(10)), (Fraction(1), Fraction(2)), (Fraction(4), Fraction(5))]

    assert dropped(scores, 0) == frozenset()
    assert dropped(scores, 1) == {0}
    assert dropped(scores, 9) == {0, 1}
    assert dropped([], 1) == frozenset()


@pytest.mark.parametrize(
    ("exact", "told"),
    [("1/3", "0.33"), ("0.005", "0.01"), ("0.00499", "0"), ("2.675", "2.68"), ("7", "7")],
)
def test_halves_are_rounded_up(exact: str, told: str) -> None:
    """Two places are kept, half up, exactly."""
    assert rounded(Fraction(exact)) == Fraction(told)


def test_zones() -> None:
    """A due time takes the zone of its course unless it names one."""
    assert with_zone("2026-10-12 23:59", "UTC") == "2026-10-12 23:59 UTC"
    assert with_zone("2026-10-12 23:59 Asia/Tokyo", "UTC") == "2026-10-12 23:59 Asia/Tokyo"
    assert with_zone("soon", "UTC") == "soon"
    assert with_zone("2026-10-12", None) == "2026-10-12"
    assert zone_of("2026-10-12 23:59 Asia/Tokyo") == "Asia/Tokyo"
    assert zone_of("2026-10-12") is None
    assert read_zone("Europe/Berlin") == ZoneInfo("Europe/Berlin")


ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
                         "Pacific/Apia", "UTC"])  # fmt: skip
MINUTES = st.datetimes(datetime(2001, 1, 1), datetime(2060, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
DUES = st.builds(lambda minute, zone: Due("", minute, ZoneInfo(zone)), MINUTES, ZONES)
LATES = st.builds(
    Late,
    rate=st.integers(0, 10_000).map(lambda n: Fraction(n, 10_000)),
    unit=st.sampled_from(["hour", "day", "week"]),
    most=st.none() | st.tuples(st.integers(0, 30), st.sampled_from(["hour", "day", "week"])),
    grace=st.integers(0, 5000).map(lambda n: timedelta(minutes=n)),
)
LATER = st.integers(-100_000, 8_000_000).map(lambda n: timedelta(seconds=n))
POINTS = st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)).map(
    lambda pair: (Fraction(min(pair), 100), Fraction(pair[1], 100))
)


@given(DUES, LATES, LATER, LATER)
@PATIENT
def test_later_is_never_better(due: Due, late: Late, one: timedelta, other: timedelta) -> None:
    """Who hands in later keeps no more, and nobody keeps less than nothing or more than all."""
    first, second = sorted([due.end() + one, due.end() + other])
    early, after = lateness(due, late, first), lateness(due, late, second)

    assert 0 <= after.kept <= early.kept <= 1
    assert early.begun <= after.begun
    assert (early.begun == 0) == (first < due.end() + late.grace)


@given(DUES, DUES | MINUTES, LATES, LATER)
@PATIENT
def test_an_extension_never_hurts(
    due: Due, other: Due | datetime, late: Late, after: timedelta
) -> None:
    """Whatever the extension, and whatever its zone, nobody keeps less with it."""
    extended = other if isinstance(other, Due) else Due("", other, due.zone)
    moment = due.end() + after

    assert lateness(due, late, moment).kept <= lateness(due, late, moment, extended).kept


@given(DUES, st.sampled_from(["hour", "day", "week"]), st.integers(0, 8_000_000))
@PATIENT
def test_the_unit_that_has_begun_is_the_one_that_holds_the_moment(
    due: Due, unit: str, seconds: int
) -> None:
    """After n units and before n+1, n+1 have begun, whatever the clocks did between."""
    moment = due.end() + timedelta(seconds=seconds)
    begun = lateness(due, Late(unit=unit), moment).begun

    assert begun >= 1
    assert moment < due.end(begun, unit)
    assert begun == 1 or due.end(begun - 1, unit) <= moment


@given(st.lists(POINTS, max_size=8), st.integers(0, 9))
@PATIENT
def test_dropping_never_lowers_the_share(scores: list[tuple[Fraction, Fraction]], n: int) -> None:
    """What is left after dropping is at least the share that all had."""
    without = dropped(scores, n)
    kept = [pair for index, pair in enumerate(scores) if index not in without]

    def whole(pairs: list[tuple[Fraction, Fraction]]) -> Fraction:
        return share(
            sum((e for e, _ in pairs), Fraction(0)), sum((p for _, p in pairs), Fraction(0))
        )

    assert whole(scores) <= whole(kept)
    assert len(kept) == max(len(scores) - n, min(len(scores), 1))


@given(st.fractions(0, 10**6))
def test_rounding_is_near_and_half_up(points: Fraction) -> None:
    """A rounded score has two places and lies within half of a hundredth, the upper half in."""
    off = rounded(points) - points

    assert (rounded(points) * 100).denominator == 1
    assert Fraction(-1, 200) < off <= Fraction(1, 200)


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{1,3} ?% (a|per) (day|hour)(, not accepted)?"))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    """Whatever stands there, there is a rule or a ValueError, and the rule takes at most all."""
    for read in (read_late, read_due):
        try:
            read(text)
        except ValueError:
            continue
    try:
        rate = read_late(text).rate
    except ValueError:
        return

    assert 0 <= rate <= 1
