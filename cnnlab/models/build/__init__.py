"""Networks put together layer by layer: the builder, the layers written as JSON, options all families share."""
