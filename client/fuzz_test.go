package client

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

// FuzzFrame: whatever a server sends, it is read or refused, and what is taken keeps its order.
func FuzzFrame(f *testing.F) {
	for _, s := range []string{
		`{"type":"pong","timestamp":1,"position":9}`,
		eventFrame(10, "hi"),
		`{"type":"event","action":"status_change","position":11,"data":{"agent_id":"agt_1"}}`,
		`{"type":"gap","data":{"from":1,"to":99}}`,
		`{"type":"error","id":"c1","error":{"code":"invalid","detail":"no","errors":[{"field":"a","detail":"b"}]}}`,
		`{"type":"ack","id":"c1","data":null}`,
		`{"type":"message","action":"new","position":-1,"data":[]}`,
		`{"type":"typing","data":7}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := &Stream{opts: StreamOptions{OnRefused: func(error) {}}, in: newInbound(StreamOptions{Since: Set[int64](5), Buffer: 3}), out: newOutbox()}
		l := &line{Stream: s, greeted: true}
		var fr frame
		if json.Unmarshal(raw, &fr) != nil {
			return
		}
		if err := l.take(fr); err != nil {
			return
		}
		_ = l.take(fr)
		var last int64
		s.in.end(ErrClosed)
		for {
			e, ok := s.in.next()
			if !ok {
				return
			}
			if e.position > 0 && e.position <= last && !e.gap {
				t.Fatalf("position %d after %d", e.position, last)
			}
			last = max(last, e.position)
		}
	})
}

// FuzzRefusal: any answer that is no success becomes an error with a code and words.
func FuzzRefusal(f *testing.F) {
	f.Add(422, "7", []byte(`{"code":"invalid","detail":"no","errors":[{"field":"name","detail":"is needed"}],"request_id":"req_1"}`))
	f.Add(401, "", []byte(`{"error":"invalid_client","error_description":"no"}`))
	f.Add(502, "Wed, 21 Oct 2065 07:28:00 GMT", []byte(`<html>`))
	f.Add(500, "-1", []byte(`{"errors":null}`))
	f.Fuzz(func(t *testing.T, status int, after string, body []byte) {
		e := refusal(status, http.Header{"Retry-After": {after}}, body)
		if e.Code == "" || e.Error() == "" || e.RetryAfter < 0 {
			t.Errorf("%+v", e)
		}
		_ = jittered(time.Millisecond, 3, longestNap)
	})
}
