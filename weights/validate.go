package weights

import (
	"strings"

	"mattebox"
	"mattebox/matte"
)

// Validate reports the first fault of the entry, naming its JSON field.
func (e Entry) Validate() error {
	if !validName(e.Name) {
		return mattebox.Invalid("name", "is %q; use lower-case letters, digits, dot, dash and underscore, 64 at most", e.Name)
	}
	switch e.Kind {
	case KindISNet, KindU2Net, KindORMBG, KindBiRefNet, KindMODNet, KindMediaPipe, KindRuntime:
	default:
		return mattebox.Invalid("kind", "is %q; use isnet, u2net, ormbg, birefnet, modnet or mediapipe", e.Kind)
	}
	switch e.Prepare {
	case PrepareNone, PrepareISNet, PrepareU2Net, PrepareTFLite:
	default:
		return mattebox.Invalid("prepare", "is %q; use isnet, u2net or tflite, or leave it out", e.Prepare)
	}
	for _, f := range e.Files {
		if err := f.validate(); err != nil {
			return err
		}
	}
	if e.Prepared != nil {
		if err := e.Prepared.validate("prepared"); err != nil {
			return err
		}
	}
	if e.IsRuntime() {
		return nil
	}
	return validateSpec(e.Spec)
}

func (f File) validate() error {
	if (f.Index == "") != (f.Resource == "") {
		return mattebox.Invalid("files.index", "and files.resource go together")
	}
	return f.Sum.validate("files")
}

func (s Sum) validate(field string) error {
	if s.Size <= 0 || s.Size > maxFileBytes {
		return mattebox.Invalid(field+".size", "is %d bytes; it must be over 0 and at most %d", s.Size, int64(maxFileBytes))
	}
	return validateSHA256(field+".sha256", s.SHA256)
}

func validateSHA256(field, sum string) error {
	if len(sum) != 64 || strings.Trim(sum, "0123456789abcdef") != "" {
		return mattebox.Invalid(field, "must be 64 lower-case hexadecimal digits")
	}
	return nil
}

func validateSpec(s *matte.Spec) error {
	if s == nil {
		return mattebox.Invalid("spec", "is missing")
	}
	if s.Size < 32 || s.Size > 4096 {
		return mattebox.Invalid("spec.size", "is %d; it must lie between 32 and 4096", s.Size)
	}
	if s.Multiple < 0 || (s.Multiple > 0 && s.Size%s.Multiple != 0) {
		return mattebox.Invalid("spec.multiple", "is %d, which does not divide the size %d", s.Multiple, s.Size)
	}
	if s.Divisor < 0 || s.Std[0] == 0 || s.Std[1] == 0 || s.Std[2] == 0 {
		return mattebox.Invalid("spec.std", "and spec.divisor must not be zero or negative")
	}
	switch s.Resize {
	case matte.Stretch, matte.Letterbox, matte.Aspect:
	default:
		return mattebox.Invalid("spec.resize", "is %q; use stretch, letterbox or aspect", s.Resize)
	}
	switch s.Activation {
	case matte.None, matte.Sigmoid, matte.MinMax:
	default:
		return mattebox.Invalid("spec.activation", "is %q; use none, sigmoid or minmax", s.Activation)
	}
	return nil
}

// validName keeps names usable as file names everywhere and easy to type.
func validName(name string) bool {
	const first = "abcdefghijklmnopqrstuvwxyz0123456789"
	return name != "" && len(name) <= 64 && strings.Contains(first, name[:1]) &&
		strings.Trim(name, first+"._-") == ""
}
