// Package video tests the video API from outside: the real program, built from the
// tree, with the real networks and the real ffmpeg, on real SQLite files and a real
// PostgreSQL. What comes out is looked at with ffprobe and ffmpeg, not with the
// product's own readers.
//
//	go test ./internal/e2e/video                                two minutes on two cores
//	go test ./internal/e2e/video -run TestSQLite/formats        one scenario
//
// TestSQLite runs the scenarios beside each other on one service, each with accounts
// of its own, and TestPostgreSQL those in which the database matters. What ends a
// service, or needs two of them, starts its own.
//
// Clips are made by ffmpeg of the tree's own photographs, so small and short that a
// job takes a second or two. Without networks (make setup), ffmpeg or PostgreSQL the
// tests that need them are skipped and say so.
package video
