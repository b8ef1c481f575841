package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"kefu/client"
	"kefu/internal/fake/chatwoot"
	"kefu/internal/fake/discord"
	"kefu/internal/fake/twilio"
)

// hub is one program with an inbox of every channel, as customers' side and as desk.
type hub struct {
	*village
	admin   *client.Client // a program that may do everything
	agent   *client.Agent
	asAgent *client.Client
	heard   *listener // all that the agent's line tells
	album   *album
	woot    *chatwoot.Server
	phones  *twilio.Server
}

// hubNumber is ours, which customers write text messages to.
const hubNumber = "+12025550100"

// wootToken is an administrator's of the simulated Chatwoot.
const wootToken = "user-token"

// hubSweep is how often remotes are asked for what no hook told: tests lose hooks.
const hubSweep = "2s"

// newHub starts the remotes; the program is started by the test, which then moves in.
func newHub(t *testing.T, url string) *hub {
	t.Helper()
	v := newVillage(t, url, plan{idle: true, options: options{guild: discord.Options{RequestRing: 100_000}, shop: settings{"sweep_every": hubSweep}},
		config: settings{"routes": routeList()}})
	v.o.desk["on_close"] = "archive"
	h := &hub{village: v, album: newAlbum(t)}
	h.o.inboxes = slices.Concat([]settings{{"id": "api", "channel": "api"}}, h.chatwoot(), h.twilio())
	return h
}

// chatwoot starts a Chatwoot that is an inbox of customers and a desk.
func (h *hub) chatwoot() (inboxes []settings) {
	h.t.Helper()
	h.woot = chatwoot.New(chatwoot.Options{})
	if err := h.woot.Start("127.0.0.1:0"); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		if err := h.woot.Close(); err != nil {
			h.t.Error(err)
		}
	})
	for id, inbox := range map[string]int64{"widget": chatwoot.WebInbox, "woot": chatwoot.APIInbox} {
		inboxes = append(inboxes, settings{"id": id, "channel": "chatwoot", "settings": settings{"url": h.woot.URL(), "account_id": "1", "inbox_id": fmt.Sprint(inbox),
			"api_token": wootToken, "hook_secret": h.woot.AddWebhook(h.base()+"/hooks/"+id, ""), "sweep_every": hubSweep}})
	}
	return inboxes
}

// twilio starts a Twilio whose numbers customers write to, and whose Flex is a desk.
func (h *hub) twilio() (inboxes []settings) {
	h.t.Helper()
	h.phones = twilio.New(twilio.Options{ServiceHook: h.base() + "/hooks/phone", RequestRing: 100_000})
	if err := h.phones.Start("127.0.0.1:0"); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		for _, v := range h.phones.Violations() {
			h.t.Error("broke a rule of Twilio: " + v)
		}
		if err := h.phones.Close(); err != nil {
			h.t.Error(err)
		}
	})
	o, at := h.phones.Options(), settings{}
	for _, service := range []string{"conversations", "flex", "studio", "taskrouter", "api", "mcs"} {
		at[service] = h.phones.URL()
	}
	account := settings{"account_sid": o.Account, "auth_token": o.AuthToken, "service_sid": o.Service, "base_urls": at, "sweep_every": hubSweep}
	desk := maps.Clone(account)
	desk["workspace_sid"], desk["workflow_sid"] = o.Workspace, o.Workflow
	account["numbers"] = []string{hubNumber}
	return []settings{{"id": "phone", "channel": "twilio", "settings": account}, {"id": "flex", "channel": "twilio", "settings": desk}}
}

// routes say to which desks a talk comes by itself. The others are given it, and are shown then what was said before.
func routes() map[string][]string {
	return map[string][]string{"shop": {"guild", "woot", "flex"}, "guild": {"guild", "woot"}, "widget": {"guild", "woot"}, "phone": {"guild", "flex"}, "api": {"guild"}}
}

func routeList() (list []settings) {
	for from, to := range routes() {
		list = append(list, settings{"from": from, "to": to})
	}
	return list
}

// moveIn readies a hub whose program runs.
func (h *hub) moveIn() {
	h.t.Helper()
	h.village.moveIn()
	for _, command := range []string{"close", "reopen"} {
		h.registered(command)
	}
	h.admin = h.as(client.WithKey(h.key))
	h.agent, h.asAgent = h.staff(h.admin, "mei", "admin")
	line := h.asAgent.Listen(h.ctx, client.StreamOptions{})
	h.t.Cleanup(line.Close)
	h.heard = h.hear(line)
}

// album makes pictures and shows them to whoever has the address.
type album struct {
	server *httptest.Server
	count  atomic.Int64
	mu     sync.Mutex
	shown  map[string][]byte // by address, ours and those that were fetched
}

func newAlbum(t *testing.T) *album {
	a := &album{shown: map[string][]byte{}}
	a.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if data := a.at(a.server.URL + q.URL.Path); data != nil {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(data)
			return
		}
		http.NotFound(w, q)
	}))
	t.Cleanup(a.server.Close)
	return a
}

func (a *album) at(address string) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.shown[address]
}

func (a *album) keep(address string, data []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.shown[address] = data
}

// next is a picture that nobody has sent yet.
func (a *album) next() picture {
	n := a.count.Add(1)
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	img.Set(0, 0, color.RGBA{R: uint8(n), G: uint8(n >> 8), B: 7, A: 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // a buffer takes everything
	}
	p := picture{name: fmt.Sprintf("picture%04d.png", n), data: b.Bytes()}
	p.url = a.server.URL + "/" + p.name
	a.keep(p.url, p.data)
	return p
}

// has tells whether a picture is among what was shown, in a file or behind an address.
func (h *hub) has(list []piece, p picture) bool {
	return slices.ContainsFunc(list, func(one piece) bool {
		return slices.ContainsFunc(one.files, func(data []byte) bool { return bytes.Equal(data, p.data) }) ||
			slices.ContainsFunc(one.addresses(), func(to string) bool { return bytes.Equal(h.fetched(to), p.data) })
	})
}

// fetched is what is behind an address, fetched once; nil while nothing is.
func (h *hub) fetched(address string) []byte {
	if strings.HasPrefix(address, "/") {
		address = h.base() + address
	}
	if data := h.album.at(address); data != nil {
		return data
	}
	page := fetch(address)
	if page.status != http.StatusOK {
		return nil
	}
	h.album.keep(address, []byte(page.body))
	return []byte(page.body)
}
