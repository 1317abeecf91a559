"""What the hub calls a project's sandboxes.

JupyterHub takes names of servers of lower case letters, digits and single hyphens, at most 30 of them, from a letter to
a letter or digit (`jupyterhub.slugs.is_valid_safe_slug`, since 6.1). A project's id has underscores for hyphens and is
otherwise held to the same (`datalab.governance.application`), so that each name is of one project.
"""

from __future__ import annotations


def server_name(project: str) -> str:
    """Return the name of a project's servers."""
    return project.replace("_", "-")


def project_of(server: str) -> str:
    """Return the project that a server's name is of."""
    return server.replace("-", "_")
