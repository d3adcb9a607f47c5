"""What the benchmarks share: the browser, the article's loop, made-up drawings."""
