"""What is done with catalogs: written in the official layout, checked, compared."""
