"""The GRPO trainer: a policy learns from Reason's own environments, token in, token out."""
