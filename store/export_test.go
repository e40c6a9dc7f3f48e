package store

// Provider is what Migrate goes by, for a test that stops on the way.
var Provider = provider
