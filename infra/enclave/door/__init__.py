"""The two doors of a sandbox: `lab` towards the browser, `gate` towards the hub and the release service."""
