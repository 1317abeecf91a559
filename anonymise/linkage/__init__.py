"""Linkage: who in one agency's extract is who in another's."""
