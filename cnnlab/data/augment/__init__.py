"""Training images varied at random: moved and warped, written in other styles, and previews of both."""
