"""The hours of a warehouse as a person writes them down: ticked days, and one date a line."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from locations.calendar import check_dates, check_weekdays, read_dates, read_weekdays
from locations.warehouse_form import WeekdaysField
from tests.factories import WarehouseFactory


def test_days_and_dates_are_read() -> None:
    assert read_weekdays("Mon Wed Sun") == {0, 2, 6}
    assert read_dates("2026-12-25 Christmas\n\n 2027-01-01\n") == {
        date(2026, 12, 25),
        date(2027, 1, 1),
    }
    assert read_dates("") == frozenset()


@pytest.mark.parametrize("text", ["25.12.2026", "2026-12-25\n2026-13-01 Nothing", "Christmas"])
def test_a_line_without_a_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValidationError, match=r"is not a date. .* 2026-12-25 Christmas"):
        check_dates(text)


def test_a_day_that_is_none_is_refused_and_so_is_no_day_at_all() -> None:
    with pytest.raises(ValidationError, match="“Munday” is no day of the week"):
        check_weekdays("Munday Tue")
    with pytest.raises(ValidationError, match="Choose at least one day"):
        check_weekdays(" ")


def test_ticked_days_are_kept_in_the_order_of_the_week() -> None:
    field = WeekdaysField()
    assert field.clean(["Sun", "Mon"]) == "Mon Sun"
    assert field.prepare_value("Mon Sun") == ["Mon", "Sun"]
    assert not field.has_changed("Mon Sun", ["Sun", "Mon"])
    with pytest.raises(ValidationError):
        field.clean([])


@pytest.mark.django_db
def test_a_new_warehouse_works_from_monday_to_friday_without_a_cutoff() -> None:
    warehouse = WarehouseFactory()
    warehouse.full_clean()
    assert read_weekdays(warehouse.working_days) == set(range(5))
    assert warehouse.cutoff is None
