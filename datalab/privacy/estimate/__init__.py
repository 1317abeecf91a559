"""From noisy integers to figures with 95 % intervals: post-processing, each kind by a method of the literature."""
