"""The outbound story: request, review, bundle."""
