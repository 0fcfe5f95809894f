"""Issues tracking keys, and finds whose a key is."""

import hashlib
import secrets

from django.contrib.auth.models import User
from django.utils import timezone

from api.models import ApiKey


def issue(user: User) -> str:
    """Return a new key for a user. It can be seen this once: only its digest is kept."""
    key = secrets.token_urlsafe(32)
    ApiKey.objects.create(user=user, begins=key[:6], digest=digest(key))
    return key


def find(key: str) -> ApiKey | None:
    """Return the row of a key that is good."""
    rows = ApiKey.objects.select_related("user").filter(user__is_active=True)
    return rows.filter(digest=digest(key), revoked_at=None).first()


def revoke(key_id: int) -> None:
    """End a key. Twice leaves the same."""
    ApiKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=timezone.now())


def digest(key: str) -> str:
    """Return what is kept of a key. It is long and random, so one round does."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
