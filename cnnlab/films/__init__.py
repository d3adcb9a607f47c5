"""What a page shows at every epoch, one after the other, as a film."""
