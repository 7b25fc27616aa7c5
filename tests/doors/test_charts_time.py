"""Time in charts: every hour where its name says, also on the days on which clocks change."""

import pytest

from bot.pictures.chart_axis import Axis
from bot.pictures.charts import layouts
from tests.doors.charted import CURVE, HOUR, bars, by_hour, figures, longer, moment, month, shorter, volume, week, words


@pytest.mark.parametrize(("kind", "hours"), [(longer, 25), (shorter, 23)])
def test_a_day_on_which_clocks_change_has_all_its_hours_and_no_other(kind, hours):
    period = kind().period
    axis = Axis(period, 0, 1000)
    assert axis.hours == hours == len(axis.slots)
    chart = layouts(kind(), "en")[0]
    assert len(bars(chart)) == hours
    assert str(hours) in words(chart)
    local = [at.astimezone(period.zone).hour for at in axis.local(1)]
    assert len(local) == (24 if hours == 23 else 25)  # each name of an hour once, and the midnight at the end
    assert (2 in local) is (hours == 25)


def test_an_hour_stands_where_its_name_says():
    axis = Axis(longer().period, 0, 2500)
    at = {moment.astimezone(axis.period.zone).hour: axis.place(moment) for moment in axis.local(3)}
    assert (at[3], at[6]) == pytest.approx((400, 700))  # two o'clock comes twice


def test_a_month_is_drawn_by_days_and_a_week_by_hours():
    assert len(bars(volume("month"))) == 31 and volume("month").title == "Messages per day"
    assert volume("week").title == "Messages per hour"
    assert Axis(week().period, 0, 1).hours == 168 and len(Axis(month().period, 0, 1).slots) == 31


def test_days_of_a_month_add_up_though_the_clocks_changed_in_it():
    axis = Axis(month().period, 0, 1)
    counts = axis.spread((hour.at, hour.n) for hour in month().arrivals.hours)
    assert sum(counts) == month().arrivals.mentions.n
    assert {(slot.end - slot.begin) / HOUR for slot in axis.slots} == {24, 25}


def test_hours_that_the_figures_leave_out_are_nought():
    since = moment(2026, 11, 23)
    sparse = figures(since, since + 24 * HOUR, [hour for hour in by_hour(since, CURVE) if hour.n > 300])
    assert len(bars(layouts(sparse, "en")[0])) == sum(n > 300 for n in CURVE)
