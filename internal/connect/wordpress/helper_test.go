package wordpress

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"go.uber.org/goleak"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/wordpress"
	"kefu/internal/safehttp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with the archive's second file, or, with -update, writes it.
func golden(t *testing.T, name string, archive *txtar.Archive, got string) {
	t.Helper()
	if *update {
		archive.Files = append(archive.Files[:1], txtar.File{Name: "want", Data: []byte(got)})
		if err := os.WriteFile(name, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if len(archive.Files) != 2 {
		t.Fatal("the golden file has no want; run with -update and read what it wrote")
	}
	if d := cmp.Diff(string(archive.Files[1].Data), got); d != "" {
		t.Error(d)
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

func testNow() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }

// shelf is a vault with a table of contents: addresses that it can keep, and why not for the others.
type shelf struct {
	kept map[string]string // address → sum
	err  error
}

func (s shelf) Keep(_ context.Context, address, name string) (kefu.Attachment, error) {
	if sum, ok := s.kept[address]; ok {
		return kefu.Attachment{URL: address, Name: name, SHA256: sum}, nil
	}
	return kefu.Attachment{}, s.err
}

func (s shelf) Open(context.Context, string) (io.ReadCloser, error) { return nil, io.EOF }

func (s shelf) Link(a kefu.Attachment) string {
	if a.SHA256 == "" {
		return ""
	}
	return "https://kefu.example/files/" + a.SHA256 + "/0/sig/" + url.PathEscape(a.Name)
}

func testDeps(t *testing.T) connector.Deps {
	t.Helper()
	client := safehttp.Operator(safehttp.Options{MaxBody: maxHistory + 1})
	t.Cleanup(client.CloseIdleConnections)
	return connector.Deps{
		Log: slog.New(slog.DiscardHandler), Now: testNow, Operator: client, Guarded: client,
		Files: shelf{err: kefu.Errorf(kefu.KindUnavailable, "not now")}, PublicURL: "https://kefu.example",
	}
}

func build(t *testing.T, deps connector.Deps, set map[string]any) *Connector {
	t.Helper()
	raw, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Factory{}.New(connector.Inbox{ID: "shop", Channel: Kind, Settings: raw}, deps)
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

// pair is a connector and its site, with ticket 33 opened.
func pair(t *testing.T, o fake.Options) (*Connector, *fake.Server) {
	t.Helper()
	site := fake.New(o)
	t.Cleanup(site.Close)
	if err := site.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	site.CustomerOpens(t.Context(), fake.Opening{ID: 33, Text: "初始"})
	return build(t, testDeps(t), map[string]any{"site_url": site.URL(), "username": "kefu", "application_password": fake.DefaultPassword}), site
}

func thread() connector.Thread { return connector.Thread{ExternalID: "33", Name: "#網站-客-0033"} }

// reply is a message of an agent's on its way to ticket 33, of which nothing equal was sent before.
func reply(text string, attachments ...kefu.Attachment) connector.Outbound {
	return connector.Outbound{
		DeliveryID: "dlv_1", Thread: thread(),
		Message: kefu.Message{ID: "msg_1", Author: kefu.Author{Kind: kefu.AuthorAgent, Name: "小美", Via: "Discord"},
			Content: kefu.Content{Type: kefu.ContentText, Text: text, Attachments: attachments}},
		SentBefore: func(string) (int, error) { return 0, nil },
	}
}

func hookRequest(path, body string, header ...string) *connector.Request {
	h := http.Header{"Content-Type": {"application/json"}}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		h.Set(name, value)
	}
	return &connector.Request{Method: http.MethodPost, Path: path, Header: h, Body: []byte(body), Client: netip.MustParseAddr("127.0.0.1"), Now: testNow()}
}
