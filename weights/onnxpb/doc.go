// Package onnxpb is the ONNX model format as Go types, generated from the
// format's own definition (onnx.proto beside this file, Apache-2.0). The bytes
// of a .onnx file are one ModelProto:
//
//	var model onnxpb.ModelProto
//	err := proto.Unmarshal(bytes, &model)
//
// Nothing here is written by hand. To make it anew, with protoc from Debian's
// protobuf-compiler and protoc-gen-go of the module's protobuf version on the
// path, run go generate in this folder.
package onnxpb

//go:generate protoc --go_out=. --go_opt=paths=source_relative onnx.proto
