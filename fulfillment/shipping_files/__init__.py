"""Tracking that comes as a file: read it, know its columns, say what each row would do."""
