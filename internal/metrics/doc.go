// Package metrics measures how far a matte is from its ground truth, with the
// definitions that the field's papers use, so that figures can be compared with
// published ones.
//
// Two planes of alpha go in (Bytes or Floats, joined by Compare), numbers come
// out. Nothing here reads a file or knows a model; bench/eval and the tests of
// the engine call it.
//
// Sources:
//   - SAD, MSE, Grad, Conn: Rhemann et al., "A perceptually motivated online
//     benchmark for image matting", CVPR 2009, in the reading of the evaluation
//     code of Robust Video Matting (Lin et al., WACV 2022), evaluate_lr.py.
//   - MAE: Perazzi et al., "Saliency filters", CVPR 2012. F: Achanta et al.,
//     "Frequency-tuned salient region detection", CVPR 2009. S: Fan et al.,
//     "Structure-measure", ICCV 2017. All three as in PySODMetrics 1.6.2.
//   - dtSSD: Erofeev et al., "Perceptually motivated benchmark for video
//     matting", BMVC 2015.
//
// The metrics take the whole picture, not the unknown region of a trimap: a
// service that is handed no trimap answers for every pixel.
package metrics
