"""Store trained models with their fitted transforms, and predict with them."""
