"""A lab on Kubernetes: manifests for each project, and the Helm values of the hub, rendered from the lab's settings."""
