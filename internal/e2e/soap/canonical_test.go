package soap

import (
	"encoding/json"
	"strconv"
)

// canonical brings what JSON says of an answer, from any client's library or from the
// REST binding, into one form: scalars are texts, amounts are texts such as "0.95 USD",
// lists are []any. name is the member's, empty for the whole.
func canonical(name string, value any) any {
	if item, isList := lists()[name]; isList {
		return list(item, value)
	}
	switch v := value.(type) {
	case json.Number:
		return decimals(v.String(), -1)
	case bool:
		return strconv.FormatBool(v)
	case map[string]any:
		if money, ok := amount(v); ok {
			return money
		}
		object := map[string]any{}
		for name, member := range v {
			object[name] = canonical(name, member)
		}
		return object
	}
	return value
}

// lists maps the members that are lists to their elements.
func lists() map[string]string {
	return map[string]string{
		"Templates": "Template", "Prices": "Price", "Images": "ImageStatus", "FinalImagesURL": "string",
		"ProductIds": "ProductIdStatistic", "Invoices": "Invoice",
	}
}

// list reads a list with or without its element around it, where an empty one may be an
// object without members. None at all is nil.
func list(item string, value any) any {
	if value == nil {
		return nil
	}
	all := []any{}
	if object, wrapped := value.(map[string]any); wrapped {
		value = object[item]
	}
	elements, _ := value.([]any)
	for _, element := range elements {
		all = append(all, canonical(item, element))
	}
	return all
}

// amount reads money: REST has Amount and Currency, SOAP a text with the attribute
// Currency, which each library calls something else.
func amount(object map[string]any) (string, bool) {
	currency := object["Currency"]
	if attributes, ok := object["attributes"].(map[string]any); ok {
		currency = attributes["Currency"]
	}
	for _, name := range []string{"Amount", "_", "_value_1", "$value", "Value"} {
		text, _ := canonical("", object[name]).(string)
		if code, ok := currency.(string); ok && text != "" {
			return decimals(text, 2) + " " + code, true
		}
	}
	return "", false
}

// decimals writes a number with n decimals, -1 for as many as it needs: the libraries
// write 0.00 as 0, and 10 as 10.0.
func decimals(number string, n int) string {
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return number
	}
	return strconv.FormatFloat(f, 'f', n, 64)
}

// restrict returns what value has of the members of like: results may say more than
// the REST binding does.
func restrict(value, like any) any {
	switch l := like.(type) {
	case map[string]any:
		object, ok := value.(map[string]any)
		if !ok {
			return value
		}
		some := map[string]any{}
		for name, member := range l {
			some[name] = restrict(object[name], member)
		}
		return some
	case []any:
		elements, ok := value.([]any)
		if !ok || len(elements) != len(l) {
			return value
		}
		some := make([]any, len(l))
		for i := range l {
			some[i] = restrict(elements[i], l[i])
		}
		return some
	}
	return value
}

// blank makes empty texts and lists nil, for clients that see no difference.
func blank(value any) any {
	switch v := value.(type) {
	case string:
		if v == "" {
			return nil
		}
	case map[string]any:
		for name, member := range v {
			v[name] = blank(member)
		}
	case []any:
		if len(v) == 0 {
			return nil
		}
		for i, element := range v {
			v[i] = blank(element)
		}
	}
	return value
}
