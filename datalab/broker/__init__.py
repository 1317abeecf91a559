"""The release service's door: questions come in through it as descriptions, and sheets go out.

It listens on one unix socket. Sandboxes reach it through their own door on the host, the portal directly; each proves
that it may speak for somebody by a secret of its own. Who may do what is the core's to say, not theirs.
"""
