"""The screens about the API: who may call, who has called, and what was charged."""

from api.admin import access, clients, orders

__all__ = ["access", "clients", "orders"]
