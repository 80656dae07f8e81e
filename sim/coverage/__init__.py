"""What the benches reach: situations (`functional`, `crosses`) and bits (`toggles`)."""
