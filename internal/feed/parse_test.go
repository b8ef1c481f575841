package feed

import (
	"strings"
	"testing"
	"unicode/utf8"

	"kefu/internal/switchboard"
)

func read(t *testing.T, doc document) []switchboard.FeedItem {
	t.Helper()
	items, err := parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	return items
}

func TestKindsOfFeeds(t *testing.T) {
	for name, body := range map[string]string{
		"RSS":  rss(`<item><guid>1</guid><title>A &amp; B</title><link>https://a.example/1</link><description>&lt;p&gt;Hello&lt;/p&gt;</description></item>`),
		"Atom": `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>A &amp; B</title><link href="https://a.example/1"/><summary>Hello</summary></entry></feed>`,
		"JSON": `{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[{"id":"1","title":"A & B","url":"https://a.example/1","content_text":"Hello"}]}`,
	} {
		items := read(t, document{body: []byte(body)})
		if len(items) != 1 || items[0].Title != "A & B" || items[0].Content != "Hello" || items[0].URL != "https://a.example/1" || items[0].Key != digest("guid", "1") {
			t.Errorf("%s: %+v", name, items)
		}
	}
}

func TestKeyOfAnItem(t *testing.T) {
	items := read(t, document{body: []byte(rss(
		`<item><title>a</title></item>`,
		`<item><title>a</title></item>`,
		`<item><title>a</title><pubDate>Sat, 21 Nov 2026 21:00:00 GMT</pubDate></item>`,
		`<item><link>https://a.example/1</link></item>`,
		`<item><link>https://a.example/1</link><title>changed</title></item>`,
		`<item><guid>7</guid><link>https://a.example/1</link></item>`,
	))})
	if len(items) != 4 {
		t.Errorf("%d items, want 4: without id and link it is title and date: %+v", len(items), items)
	}
}

// TestOrderOfItems: by their times, or from the end of the feed.
func TestOrderOfItems(t *testing.T) {
	dated := func(title, day string) string {
		return `<item><title>` + title + `</title><pubDate>` + day + ` Nov 2026 10:00:00 GMT</pubDate></item>`
	}
	order := func(items ...string) (all string) {
		for _, i := range read(t, document{body: []byte(rss(items...))}) {
			all += i.Title
		}
		return all
	}
	if got := order(dated("c", "03"), dated("a", "01"), dated("b", "02")); got != "abc" {
		t.Errorf("by time: %s", got)
	}
	if got := order(dated("c", "03"), `<item><title>x</title></item>`, dated("a", "01")); got != "cxa" {
		t.Errorf("one has no time: %s", got)
	}
}

func TestEncodings(t *testing.T) {
	big5 := "\xb7s\xbbD" // 新聞
	latin := "caf\xe9"
	for name, d := range map[string]struct {
		doc  document
		want string
	}{
		"said by the feed":   {document{body: []byte(`<?xml version="1.0" encoding="big5"?><rss version="2.0"><channel><item><title>` + big5 + `</title></item></channel></rss>`)}, "新聞"},
		"said by the server": {document{body: []byte(rss(`<item><title>` + big5 + `</title></item>`)), contentType: "text/xml; charset=big5"}, "新聞"},
		"said wrongly": {document{body: []byte(`<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><item><title>` + latin + `</title></item></channel></rss>`)},
			"caf\uFFFD"},
	} {
		if items := read(t, d.doc); len(items) != 1 || items[0].Title != d.want {
			t.Errorf("%s: %+v, want %q", name, items, d.want)
		}
	}
}

// TestEntitiesAreNotExpanded: a billion laughs are none.
func TestEntitiesAreNotExpanded(t *testing.T) {
	body := `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><guid>1</guid><title>&b; &x;</title></item></channel></rss>`
	items, err := parse(document{body: []byte(body)})
	if err == nil && (len(items) != 1 || strings.Contains(items[0].Title, "haha") || strings.Contains(items[0].Title, "root:")) {
		t.Errorf("%+v", items)
	}
}

func TestTextIsOnlyText(t *testing.T) {
	for html, want := range map[string]string{
		`<p>One</p><p>Two<br>Three</p>`:                           "One\nTwo\nThree",
		`<ul><li>a</li><li>b</li></ul>`:                           "• a\n• b",
		`<script>alert(1)</script><style>p{}</style>seen`:         "seen",
		`<a href="javascript:x">link</a> &lt;b&gt;`:               "link \\<b\\>",
		`@everyone @here <@123> &lt;@&amp;5&gt;`:                  "@\u200beveryone @\u200bhere \\<@\u200b123\\> \\<@\u200b&5\\>",
		`**bold** [x](https://evil.example) # head`:               `\*\*bold\*\* \[x\](https://evil.example) \# head`,
		"# head\n> quote\n- list\n`code` ||spoiler|| ~~x~~":       "\\# head\n\\> quote\n\\- list\n\\`code\\` \\|\\|spoiler\\|\\| \\~\\~x\\~\\~",
		`see https://a.example/x_y_z?a=*b*, please`:               `see https://a.example/x_y_z?a=*b*, please`,
		"a\u202eb\x00c\u0007d":                                    "abcd",
		"<title>hidden</title>  much \t  space \n \n\n\n  here  ": "much space\nhere",
		`<p>unclosed <b>tags <i>are`:                              "unclosed tags are",
		`&#64;everyone &#0;`:                                      "@\u200beveryone \uFFFD",
	} {
		if got := markdown(plainText(html)); got != want {
			t.Errorf("%q\n got %q\nwant %q", html, got, want)
		}
	}
}

func TestBoundsOfAnItem(t *testing.T) {
	long := strings.Repeat("字*", 3000)
	items := read(t, document{body: []byte(rss(
		`<item><guid>1</guid><title>`+long+`</title><description>`+long+`</description><link>javascript:alert(1)</link></item>`,
		`<item><guid>2</guid><description>First line&lt;br&gt;second</description><link>https://u:p@a.example/</link></item>`,
		`<item><guid>3</guid><link>https://a.example/3</link></item>`,
		`<item><guid>4</guid></item>`,
	))})
	if len(items) != 4 {
		t.Fatalf("%+v", items)
	}
	for _, i := range items {
		title, content := utf8.RuneCountInString(i.Title), utf8.RuneCountInString(i.Content)
		if title < 1 || title > 256 || content > 2000 {
			t.Errorf("title of %d, text of %d characters", title, content)
		}
	}
	if n := utf8.RuneCountInString(items[0].Title); n < 250 {
		t.Errorf("the title has only %d characters", n)
	}
	if items[0].URL != "" || items[1].URL != "" || items[1].Title != "First line" || items[2].Title != "a.example" || items[3].Title == "" {
		t.Errorf("%+v", items)
	}
}

// FuzzParse: whatever a server sends, there is an answer, and what is announced is within its bounds.
func FuzzParse(f *testing.F) {
	f.Add([]byte(rss(item(1), item(2))), "text/xml")
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title type="xhtml"><div><p>x</p></div></title></entry></feed>`), "")
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[{"id":1,"title":null}]}`), "application/json; charset=big5")
	f.Add([]byte(`<?xml version="1.0" encoding="utf-16"?><rss/>`), "text/xml; charset=utf-16")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		items, err := parse(document{body: body, contentType: contentType})
		if err != nil {
			return
		}
		keys := map[string]bool{}
		for _, i := range items {
			if n := utf8.RuneCountInString(i.Title); n < 1 || n > maxTitle || utf8.RuneCountInString(i.Content) > 4000 || !utf8.ValidString(i.Title+i.Content+i.URL) || keys[i.Key] {
				t.Fatalf("%+v", i)
			}
			keys[i.Key] = true
		}
	})
}
