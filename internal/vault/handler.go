package vault

import (
	"errors"
	"mime"
	"net/http"
	"strconv"
	"time"
)

// maxAge is how long a browser keeps a file, in seconds, if its link lasts that long.
const maxAge = 24 * 3600

// Handler serves what Link makes: GET and HEAD of /files/…, with ranges. Everything else is 404 or 405, and a link that is over is 410.
func (v *Vault) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /files/{sha}/{exp}/{sig}/{name}", v.serve)
	return mux
}

func (v *Vault) serve(w http.ResponseWriter, r *http.Request) {
	sha, exp, name := r.PathValue("sha"), r.PathValue("exp"), r.PathValue("name")
	if !v.signed(sha, exp, name, r.PathValue("sig")) {
		refuse(w, http.StatusNotFound, "There is no such file. Was the whole link copied?")
		return
	}
	seconds, ok := left(exp, time.Now())
	if !ok {
		refuse(w, http.StatusGone, "This link has expired. Ask for a new one.")
		return
	}
	f, err := v.Open(sha)
	if errors.Is(err, ErrNotFound) {
		refuse(w, http.StatusNotFound, "This file is no longer kept.")
		return
	}
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, "This file cannot be read now. Try again later.")
		return
	}
	defer f.Close()
	kind, err := sniff(f)
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, "This file cannot be read now. Try again later.")
		return
	}
	describe(w.Header(), kind, sha, name, seconds)
	http.ServeContent(w, r, "", time.Time{}, f)
}

func describe(h http.Header, k kind, sha, name string, seconds int64) {
	disposition := "attachment"
	if k.inline {
		disposition = "inline"
	}
	h.Set("Content-Type", k.served)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name}))
	h.Set("Cache-Control", "private, immutable, max-age="+strconv.FormatInt(min(seconds, maxAge), 10))
	h.Set("ETag", `"`+sha+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	// Browsers show pictures and films in a page of their own making, which needs these sources; nothing else runs or loads.
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'")
	// The address is the key to the file: it must not reach other sites or search engines.
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
}

func refuse(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, text, status)
}
