"""The inbound story: from a sealed extract to a project view."""
