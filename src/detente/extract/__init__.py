"""Model output to events with spans: triggers, parties, attribution, casualties, contexts."""
