package discord

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxFileBytes bounds what the CDN holds; beyond it the oldest files go.
const maxFileBytes = 256 << 20

// cdn holds uploaded files by path, and signs links to them.
type cdn struct {
	key   []byte
	files map[string]storedFile
	age   []string // paths, oldest first
	bytes int
}

type storedFile struct {
	contentType string
	data        []byte
}

func newCDN() cdn {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails since Go 1.24
	return cdn{key: key, files: map[string]storedFile{}}
}

// stickerPath is where stickers are, whose links are not signed.
const stickerPath = "/cdn/stickers/"

// store keeps a file and returns its path, which view turns into a link.
func (c *cdn) store(channelID string, a Attachment, data []byte) string {
	p := "/cdn/attachments/" + channelID + "/" + a.ID + "/" + a.Filename
	c.keep(p, storedFile{a.ContentType, data})
	return p
}

func (c *cdn) keep(p string, f storedFile) {
	c.files[p] = f
	c.age = append(c.age, p)
	c.bytes += len(f.data)
	for c.bytes > maxFileBytes && len(c.age) > 1 {
		c.bytes -= len(c.files[c.age[0]].data)
		delete(c.files, c.age[0])
		c.age = c.age[1:]
	}
}

// link is a signed address that expires.
func (c *cdn) link(base, p string, now time.Time, life time.Duration) string {
	if !strings.HasPrefix(p, "/cdn/") {
		return p
	}
	until := strconv.FormatInt(now.Add(life).UnixMilli(), 16)
	return fmt.Sprintf("%s%s?ex=%s&is=%s&hm=%s&", base, (&url.URL{Path: p}).EscapedPath(), until,
		strconv.FormatInt(now.UnixMilli(), 16), c.sign(p, until))
}

func (c *cdn) sign(p, until string) string {
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte(p + "?" + until))
	return hex.EncodeToString(mac.Sum(nil))
}

// serveCDN serves a file while its link is valid.
func (s *Server) serveCDN(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	s.mu.Lock()
	file, found := s.w.files.files[r.URL.Path]
	want := s.w.files.sign(r.URL.Path, q.Get("ex"))
	now := s.w.now()
	s.mu.Unlock()
	until, err := strconv.ParseInt(q.Get("ex"), 16, 64)
	if signed := !strings.HasPrefix(r.URL.Path, stickerPath); signed && (err != nil || !hmac.Equal([]byte(want), []byte(q.Get("hm"))) || now.UnixMilli() >= until) || !found {
		http.Error(w, "This content is no longer available.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", file.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(file.data)))
	_, _ = w.Write(file.data) // the reader may be gone
}

// view is a copy of a message with links that work now.
func (w *world) view(m Message) Message {
	now, base := w.now(), w.base()
	m.Attachments = w.viewFiles(m.Attachments, base, now)
	m.Snapshots = slices.Clone(m.Snapshots)
	for i, s := range m.Snapshots {
		m.Snapshots[i].Message.Attachments = w.viewFiles(s.Message.Attachments, base, now)
	}
	if len(m.Embeds) > 0 {
		m.Embeds = slices.Clone(m.Embeds)
		for i := range m.Embeds {
			m.Embeds[i].Image = w.viewPicture(m.Embeds[i].Image, base, now)
			m.Embeds[i].Thumbnail = w.viewPicture(m.Embeds[i].Thumbnail, base, now)
		}
	}
	if m.ReferencedMessage != nil {
		to := w.view(*m.ReferencedMessage)
		m.ReferencedMessage = &to
	}
	return m
}

func (w *world) viewFiles(list []Attachment, base string, now time.Time) []Attachment {
	list = slices.Clone(list)
	for i, a := range list {
		list[i].URL = w.files.link(base, a.URL, now, w.opt.AttachmentLifetime)
		list[i].ProxyURL = list[i].URL
	}
	return list
}

func (w *world) viewPicture(p *EmbedImage, base string, now time.Time) *EmbedImage {
	if p == nil || !strings.HasPrefix(p.URL, "/cdn/") {
		return p
	}
	return &EmbedImage{URL: w.files.link(base, p.URL, now, w.opt.AttachmentLifetime)}
}

// fileName is a name as Discord keeps it: no folders, blanks as underscores.
func fileName(name string) string {
	if name == "" {
		return ""
	}
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(` ?#%&:*"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, name)
}

func contentType(f File) string {
	if f.ContentType != "" && f.ContentType != "application/octet-stream" {
		return f.ContentType
	}
	return http.DetectContentType(f.Data)
}
