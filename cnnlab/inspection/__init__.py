"""What goes on inside a network: kernels, activations, the sum behind one pixel, attribution, health."""
