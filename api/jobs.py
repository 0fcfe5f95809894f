"""Forgets tokens, and tries for them, that are of no use any more. Can be run twice."""

from oauth2_provider.models import clear_expired
from procrastinate.contrib.django import app

from api.oauth import tries


@app.periodic(cron="50 3 * * *")
@app.task(name="api.forget_tokens", queue="relay", queueing_lock="api.forget_tokens")
def forget_tokens(timestamp: int = 0) -> None:
    """Delete tokens, codes and refresh tokens that have expired, and old tries, once a night."""
    clear_expired()
    tries.forget()
