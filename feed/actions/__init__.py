"""Every write: publishing changes, webhooks and what they deliver."""
