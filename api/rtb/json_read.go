package rtb

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"mattebox"
)

// maxDepth is how deep arrays and objects of a request may nest. The deepest that
// a client is known to send, colorChangeRequests, has 4.
const maxDepth = 16

// ReadJSON reads the JSON object that is all of data. Text that lacks only commas
// between the members of an object is read as if it had them, because the vendor's own
// samples lack some (contracts F6). Of a name given twice the last value holds.
// Everything else that RFC 8259 does not allow, and what is no object, is a
// CodeInvalid error.
func ReadJSON(data []byte) (Values, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // editors on Windows write it (RFC 8259, 8.1)
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "The body is empty; send a JSON object.")
	}
	if !utf8.Valid(data) {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "The body is not UTF-8.")
	}
	if depth(data) > maxDepth {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "The body nests deeper than %d levels.", maxDepth)
	}
	var members map[string]json.RawMessage
	err := json.Unmarshal(data, &members)
	if err != nil {
		if json.Unmarshal(addCommas(data), &members) != nil {
			return nil, syntaxFault(data, err)
		}
	}
	if members == nil {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "The body is not a JSON object.")
	}
	values := make(Values, len(members))
	for name, raw := range members {
		values[name] = jsonValue(raw)
	}
	return values, nil
}

// syntaxFault says in which line the strict reading stopped.
func syntaxFault(data []byte, err error) error {
	var fault *json.SyntaxError
	if !errors.As(err, &fault) {
		return mattebox.Errorf(mattebox.CodeInvalid, "The body is not a JSON object.")
	}
	line := 1 + bytes.Count(data[:min(int(fault.Offset), len(data))], []byte("\n"))
	return mattebox.Errorf(mattebox.CodeInvalid, "The body is not JSON: line %d: %s.", line, fault.Error())
}

func jsonValue(raw json.RawMessage) Value {
	if text, ok := jsonText(raw); ok {
		return Text(text)
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return Value{Kind: OtherValue}
	}
	list := make([]string, 0, len(items))
	for _, item := range items {
		text, ok := jsonText(item)
		if !ok {
			return Value{Kind: OtherValue}
		}
		list = append(list, text)
	}
	return Value{List: list, Kind: ListValue}
}

// jsonText returns a string, number or boolean as text, null as none; false for
// arrays and objects. A number keeps the spelling it came with.
func jsonText(raw json.RawMessage) (string, bool) {
	switch raw[0] {
	case '{', '[':
		return "", false
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err == nil
	case 'n':
		return "", true
	}
	return strings.TrimSpace(string(raw)), true
}

// depth returns how deep brackets nest outside of strings.
func depth(data []byte) int {
	deepest, now := 0, 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			i = stringEnd(data, i) - 1
		case '{', '[':
			now++
			deepest = max(deepest, now)
		case '}', ']':
			now--
		}
	}
	return deepest
}

// stringEnd returns the index after the string that begins at data[i].
func stringEnd(data []byte, i int) int {
	for i++; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}
