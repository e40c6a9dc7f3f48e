// Package blobs keeps the bytes of the house under keys: the photographs that
// were fetched, the pictures that were produced and their thumbnails. Workers put
// files in (bytes first, the row that names the key second), the file handlers and
// the engine children read them, the sweeper deletes them.
//
// There are two kinds of store. A folder on a disk is the default: files have the
// names of their keys, so that nothing has to be copied to be read, and a Put that
// returned survives a power cut. An S3 bucket serves many hosts; it goes through
// gocloud.dev/blob.
//
// Folders do not go through gocloud's fileblob, which neither syncs a file before
// its rename nor removes folders that became empty.
//
// Keys have the form <account>/<image>/<production>-<fence>/<name>, so that each
// attempt writes where no other does and an image's bytes go with one prefix.
package blobs
