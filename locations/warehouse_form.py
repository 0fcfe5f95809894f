"""The form of a warehouse: its working days are ticked, not typed."""

from typing import Any

from django import forms

from locations.calendar import WEEKDAYS


class WeekdaysField(forms.MultipleChoiceField):
    """Days of the week as boxes to tick; the value is a text such as `Mon Tue Fri`."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[(day, day) for day in WEEKDAYS], **options)

    def prepare_value(self, value: Any) -> Any:
        """Tick the boxes that the text names."""
        return value.split() if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        """Return the ticked days in the order of the week."""
        ticked = super().clean(value)
        return " ".join(day for day in WEEKDAYS if day in ticked)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare days with days."""
        return super().has_changed(self.prepare_value(initial), data)


class WarehouseForm(forms.ModelForm):  # type: ignore[type-arg]
    """A warehouse, with the hours that its ship-by times are counted with."""

    working_days = WeekdaysField(
        label="Working days",
        help_text="The days on which work leaves the house.",
        error_messages={"required": "Tick at least one day."},
    )

    def clean_handling_days(self) -> int:
        """Nothing means none."""
        return self.cleaned_data["handling_days"] or 0
