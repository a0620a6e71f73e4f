"""What the generator's traffic is made of: messages, conversations, kernels that put them on the wire."""
