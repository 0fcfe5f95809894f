"""The list behind a screen whose foot says how many rows there are."""

from typing import Any

from django.http import HttpRequest
from unfold.views import ChangeList


class CountedOnce(ChangeList):
    """Counts the rows that it shows and no others; the head of the page repeats no figure."""

    def get_results(self, request: HttpRequest) -> None:
        """Take the count of the rows shown for that of all rows, which nobody has counted."""
        super().get_results(request)
        self.full_result_count = self.result_count


class ReadBeside(CountedOnce):
    """Lets the screen read, for the rows that are shown, what no join brings."""

    def get_results(self, request: HttpRequest) -> None:
        """Read the rows, and what belongs to them."""
        super().get_results(request)
        self.result_list: list[Any] = [*self.result_list]
        self.model_admin.read_beside(self.result_list)
