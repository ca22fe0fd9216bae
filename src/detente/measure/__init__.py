"""Tension between actors from incidents, never from text or counts of reports: series, change points, alarms (docs/tension.md)."""
