"""What a reader can move on a static page: which controls, to which places, and what is computed ahead for them."""
