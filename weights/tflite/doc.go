// Package tflite reads the part of the TensorFlow Lite format that small networks
// for people are published in, and writes the same network as an ONNX graph:
//
//	model, err := tflite.Convert(data) // *onnxpb.ModelProto
//
// The way of a file, in the order of the source files: flat.go reads a flatbuffer
// and never leaves its bytes; model.go takes the tables that matter out of it
// (schema.fbs of TensorFlow Lite, version 3); convert.go turns the operators, one
// after the other, into nodes of a graph; layers.go holds those with weights,
// shapes.go those that move samples, tensor.go the weights themselves.
//
// TensorFlow Lite keeps samples as height, width, channel (NHWC), ONNX as channel,
// height, width (NCHW): every feature map of the graph is the other's transposed,
// and so are the weights. Nothing in the graph depends on the size for which the
// file was made, since padding, factors and means are the same for every multiple
// of it; a file for which that does not hold is refused.
//
// Files come from operators: they are refused with an error, whatever is in them,
// and what is read and made of one is bounded.
package tflite
