"""Prose as officers, triage nurses and social workers write it, with every identifier's place known."""
