package rtb

import (
	"encoding/json"
	"testing"
)

// every is a response with a member of each kind.
type every struct {
	messageFirst
	Zebra    int       `rtb:"Zebra"`
	Ticket   GUID      `rtb:"Ticket"`
	Nothing  *string   `rtb:"Nothing"`
	Empty    string    `rtb:"Empty"`
	Flag     bool      `rtb:"Flag"`
	Length   float64   `rtb:"Length"`
	Price    *amount   `rtb:"Price,,prefixed"`
	Balance  *amount   `rtb:"Balance"`
	Absent   *amount   `rtb:"Absent"`
	Names    []string  `rtb:"Names,string"`
	NoNames  []string  `rtb:"NoNames,string"`
	NilNames []string  `rtb:"NilNames,string"`
	Prices   []*amount `rtb:"Prices,Price"`
}

func everyResponse() *every {
	price := &amount{Amount: "0.90", Currency: "USD", CurrencyID: 1}
	return &every{
		messageFirst: messageFirst{Message: "a < b & \"c\"\n\x01", ErrorCode: NoError},
		Zebra:        -3, Flag: true, Length: 10.5, Price: price, Balance: price,
		Names: []string{"x?a=1&b=2", ""}, NoNames: []string{}, Prices: []*amount{price},
	}
}

const money = `<Amount>0.90</Amount><Currency>USD</Currency><CurrencyId>1</CurrencyId>`
const prefixedMoney = `<a:Amount>0.90</a:Amount><a:Currency>USD</a:Currency><a:CurrencyId>1</a:CurrencyId>`

func TestWriteXML(t *testing.T) {
	got := string(writeXML(Tree("Every", everyResponse()), false))
	want := `<Every xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:a="http://schemas.datacontract.org/2004/07/Removethebackground.Core.Entities">` +
		"<Message>a &lt; b &amp; &#34;c&#34;&#xA;\ufffd</Message><ErrorCode>NoError</ErrorCode>" +
		`<Zebra>-3</Zebra><Ticket>00000000-0000-0000-0000-000000000000</Ticket><Nothing i:nil="true"/><Empty/><Flag>true</Flag><Length>10.5</Length>` +
		`<Price>` + prefixedMoney + `</Price><Balance>` + money + `</Balance><Absent i:nil="true"/>` +
		`<Names><string>x?a=1&amp;b=2</string><string/></Names><NoNames/><NilNames i:nil="true"/><Prices><Price>` + money + `</Price></Prices></Every>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestWriteXMLDeclaresOnlyWhatIsUsed(t *testing.T) {
	answer := &deleteImageResponse{}
	answer.settle(NoError, "")
	if got, want := string(writeXML(Tree("R", answer), false)), `<R><ErrorCode>NoError</ErrorCode><Message/></R>`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestWriteXMLAsDataContract(t *testing.T) {
	got := string(writeXML(Tree("Every", everyResponse()), true))
	want := `<Every xmlns="http://schemas.datacontract.org/2004/07/Removethebackground.Core.Entities.Response" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:a="http://schemas.datacontract.org/2004/07/Removethebackground.Core.Entities" xmlns:b="http://schemas.microsoft.com/2003/10/Serialization/Arrays">` +
		"<ErrorCode>NoError</ErrorCode><Message>a &lt; b &amp; &#34;c&#34;&#xA;\ufffd</Message>" +
		`<Absent i:nil="true"/><Balance>` + prefixedMoney + `</Balance><Empty/><Flag>true</Flag><Length>10.5</Length>` +
		`<Names><b:string>x?a=1&amp;b=2</b:string><b:string/></Names><NilNames i:nil="true"/><NoNames/><Nothing i:nil="true"/>` +
		`<Price>` + prefixedMoney + `</Price><Prices><Price>` + prefixedMoney + `</Price></Prices>` +
		`<Ticket>00000000-0000-0000-0000-000000000000</Ticket><Zebra>-3</Zebra></Every>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestWriteJSON(t *testing.T) {
	got := writeJSON(Tree("Every", everyResponse()))
	want := `{"Message":"a < b & \"c\"\n\u0001","ErrorCode":"NoError","Zebra":-3,"Ticket":"00000000-0000-0000-0000-000000000000","Nothing":null,"Empty":"","Flag":true,"Length":10.5,` +
		`"Price":{"Amount":0.90,"Currency":"USD","CurrencyId":1},"Balance":{"Amount":0.90,"Currency":"USD","CurrencyId":1},"Absent":null,` +
		`"Names":["x?a=1&b=2",""],"NoNames":[],"NilNames":null,"Prices":[{"Amount":0.90,"Currency":"USD","CurrencyId":1}]}`
	if string(got) != want || !json.Valid(got) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
