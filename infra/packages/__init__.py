"""Packages for researchers, from a wheelhouse that the operator fills: no sandbox ever asks a registry."""
