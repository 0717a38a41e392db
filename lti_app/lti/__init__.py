"""The conversation with learning platforms by LTI 1.3 Advantage."""
