package rtb

// addCommas returns data with a comma before every name of an object that
// directly follows a value. It mends nothing else, and leaves JSON as it is.
func addCommas(data []byte) []byte {
	s := commaScan{out: make([]byte, 0, len(data)+16)}
	for i := 0; i < len(data); {
		i = s.step(data, i)
	}
	return s.out
}

// commaScan is where a scan of almost-JSON stands.
type commaScan struct {
	out    []byte
	opened []byte // '{' or '[' for each level
	colon  bool   // after the colon of a member
	value  bool   // after a whole value
}

// step copies the token at data[i] and returns the index after it.
func (s *commaScan) step(data []byte, i int) int {
	switch c := data[i]; c {
	case ' ', '\t', '\r', '\n':
		s.out = append(s.out, c)
		return i + 1
	case '{', '[':
		s.opened = append(s.opened, c)
		s.colon, s.value = false, false
	case '}', ']':
		s.opened = s.opened[:max(len(s.opened)-1, 0)]
		s.colon, s.value = false, true
	case ',':
		s.colon, s.value = false, false
	case ':':
		s.colon, s.value = true, false
	case '"':
		end := stringEnd(data, i)
		s.text(data[i:end])
		return end
	default: // a byte of a number, true, false, null, or of nonsense
		s.colon, s.value = false, true
	}
	s.out = append(s.out, data[i])
	return i + 1
}

// text copies a string: a name where an object waits for one, else a value.
func (s *commaScan) text(token []byte) {
	inObject := len(s.opened) > 0 && s.opened[len(s.opened)-1] == '{'
	name := inObject && !s.colon
	if name && s.value {
		s.out = append(s.out, ',')
	}
	s.out = append(s.out, token...)
	s.colon, s.value = false, !name
}
