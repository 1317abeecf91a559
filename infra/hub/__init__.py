"""The hub: who signs in, and whose sandbox runs. JupyterHub with the lab's own sign-in, roles and spawner."""
