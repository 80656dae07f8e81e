"""What several rooms need; knows nothing of any of them."""
