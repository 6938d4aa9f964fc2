"""An inspection as it is read: the score with its doubt, each answer, what was told and what followed.

One report serves staff and providers, so that a preview is what the provider gets.
"""

from __future__ import annotations

from qa_app.inspections.report.whole import ProviderEyes, Report, report_for

__all__ = ["ProviderEyes", "Report", "report_for"]
