"""The door of one lab as a pod of its own: its process, what Kubernetes is told to make, and the hub's spawner."""
