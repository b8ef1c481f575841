package discord

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
	"time"

	"kefu"
	api "kefu/internal/discord"
	"kefu/internal/safehttp"
)

const (
	maxFile   = 10 << 20 // what Discord takes from everybody
	maxFiles  = 24 << 20 // what one request may hold
	keepLimit = 2 * time.Second
	maxLink   = 500
)

var pictureForm = regexp.MustCompile(`^image/([a-z0-9]+)`)

// prepare makes what is sent of a post: pictures and files are opened, or shown as links where that cannot be. release must be called
// after sending.
func (c *Connector) prepare(ctx context.Context, p post) (send api.MessageSend, release func()) {
	s := shelf{c: c, l: c.language(ctx), room: maxFiles}
	for _, piece := range p.pieces {
		e := piece.embed
		if piece.file != nil {
			s.show(ctx, &e, *piece.file)
		}
		if e.Description == "" && e.Title == "" && e.Image == nil && len(e.Fields) == 0 && e.Author == nil {
			e.Description = "📎"
		}
		send.Embeds = append(send.Embeds, e)
	}
	send.Components, send.Files = p.rows, s.files
	callOut(&send, p.calls)
	return send, s.release
}

// shelf holds the files of one post while it is sent.
type shelf struct {
	c     *Connector
	l     lang
	files []api.File
	open  []io.Closer
	room  int64
}

func (s *shelf) release() {
	for _, f := range s.open {
		_ = f.Close()
	}
}

// show puts a picture or file into its embed, in the best way there is: uploaded from the vault, else by address, else named in words.
// An address that Kefu may not ask is never handed to Discord either: it is private.
func (s *shelf) show(ctx context.Context, e *api.Embed, a kefu.Attachment) {
	kept, err := s.keep(ctx, a)
	switch {
	case safehttp.IsBlocked(err):
		add(e, s.l.say("picture_private", cut(a.URL, maxLink)))
	case err != nil:
		s.link(e, a, a.URL)
	case !s.take(ctx, e, kept):
		s.link(e, kept, cmp.Or(s.c.deps.Files.Link(kept), a.URL))
	}
}

func (s *shelf) keep(ctx context.Context, a kefu.Attachment) (kefu.Attachment, error) {
	if a.SHA256 != "" {
		return a, nil
	}
	ctx, cancel := context.WithTimeout(ctx, keepLimit)
	defer cancel()
	kept, err := s.c.deps.Files.Keep(ctx, a.URL, a.Name)
	kept.URL = a.URL
	return kept, err
}

// take uploads the file with the post, if it fits and can be read.
func (s *shelf) take(ctx context.Context, e *api.Embed, a kefu.Attachment) bool {
	if a.Size <= 0 || a.Size > min(maxFile, s.room) {
		return false
	}
	body, err := s.c.deps.Files.Open(ctx, a.SHA256)
	if err != nil {
		s.c.log.WarnContext(ctx, "discord: attachment cannot be read", "sha256", a.SHA256, "err", err)
		return false
	}
	s.open = append(s.open, body)
	s.room -= a.Size
	f := api.File{Name: fileName(len(s.files), a), ContentType: a.Type, Size: a.Size, Body: body}
	s.files = append(s.files, f)
	if a.IsImage() {
		e.Image = &api.EmbedImage{URL: "attachment://" + f.Name}
	} else {
		add(e, "📎 "+escape(cut(cmp.Or(a.Name, f.Name), maxLink)))
	}
	return true
}

// link shows what cannot be uploaded by its address.
func (s *shelf) link(e *api.Embed, a kefu.Attachment, address string) {
	switch {
	case webLink(address) == "":
		add(e, s.l.say("file_lost", escape(cut(cmp.Or(a.Name, a.URL), maxLink))))
	case a.IsImage():
		e.Image = &api.EmbedImage{URL: address}
	case a.Type == "": // nobody has fetched it yet: it may be a picture
		e.Image = &api.EmbedImage{URL: address}
		add(e, "📎 <"+address+">")
	default:
		add(e, "📎 "+escape(cut(a.Name, 100))+" <"+address+">")
	}
}

// add puts a line below the embed's text; a full one gets it as a field.
func add(e *api.Embed, line string) {
	if e.Description == "" {
		e.Description = line
		return
	}
	e.Fields = append(e.Fields, api.EmbedField{Name: "📎", Value: cut(line, maxFieldValue)})
}

// fileName is unlike the others of its post, and plain where an embed refers to it.
func fileName(i int, a kefu.Attachment) string {
	if a.IsImage() {
		kind := pictureForm.FindStringSubmatch(a.Type)
		if kind == nil {
			return fmt.Sprintf("picture-%d", i+1)
		}
		return fmt.Sprintf("picture-%d.%s", i+1, kind[1])
	}
	name := path.Base(strings.ReplaceAll(a.Name, `\`, "/"))
	if name == "." || name == "/" {
		name = "file"
	}
	return fmt.Sprintf("%d-%s", i+1, name)
}
