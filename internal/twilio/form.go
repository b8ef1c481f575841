package twilio

import (
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
)

// errAttributes says that attributes are none.
var errAttributes = errors.New("attributes must be a JSON object")

// fields makes a form of pairs of names and values, without those whose value is empty.
func fields(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return v
}

// wantObject refuses attributes that Twilio would refuse.
func wantObject(k call, attributes string) error {
	if attributes == "" {
		return nil
	}
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(attributes), &object) != nil || object == nil {
		return unsent(k.name(), errAttributes)
	}
	return nil
}

// meta is what stands beside a page of a list.
type meta struct {
	NextPageURL string `json:"next_page_url"`
}

// next is the mark of the next page: the query of its address. The address itself is not followed, so that an answer cannot send us elsewhere.
func (m meta) next() string {
	u, err := url.Parse(m.NextPageURL)
	if err != nil {
		return ""
	}
	q := u.Query()
	return fields("Page", q.Get("Page"), "PageToken", q.Get("PageToken")).Encode()
}

// pageQuery asks for a page of at most size, the one that a mark names.
func pageQuery(after string, size int) url.Values {
	in, err := url.ParseQuery(after)
	if err != nil {
		in = url.Values{} // a mark that next did not make asks for the first page
	}
	q := fields("Page", in.Get("Page"), "PageToken", in.Get("PageToken"))
	q.Set("PageSize", strconv.Itoa(size))
	return q
}
