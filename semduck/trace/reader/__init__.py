"""Read recordings of any length: decode chunk by chunk, index once, answer from small pieces of the file."""
