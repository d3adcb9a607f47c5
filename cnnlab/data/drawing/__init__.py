"""A drawing or a photograph made into a digit as MNIST has them, and the classroom's set of drawings."""
