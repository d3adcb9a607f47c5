"""What every room may use: paths, files, zips, background work, threads, words. Knows nothing of networks."""
