package discord

import (
	"fmt"
	"net/url"
	"time"
)

// maxEmbedText is how much text all embeds of a message may hold together.
const maxEmbedText = 6000

func checkEmbeds(list []Embed, f *form) {
	f.count("embeds", len(list), 0, 10)
	total := 0
	for i, e := range list {
		checkEmbed(e, f.under(fmt.Sprintf("embeds.%d", i)))
		total += e.size()
	}
	if total > maxEmbedText {
		f.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
	}
}

func checkEmbed(e Embed, f *form) {
	f.length("title", e.Title, 0, 256)
	f.length("description", e.Description, 0, 4096)
	f.count("fields", len(e.Fields), 0, 25)
	if e.nothing() {
		f.required("description")
	}
	for i, x := range e.Fields {
		f.length(fmt.Sprintf("fields.%d.name", i), x.Name, 1, 256)
		f.length(fmt.Sprintf("fields.%d.value", i), x.Value, 1, 1024)
	}
	if e.Author != nil {
		f.length("author.name", e.Author.Name, 1, 256)
		checkURL(f, "author.url", e.Author.URL, false)
		checkURL(f, "author.icon_url", e.Author.IconURL, true)
	}
	if e.Footer != nil {
		f.length("footer.text", e.Footer.Text, 1, 2048)
		checkURL(f, "footer.icon_url", e.Footer.IconURL, true)
	}
	checkURL(f, "url", e.URL, false)
	for name, picture := range map[string]*EmbedImage{"image": e.Image, "thumbnail": e.Thumbnail} {
		if picture != nil {
			checkURL(f, name+".url", picture.URL, true)
		}
	}
	if _, err := time.Parse(time.RFC3339, e.Timestamp); e.Timestamp != "" && err != nil {
		f.add("timestamp", "DATE_TIME_TYPE_PARSE", "Could not parse "+e.Timestamp+". Should be ISO8601.")
	}
	if e.Color < 0 || e.Color > 0xffffff {
		f.add("color", "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")
	}
}

// checkURL notes an address Discord would not take; pictures may be uploads.
func checkURL(f *form, path, address string, picture bool) {
	if address == "" {
		return
	}
	u, err := url.Parse(address)
	switch {
	case err == nil && picture && u.Scheme == "attachment":
	case err != nil || u.Scheme == "" || u.Host == "" && (u.Scheme == "http" || u.Scheme == "https"):
		f.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
	case u.Scheme != "http" && u.Scheme != "https":
		f.add(path, "URL_TYPE_INVALID_SCHEME", fmt.Sprintf(`Scheme "%s" is not one of ('http', 'https').`, u.Scheme))
	}
	f.length(path, address, 0, 2048)
}

func (e Embed) nothing() bool {
	return e.Title == "" && e.Description == "" && len(e.Fields) == 0 && e.Author == nil &&
		e.Footer == nil && e.Image == nil && e.Thumbnail == nil
}

// size is the text that counts towards maxEmbedText.
func (e Embed) size() int {
	n := units(e.Title) + units(e.Description)
	for _, x := range e.Fields {
		n += units(x.Name) + units(x.Value)
	}
	if e.Author != nil {
		n += units(e.Author.Name)
	}
	if e.Footer != nil {
		n += units(e.Footer.Text)
	}
	return n
}
