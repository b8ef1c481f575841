package e2e

import (
	"regexp"
	"slices"
	"strings"

	"kefu/internal/fake/discord"
)

// customerEnd is the place where one customer writes, as that customer uses it. The first text begins the talk.
type customerEnd interface {
	Write(text string) error
	Send(p picture) error
	// Saw is all that the customer was shown, oldest first.
	Saw() []piece
	Close() error
	// ShowsClosed tells whether the customer can see that the talk has ended.
	ShowsClosed() bool
}

// picture is a file whose bytes nobody else sends.
type picture struct {
	name string
	data []byte
	url  string // where anybody can fetch it
}

// piece is one thing that was shown to somebody.
type piece struct {
	text  string
	links []string // of files, beside those in the text
	files [][]byte
}

var linkInText = regexp.MustCompile(`https?://[^\s)>\]"]+`)

// addresses are those of all files that the piece may show.
func (p piece) addresses() []string {
	return slices.Concat(p.links, linkInText.FindAllString(p.text, -1))
}

// inDiscordPost is a post as a piece.
func inDiscordPost(m discord.Message) piece {
	p := piece{text: visible(m)}
	for _, a := range m.Attachments {
		p.links = append(p.links, a.URL)
	}
	for _, e := range m.Embeds {
		if e.Image != nil && strings.HasPrefix(e.Image.URL, "http") {
			p.links = append(p.links, e.Image.URL)
		}
	}
	return p
}

// customerMedium is where customers write, and what they cannot do there.
type customerMedium struct {
	name, inbox string
	needsKefu   bool // nothing can be written while Kefu is down
	lacks       map[deed]string
	make        func(h *hub, n int) (customerEnd, error)
}

// customerMedia are all there are.
func customerMedia() []customerMedium {
	return []customerMedium{
		{name: "site", inbox: "shop", make: newSiteCustomer},
		{name: "Discord DM", inbox: "guild", make: newMemberCustomer, lacks: map[deed]string{
			customerCloses: "A direct message has nothing that ends a talk; it is closed from the desk.",
		}},
		{name: "Chatwoot", inbox: "widget", make: newWidgetCustomer},
		{name: "SMS", inbox: "phone", make: newPhoneCustomer},
		{name: "API", inbox: "api", needsKefu: true, make: newProgramCustomer},
	}
}
