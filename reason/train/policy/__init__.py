"""Language models that can be trained: our own decoder, an adapter for others, tokenizers, files."""
