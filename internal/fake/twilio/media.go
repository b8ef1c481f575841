package twilio

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
)

func (s *Server) uploadMedia(c *call) (int, any, error) {
	switch {
	case c.r.PathValue("service") != s.opt.Service:
		return 0, nil, notFound(c.r.URL.Path)
	case int64(len(c.raw)) > s.opt.MaxMedia:
		return 0, nil, &refusal{status: http.StatusRequestEntityTooLarge, code: 20001, message: "the file is too large"}
	case len(c.raw) == 0 || c.r.Header.Get("Content-Type") == "":
		return 0, nil, invalid("a file needs content and a Content-Type")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.w.keepMedia(c.r.URL.Query().Get("Filename"), c.r.Header.Get("Content-Type"), c.raw)
	m.created = s.opt.Now()
	return http.StatusCreated, s.wireMedia(m), nil
}

func (w *world) keepMedia(name, kind string, content []byte) *medium {
	m := &medium{sid: w.newSID("ME"), name: name, kind: kind, content: content}
	w.media[m.sid] = m
	return m
}

func (s *Server) readMedia(c *call) (int, any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.w.media[c.r.PathValue("media")]
	if m == nil || c.r.PathValue("service") != s.opt.Service {
		return 0, nil, notFound(c.r.URL.Path)
	}
	return http.StatusOK, s.wireMedia(m), nil
}

func (s *Server) wireMedia(m *medium) obj {
	url := s.URL() + "/v1/Services/" + s.opt.Service + "/Media/" + m.sid
	return obj{
		"sid": m.sid, "account_sid": s.opt.Account, "service_sid": s.opt.Service, "content_type": m.kind, "filename": null(m.name),
		"size": len(m.content), "category": "media", "date_created": stamp(m.created), "date_updated": stamp(m.created), "url": url,
		"links": obj{"content": url + "/Content", "content_direct_temporary": s.fileLink(m.sid)},
	}
}

// fileLink is a signed address that dies.
func (s *Server) fileLink(id string) string {
	until := strconv.FormatInt(s.opt.Now().Add(s.opt.MediaLifetime).UnixMilli(), 10)
	q := url.Values{"Expires": {until}, "Signature": {s.fileSignature(id, until)}}
	return s.URL() + "/media/" + id + "?" + q.Encode()
}

func (s *Server) fileSignature(id, until string) string {
	h := hmac.New(sha256.New, []byte("files "+s.opt.AuthToken))
	h.Write([]byte(id + " " + until))
	return hex.EncodeToString(h.Sum(nil))
}

// serveFile gives a file to who has its address while that lives, and wants no credentials.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	id, q := r.PathValue("media"), r.URL.Query()
	until, err := strconv.ParseInt(q.Get("Expires"), 10, 64)
	good := err == nil && hmac.Equal([]byte(q.Get("Signature")), []byte(s.fileSignature(id, q.Get("Expires"))))
	if r.Header.Get("Authorization") != "" {
		s.violate("the credentials were sent to the address of a file")
	}
	s.mu.Lock()
	m := s.w.media[id]
	s.mu.Unlock()
	if !good || m == nil || s.opt.Now().UnixMilli() > until {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte("<Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>")) // the reader may be gone
		return
	}
	w.Header().Set("Content-Type", cmp.Or(m.kind, "application/octet-stream"))
	_, _ = w.Write(m.content) // the reader may be gone
}
