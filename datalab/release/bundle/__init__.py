"""What leaves the lab: one signed file that anybody can check without asking the lab."""
