"""Speaks each platform's wire: one folder per platform, neutral records, one HTTP seam."""
