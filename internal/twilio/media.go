package twilio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// ErrMediaTooLarge says that a file has more bytes than Options.MaxMedia.
var ErrMediaTooLarge = errors.New("twilio: the file is larger than the limit for media")

// errNoLink says that an answer names no address for a file that we would ask.
var errNoLink = errors.New("the answer has no address for the file that belongs to Twilio")

// Media is a file that Twilio keeps.
type Media struct {
	SID         string `json:"sid"`
	ServiceSID  string `json:"service_sid"`
	ContentType string `json:"content_type"`
	Filename    string `json:"filename"`
	Size        int64  `json:"size"`
	Links       struct {
		// Temporary is a signed address, good for minutes: a secret.
		Temporary string `json:"content_direct_temporary"`
	} `json:"links"`
}

// Upload is a file to be sent.
type Upload struct {
	Filename    string
	ContentType string
	Content     []byte
}

const mediaRoute = "/v1/Services/{}/Media"

// UploadMedia sends a file to a service of Conversations, IS…. Its SID goes into a message; one that no message takes is lost in time.
func (c *Client) UploadMedia(ctx context.Context, service string, u Upload) (Media, error) {
	k := call{method: http.MethodPost, base: c.o.Bases.Media, route: mediaRoute, ids: []string{service}, query: fields("Filename", u.Filename)}
	if int64(len(u.Content)) > c.o.MaxMedia {
		return Media{}, unsent(k.name(), ErrMediaTooLarge)
	}
	if !k.valid() {
		return Media{}, unsent(k.name(), errID)
	}
	ctx, cancel := context.WithTimeout(ctx, fileFactor*c.o.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, k.method, k.url(), bytes.NewReader(u.Content))
	if err != nil {
		return Media{}, unsent(k.name(), err)
	}
	req.Header.Set("Content-Type", u.ContentType)
	res, err := c.send(req, k.name())
	if err != nil {
		return Media{}, err
	}
	defer res.Body.Close()
	var out Media
	if err := readAnswer(res, &out); err != nil {
		return Media{}, lost(k.name(), true, err)
	}
	return out, nil
}

// MediaInfo reads what Twilio knows of a file, with a fresh address for it.
func (c *Client) MediaInfo(ctx context.Context, service, media string) (Media, error) {
	return fetch[Media](ctx, c, get(c.o.Bases.Media, mediaRoute+"/{}", service, media))
}

// MediaLink reads what Twilio knows of a file, with an address from which who has it can read the file for some minutes: a secret. It is
// of Twilio's own hosts, or of the one that the settings name.
func (c *Client) MediaLink(ctx context.Context, service, media string) (Media, string, error) {
	m, err := c.MediaInfo(ctx, service, media)
	if err != nil {
		return Media{}, "", err
	}
	link, err := c.fileLink(m.Links.Temporary)
	if err != nil {
		return m, "", unsent("GET "+mediaRoute+"/{}", err)
	}
	return m, link, nil
}

// DownloadMedia reads a file. Its address is asked for anew, because addresses die within minutes; the credentials are not sent to it. A
// file over Options.MaxMedia fails with ErrMediaTooLarge, whatever its size was said to be.
func (c *Client) DownloadMedia(ctx context.Context, service, media string) (Media, []byte, error) {
	const name = "GET the file of a medium"
	ctx, cancel := context.WithTimeout(ctx, fileFactor*c.o.Timeout)
	defer cancel()
	m, err := c.MediaInfo(ctx, service, media)
	if err != nil {
		return Media{}, nil, err
	}
	if m.Size > c.o.MaxMedia {
		return m, nil, unsent(name, ErrMediaTooLarge)
	}
	link, err := c.fileLink(m.Links.Temporary)
	if err != nil {
		return m, nil, unsent(name, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, http.NoBody)
	if err != nil {
		return m, nil, unsent(name, errNoLink)
	}
	res, err := c.roundTrip(req, name)
	if err != nil {
		return m, nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, c.o.MaxMedia+1))
	switch {
	case err != nil:
		return m, nil, lost(name, true, err)
	case int64(len(b)) > c.o.MaxMedia:
		return m, nil, unsent(name, ErrMediaTooLarge)
	}
	return m, b, nil
}

// fileLink lets only Twilio's own hosts through, and the one that the settings name: an answer must not send us into our own network.
func (c *Client) fileLink(link string) (string, error) {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.User != nil {
		return "", errNoLink
	}
	base, err := url.Parse(c.o.Bases.Media)
	if err == nil && u.Scheme == base.Scheme && u.Host == base.Host {
		return link, nil
	}
	if u.Scheme == "https" && u.Port() == "" && strings.HasSuffix(strings.ToLower(u.Hostname()), ".twilio.com") {
		return link, nil
	}
	return "", errNoLink
}
