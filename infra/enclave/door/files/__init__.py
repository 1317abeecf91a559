"""Files at the lab door: what a browser may save in the workspace, and what the door itself knows of JupyterLab's."""
