"""What runs and is configured inside a sandbox: mounted read-only, and never trusted by the doors."""
