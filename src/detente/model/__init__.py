"""The neural coder at run time: tokenizer, onnxruntime, heads, weights."""
