"""The console of an administrator: outbox, platforms, audit."""
