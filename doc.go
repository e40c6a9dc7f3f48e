// Package mattebox holds the domain of a background-removal service: the types
// that a customer's request is made of and the rules they obey.
//
// A Template says how a finished picture shall look; Quality says how much work
// its matte is worth; Error is how every layer says what went wrong. Nothing
// here reads a file, opens a connection or knows a pixel: the engines (matte,
// compose, imaging) and the edges (the command line, later the APIs) import
// this package, and it imports the standard library only.
package mattebox
