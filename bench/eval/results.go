package main

import "math"

// record is one line of the results file: one cut-out measured.
type record struct {
	Contender    string             `json:"contender"`
	Set          string             `json:"set"`
	Name         string             `json:"name"`
	SAD          float64            `json:"sad"`
	MSE          float64            `json:"mse"`
	MAE          float64            `json:"mae"`
	Grad         float64            `json:"grad"`
	Conn         float64            `json:"conn"`
	Band         *float64           `json:"band"`
	IoU          float64            `json:"iou"`
	MaxF         float64            `json:"maxF"`
	S            float64            `json:"s"`
	Colour       *float64           `json:"colour"`
	Confidence   *float64           `json:"confidence"`
	Milliseconds map[string]float64 `json:"milliseconds,omitempty"`
	Output       string             `json:"output"`
	Fault        string             `json:"fault,omitempty"`
}

// writeResults writes every score to a file of JSON.
func writeResults(path string, cases []sample, columns []column) error {
	var records []record
	for _, c := range columns {
		for i, s := range c.scores {
			records = append(records, record{
				Contender: c.name, Set: cases[i].Set, Name: cases[i].Name,
				SAD: s.SAD, MSE: s.MSE, MAE: s.MAE, Grad: s.Grad, Conn: s.Conn,
				Band: known(s.Band), IoU: s.IoU, MaxF: s.MaxF, S: s.Scores.S, Colour: known(s.Colour),
				Confidence: s.Confidence, Milliseconds: s.Milli, Output: s.Output, Fault: s.Fault,
			})
		}
	}
	return writeJSON(path, records)
}

// known returns nil for NaN, which JSON cannot say.
func known(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}
