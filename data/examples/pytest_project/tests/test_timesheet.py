from timesheet import as_clock, minutes, week, worked


def test_minutes():
    assert minutes("0:00") == 0
    assert minutes("8:30") == 510


def test_day_shift():
    assert worked(("8:30", "17:00")) == 510


def test_night_shift():
    assert worked(("22:00", "6:30")) == 510


def test_as_clock():
    assert as_clock(95) == "1:35"
    assert as_clock(60) == "1:00"


def test_week_of_days():
    assert week([("8:00", "12:00"), ("13:00", "17:15")]) == "8:15"
