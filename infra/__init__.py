"""How a lab is set up and shown: the demonstration, deployment."""
