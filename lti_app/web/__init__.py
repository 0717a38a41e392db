"""What every page shares: sessions, forms, errors, security, languages."""
