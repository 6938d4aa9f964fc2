"""Pages made of many features: a person's day, a provider's page, and what needs attention."""
