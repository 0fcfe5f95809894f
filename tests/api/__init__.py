"""The API that merchants call."""
