"""The enclave: one sandbox for each researcher and project, and the only doors of it.

`supervisor` is a process of the host, one for each sandbox. It builds the `walls` by bubblewrap, holds the `limits`,
and serves both doors: the lab door, through which the browser reaches JupyterLab, and the gate, through which the
sandbox reaches the hub and the release service. Nothing else leads in or out.
"""
