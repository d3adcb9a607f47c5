"""What every room may use: paths, files, background work, threads, words. Knows nothing of networks."""
