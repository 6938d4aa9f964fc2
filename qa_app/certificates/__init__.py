"""Certificates of homes and providers: kinds, dates and three states."""
