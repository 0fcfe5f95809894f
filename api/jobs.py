"""Forgets tokens that are of no use any more. Can be run at any time, or twice."""

from oauth2_provider.models import clear_expired
from procrastinate.contrib.django import app


@app.periodic(cron="50 3 * * *")
@app.task(name="api.forget_tokens", queue="relay", queueing_lock="api.forget_tokens")
def forget_tokens(timestamp: int = 0) -> None:
    """Delete tokens, codes and refresh tokens that have expired, once a night."""
    clear_expired()
