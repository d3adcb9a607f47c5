"""Building networks layer by layer: the builder, layers as JSON, options that all families share."""
