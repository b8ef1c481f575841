package api

import (
	"errors"
	"io"
	"net/http"
	"time"

	"kefu"
	"kefu/internal/connector"
)

// rootHook takes a path at the root for the default inbox of a channel, as the sources have it.
func (s *server) rootHook(inbox kefu.InboxID) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { s.hook(w, r, inbox, r.URL.Path) }
}

func (s *server) inboxHook(w http.ResponseWriter, r *http.Request) {
	s.hook(w, r, kefu.InboxID(r.PathValue("inbox")), "/"+r.PathValue("path"))
}

func (s *server) hook(w http.ResponseWriter, r *http.Request, inbox kefu.InboxID, path string) {
	receiver, ok := s.hooks[inbox]
	if !ok {
		s.refuseHook(w, r, inbox, kefu.Errorf(kefu.KindNotFound, "no inbox takes hooks here; the address is /hooks/ and the id of an inbox, as configured"))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxHook))
	if err != nil {
		s.refuseHook(w, r, inbox, bodyError(err))
		return
	}
	client, forwarded := s.client(r)
	received, err := receiver.Receive(r.Context(), &connector.Request{Method: r.Method, Path: path, Target: r.URL.RequestURI(), Header: r.Header,
		Body: body, Client: client, Forwarded: forwarded, Now: time.Now()})
	if err != nil {
		s.refuseHook(w, r, inbox, err)
		return
	}
	results := make([]connector.Result, 0, len(received.Inbound))
	for _, in := range received.Inbound {
		res, err := s.Receive(r.Context(), inbox, in)
		if err != nil {
			s.refuseHook(w, r, inbox, err)
			return
		}
		results = append(results, res)
	}
	s.Observe(inbox, http.StatusOK)
	writeJSON(w, http.StatusOK, received.Respond(results))
}

func (s *server) refuseHook(w http.ResponseWriter, r *http.Request, inbox kefu.InboxID, err error) {
	status := s.problem(w, r, err)
	if _, known := s.hooks[inbox]; !known {
		inbox = "" // made-up names must not become labels
	}
	s.Observe(inbox, status)
}

func bodyError(err error) error {
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return kefu.Errorf(kefu.KindTooLarge, "the body is larger than 1 MiB")
	}
	return kefu.Wrap(kefu.KindMalformed, err, "the body could not be read to its end")
}
