"""The demo LMS: a small LTI 1.3 platform of its own, which knows the tool only over HTTP."""
