package store

import "mattebox"

// Provider is what Migrate goes by, for a test that stops on the way.
var Provider = provider

// Sealed is a secret as a row holds it.
func (k Keys) Sealed(account mattebox.AccountID, column, secret string) []byte {
	return k.sealed(account, column, secret)
}
