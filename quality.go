package mattebox

// Quality is how much work a matte is worth.
type Quality string

// The qualities, from cheapest to dearest.
const (
	QualityFast     Quality = "fast"     // the small net alone
	QualityStandard Quality = "standard" // the large net once, the small one as its witness
	QualityBest     Quality = "best"     // the large net also on the subject's box and the mirrored picture
)

// ParseQuality returns the quality of that name; the empty name is standard.
func ParseQuality(name string) (Quality, error) {
	switch q := Quality(name); q {
	case QualityFast, QualityStandard, QualityBest:
		return q, nil
	case "":
		return QualityStandard, nil
	}
	return "", Invalid("quality", "is %q; use fast, standard or best", name)
}
