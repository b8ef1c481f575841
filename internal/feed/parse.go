package feed

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html/charset"

	"kefu"
	"kefu/internal/switchboard"
)

const (
	maxItems = 10_000
	// maxDepth is how deep elements may lie within each other. Unclosed ones count, which sloppy feeds have by the hundred.
	maxDepth   = 10_000
	maxTitle   = 256
	maxExcerpt = 1000
)

// parse reads the items of a feed, oldest first, each once.
func parse(doc document) (items []switchboard.FeedItem, err error) {
	defer func() { // the parser reads what a stranger wrote
		if r := recover(); r != nil {
			items, err = nil, fmt.Errorf("it cannot be read: %v", r)
		}
	}()
	body := readable(doc)
	if err := shallow(body); err != nil {
		return nil, err
	}
	read, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	if errors.Is(err, gofeed.ErrFeedTypeNotDetected) {
		return nil, errors.New("it is no RSS, Atom or JSON feed")
	}
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	known := make(map[string]bool, len(read.Items))
	for _, i := range inOrder(read.Items[:min(len(read.Items), maxItems)]) {
		if item := itemOf(i); !known[item.Key] {
			known[item.Key] = true
			items = append(items, item)
		}
	}
	return items, nil
}

// readable makes the bytes those of the encoding that the feed says it has. One that says nothing, or UTF-8 although it is not, has the
// encoding of the HTTP header, else what is no UTF-8 in it is shown as such.
func readable(doc document) []byte {
	if utf8.Valid(doc.body) || !plain(doc.body) {
		return doc.body
	}
	if _, params, err := mime.ParseMediaType(doc.contentType); err == nil && params["charset"] != "" {
		if r, err := charset.NewReaderLabel(params["charset"], bytes.NewReader(doc.body)); err == nil {
			if b, err := io.ReadAll(io.LimitReader(r, 2*maxBody)); err == nil && utf8.Valid(b) {
				return b
			}
		}
	}
	return bytes.ToValidUTF8(doc.body, []byte("\uFFFD"))
}

// plain tells whether a document says that it is UTF-8, or nothing.
func plain(body []byte) bool {
	head := strings.ToLower(string(body[:min(len(body), 200)]))
	_, after, said := strings.Cut(head, "encoding=")
	after = strings.TrimLeft(after, `"'`)
	return !said || strings.HasPrefix(after, "utf-8") || strings.HasPrefix(after, "utf8")
}

// shallow refuses what would exhaust the stack of who reads it.
func shallow(body []byte) error {
	if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n\ufeff"), []byte("<")) {
		return nil // JSON has a limit of its own
	}
	dec := xml.NewDecoder(bytes.NewReader(body))
	dec.Strict = false
	dec.CharsetReader = charset.NewReaderLabel
	for depth := 0; ; {
		token, err := dec.RawToken()
		if err != nil {
			return nil //nolint:nilerr // who reads it says what is wrong
		}
		switch token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return errors.New("it cannot be read: its elements lie too deep within each other")
			}
		case xml.EndElement:
			depth--
		}
	}
}

// inOrder sorts items by their times, or when one has none in the opposite order of the feed, which has the newest first.
func inOrder(items []*gofeed.Item) []*gofeed.Item {
	all := slices.DeleteFunc(slices.Clone(items), func(i *gofeed.Item) bool { return i == nil })
	slices.Reverse(all)
	if !slices.ContainsFunc(all, func(i *gofeed.Item) bool { return at(i).IsZero() }) {
		slices.SortStableFunc(all, func(a, b *gofeed.Item) int { return at(a).Compare(at(b)) })
	}
	return all
}

func at(i *gofeed.Item) time.Time {
	if t := cmp.Or(i.PublishedParsed, i.UpdatedParsed); t != nil {
		return *t
	}
	return time.Time{}
}

// itemOf is what is announced of an item.
func itemOf(i *gofeed.Item) switchboard.FeedItem {
	link := address(i.Link)
	out := switchboard.FeedItem{URL: link}
	title, text := plainText(i.Title), plainText(cmp.Or(i.Description, i.Content))
	switch {
	case i.GUID != "":
		out.Key = digest("guid", i.GUID)
	case i.Link != "":
		out.Key = digest("link", i.Link)
	default:
		out.Key = digest("title", i.Title, cmp.Or(i.Published, i.Updated))
	}
	if i.Link != "" || i.Title != "" {
		out.Likeness = digest("alike", i.Link, title)
	}
	if title == "" {
		title, _, _ = strings.Cut(text, "\n")
	}
	out.Title = fit(cmp.Or(title, host(link), "News"), maxTitle)
	out.Content = markdown(kefu.Excerpt(text, maxExcerpt))
	return out
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// address is a link that people can be sent to, or empty.
func address(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" || len(s) > 2000 {
		return ""
	}
	return u.String()
}

func host(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return u.Host
}
