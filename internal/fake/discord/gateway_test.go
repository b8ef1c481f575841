package discord_test

import (
	"compress/zlib"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"kefu/internal/fake/discord"
)

const (
	guilds   = 1 << 0
	messages = 1 << 9
	content  = 1 << 15
)

// socket is a bare gateway client.
type socket struct {
	t  *testing.T
	ws *websocket.Conn
}

type packet struct {
	Op int             `json:"op"`
	D  json.RawMessage `json:"d"`
	S  int64           `json:"s"`
	T  string          `json:"t"`
}

// limited bounds a wait.
func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// open opens a socket at an address of the server.
func open(t *testing.T, s *discord.Server, at string) (*websocket.Conn, error) {
	ws, _, err := websocket.Dial(limited(t), "ws"+strings.TrimPrefix(s.URL(), "http")+at, nil) //nolint:bodyclose // the library closes it
	return ws, err
}

func dial(t *testing.T, s *discord.Server, path string) *socket {
	t.Helper()
	ws, err := open(t, s, path+"/?v=10&encoding=json")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.CloseNow() })
	ws.SetReadLimit(1 << 20)
	return &socket{t, ws}
}

func (k *socket) send(op int, d any) {
	k.t.Helper()
	raw, _ := json.Marshal(obj{"op": op, "d": d})
	if err := k.ws.Write(limited(k.t), websocket.MessageText, raw); err != nil {
		k.t.Fatal(err)
	}
}

func (k *socket) next() packet {
	k.t.Helper()
	_, raw, err := k.ws.Read(limited(k.t))
	if err != nil {
		k.t.Fatalf("gateway: %v", err)
	}
	var p packet
	if err := json.Unmarshal(raw, &p); err != nil {
		k.t.Fatalf("%s: %v", raw, err)
	}
	return p
}

// op skips to a packet of this operation.
func (k *socket) op(op int) packet {
	k.t.Helper()
	for {
		if p := k.next(); p.Op == op {
			return p
		}
	}
}

// event skips to an event of this type.
func (k *socket) event(typ string) packet {
	k.t.Helper()
	for {
		if p := k.next(); p.T == typ {
			return p
		}
	}
}

// closed reads until the gateway closes, and returns the code.
func (k *socket) closed() int {
	k.t.Helper()
	for {
		if _, _, err := k.ws.Read(limited(k.t)); err != nil {
			return int(websocket.CloseStatus(err))
		}
	}
}

type ready struct {
	SessionID string `json:"session_id"`
	Resume    string `json:"resume_gateway_url"`
}

// login identifies and skips to the end of the guild's arrival.
func login(t *testing.T, s *discord.Server, intents int) (*socket, ready) {
	t.Helper()
	k := dial(t, s, "/gateway")
	k.op(10)
	k.send(2, obj{"token": s.Token(), "intents": intents, "properties": obj{}})
	var r ready
	if err := json.Unmarshal(k.event("READY").D, &r); err != nil {
		t.Fatal(err)
	}
	k.event("GUILD_CREATE")
	return k, r
}

func resume(t *testing.T, s *discord.Server, path, id string, seq int64) *socket {
	t.Helper()
	k := dial(t, s, path)
	k.op(10)
	k.send(6, obj{"token": s.Token(), "session_id": id, "seq": seq})
	return k
}

func words(p packet) string {
	var m discord.Message
	_ = json.Unmarshal(p.D, &m)
	return m.Content
}

func say(t *testing.T, s *discord.Server, memberID, text string) {
	t.Helper()
	if _, err := s.Say(general(t, s), memberID, text); err != nil {
		t.Fatal(err)
	}
}

func TestResumeReplays(t *testing.T) {
	s := start(t, discord.Options{})
	who := s.AddMember("Lin").ID
	k, r := login(t, s, guilds|messages|content)
	say(t, s, who, "seen")
	seq := k.event("MESSAGE_CREATE").S
	s.CloseGateway(0)
	if code := k.closed(); code != -1 {
		t.Errorf("a cut socket closed with %d", code)
	}
	say(t, s, who, "missed 1")
	say(t, s, who, "missed 2")
	k = resume(t, s, "/gateway/resume", r.SessionID, seq)
	for i, want := range []string{"missed 1", "missed 2"} {
		if p := k.next(); words(p) != want || p.S != seq+1+int64(i) {
			t.Errorf("replayed %q with %d, want %q", words(p), p.S, want)
		}
	}
	if p := k.next(); p.T != "RESUMED" {
		t.Errorf("after the replay came %+v", p)
	}
	if v := s.Violations(); len(v) != 0 {
		t.Errorf("violations %+v", v)
	}
}

func TestResumeRules(t *testing.T) {
	s := start(t, discord.Options{})
	k, r := login(t, s, guilds)
	s.CloseGateway(4000)
	if code := k.closed(); code != 4000 {
		t.Errorf("closed with %d", code)
	}
	k = resume(t, s, "/gateway", r.SessionID, 2)
	k.event("RESUMED")
	if v := s.Violations(); len(v) != 1 || v[0].Rule != "resume-url" {
		t.Errorf("resuming on the main address: %+v", v)
	}
	if code := resume(t, s, "/gateway/resume", r.SessionID, 99).closed(); code != 4007 {
		t.Errorf("a future sequence closed with %d", code)
	}
	if p := resume(t, s, "/gateway/resume", "unknown", 1).op(9); string(p.D) != "false" {
		t.Errorf("unknown session: op 9 %s", p.D)
	}
	// A goodbye with 1000 gives the session up.
	_ = k.ws.Close(1000, "")
	if err := s.WaitFor(limited(t), func() bool { return !s.Connections()[1].Open }); err != nil {
		t.Fatal(err)
	}
	if p := resume(t, s, "/gateway/resume", r.SessionID, 2).op(9); string(p.D) != "false" {
		t.Errorf("after a goodbye: op 9 %s", p.D)
	}
}

func TestIdentifyRules(t *testing.T) {
	s := start(t, discord.Options{ContentIntentOff: true})
	for name, c := range map[string]struct {
		d    obj
		code int
	}{
		"wrong token":        {obj{"token": "x", "intents": 1}, 4004},
		"no intents":         {obj{"token": s.Token()}, 4013},
		"privileged intent":  {obj{"token": s.Token(), "intents": guilds | content}, 4014},
		"shard out of range": {obj{"token": s.Token(), "intents": 1, "shard": []int{1, 1}}, 4010},
	} {
		k := dial(t, s, "/gateway")
		k.op(10)
		k.send(2, c.d)
		if code := k.closed(); code != c.code {
			t.Errorf("%s closed with %d, want %d", name, code, c.code)
		}
	}
	k := dial(t, s, "/gateway")
	k.send(99, nil)
	if code := k.closed(); code != 4001 {
		t.Errorf("unknown operation closed with %d", code)
	}
}

func TestContentIntent(t *testing.T) {
	s := start(t, discord.Options{ContentIntentOff: true})
	who := s.AddMember("Lin")
	k, _ := login(t, s, guilds|messages)
	say(t, s, who.ID, "private words")
	if got := words(k.event("MESSAGE_CREATE")); got != "" {
		t.Errorf("without the intent the bot reads %q", got)
	}
	say(t, s, who.ID, "hey <@"+s.BotID()+">")
	if got := words(k.event("MESSAGE_CREATE")); got == "" {
		t.Error("a mention of the bot is blank")
	}
	b := newBot(t, s)
	var list []discord.Message
	_ = json.Unmarshal(b.do("GET", "/channels/"+general(t, s)+"/messages", nil).Raw, &list)
	if len(list) != 2 || list[1].Content != "" {
		t.Errorf("history without the intent: %+v", list)
	}
	b.must("POST", "/channels/"+general(t, s)+"/messages", obj{"content": "mine", "nonce": "n1"})
	p := k.event("MESSAGE_CREATE")
	var m discord.Message
	if _ = json.Unmarshal(p.D, &m); m.Content != "mine" || m.Nonce != "n1" || m.GuildID != s.GuildID() {
		t.Errorf("the bot's own echo: %s", p.D)
	}
}

func TestHiddenChannelsStayHidden(t *testing.T) {
	s := start(t, discord.Options{})
	k, _ := login(t, s, guilds)
	s.AddChannel(discord.Channel{Name: "secret", Overwrites: []discord.Overwrite{{ID: s.GuildID(), Deny: discord.ViewChannel}}})
	open := s.AddChannel(discord.Channel{Name: "open"})
	var c discord.Channel
	if _ = json.Unmarshal(k.event("CHANNEL_CREATE").D, &c); c.ID != open.ID {
		t.Errorf("the bot heard of %q", c.Name)
	}
}

func TestGatewayFaults(t *testing.T) {
	t.Run("refuse", func(t *testing.T) {
		s := start(t, discord.Options{})
		s.InjectGateway(discord.GatewayFault{Kind: discord.GatewayRefuse, Count: 1})
		if _, err := open(t, s, "/gateway?v=10"); err == nil {
			t.Error("connected")
		}
		login(t, s, guilds)
	})
	t.Run("silence", func(t *testing.T) {
		s := start(t, discord.Options{})
		k, r := login(t, s, guilds|messages|content)
		k.send(1, 2)
		k.op(11)
		s.InjectGateway(discord.GatewayFault{Kind: discord.GatewaySilence, Count: 1})
		k.send(1, 2)
		if err := s.WaitFor(limited(t), func() bool { return s.SilentForTest() }); err != nil {
			t.Fatal(err)
		}
		say(t, s, s.AddMember("Lin").ID, "unheard")
		k2 := resume(t, s, "/gateway/resume", r.SessionID, 2)
		if got := words(k2.event("MESSAGE_CREATE")); got != "unheard" {
			t.Errorf("resumed with %q", got)
		}
		if code := k.closed(); code != -1 {
			t.Errorf("the silent connection closed with %d", code)
		}
	})
	t.Run("late ready", func(t *testing.T) {
		s := start(t, discord.Options{})
		s.InjectGateway(discord.GatewayFault{Kind: discord.GatewayLateReady, Count: 1, Delay: 50 * time.Millisecond})
		k := dial(t, s, "/gateway")
		k.op(10)
		k.send(2, obj{"token": s.Token(), "intents": guilds})
		k.send(1, nil)
		if p := k.next(); p.Op != 11 {
			t.Errorf("before READY came %+v, want the ACK", p)
		}
		k.event("READY")
	})
	t.Run("reconnect, twice", func(t *testing.T) {
		s := start(t, discord.Options{})
		s.InjectGateway(discord.GatewayFault{Kind: discord.GatewayReconnect, Count: 1})
		s.InjectGateway(discord.GatewayFault{Kind: discord.GatewayResumeOp7, Count: 1})
		k, r := login(t, s, guilds)
		k.op(7)
		resume(t, s, "/gateway/resume", r.SessionID, 2).op(7)
		resume(t, s, "/gateway/resume", r.SessionID, 2).event("RESUMED")
	})
	t.Run("invalid session", func(t *testing.T) {
		s := start(t, discord.Options{})
		_, r := login(t, s, guilds)
		s.InjectGateway(discord.GatewayFault{Kind: discord.GatewayResumeInvalid, Count: 1, Resumable: true})
		if p := resume(t, s, "/gateway/resume", r.SessionID, 2).op(9); string(p.D) != "true" {
			t.Errorf("op 9 %s", p.D)
		}
		resume(t, s, "/gateway/resume", r.SessionID, 2).event("RESUMED")
		s.InjectGateway(discord.GatewayFault{Kind: discord.GatewayResumeInvalid, Count: 1})
		resume(t, s, "/gateway/resume", r.SessionID, 2).op(9)
		if p := resume(t, s, "/gateway/resume", r.SessionID, 2).op(9); string(p.D) != "false" {
			t.Errorf("a forgotten session: op 9 %s", p.D)
		}
	})
	t.Run("fatal close", func(t *testing.T) {
		s := start(t, discord.Options{})
		s.InjectGateway(discord.GatewayFault{Kind: discord.GatewayIdentifyClose, Count: 1, Code: 4014})
		k := dial(t, s, "/gateway")
		k.op(10)
		k.send(2, obj{"token": s.Token(), "intents": guilds})
		if code := k.closed(); code != 4014 {
			t.Errorf("closed with %d", code)
		}
		if c := s.Connections(); c[0].Code != 4014 || c[0].Login != "identify" {
			t.Errorf("connection %+v", c[0])
		}
	})
	t.Run("duplicate and reorder", func(t *testing.T) {
		s := start(t, discord.Options{})
		who := s.AddMember("Lin").ID
		k, _ := login(t, s, guilds|messages|content)
		s.InjectGateway(discord.GatewayFault{Kind: discord.GatewayDuplicate, Count: 1, Event: "MESSAGE_CREATE"})
		say(t, s, who, "twice")
		first, second := k.event("MESSAGE_CREATE"), k.event("MESSAGE_CREATE")
		if words(first) != "twice" || words(second) != "twice" || second.S != first.S+1 {
			t.Errorf("doubled: %+v %+v", first, second)
		}
		s.InjectGateway(discord.GatewayFault{Kind: discord.GatewayReorder, Count: 1})
		say(t, s, who, "first")
		say(t, s, who, "second")
		if a, b := words(k.event("MESSAGE_CREATE")), words(k.event("MESSAGE_CREATE")); a != "second" || b != "first" {
			t.Errorf("order %q, %q", a, b)
		}
	})
}

func TestHeartbeatsAreWatched(t *testing.T) {
	s := start(t, discord.Options{HeartbeatInterval: time.Millisecond})
	k, _ := login(t, s, guilds)
	if code := k.closed(); code != 4009 {
		t.Errorf("without heartbeats closed with %d", code)
	}
	if v := s.Violations(); len(v) != 1 || v[0].Rule != "heartbeat" {
		t.Errorf("violations %+v", v)
	}
}

func TestSessionStarts(t *testing.T) {
	s := start(t, discord.Options{})
	s.SetSessionStarts(1, time.Hour)
	b := newBot(t, s)
	login(t, s, guilds)
	limit := b.do("GET", "/gateway/bot", nil).JSON["session_start_limit"].(obj)
	if limit["remaining"] != 0.0 || limit["reset_after"] != 3600000.0 {
		t.Errorf("session_start_limit %v", limit)
	}
	k := dial(t, s, "/gateway")
	k.op(10)
	k.send(2, obj{"token": s.Token(), "intents": guilds})
	k.op(9)
	if v := s.Violations(); len(v) != 1 || v[0].Rule != "session-starts" {
		t.Errorf("violations %+v", v)
	}
}

// TestNoNullLists: discord.js fails on null where Discord sends an empty list.
func TestNoNullLists(t *testing.T) {
	s := start(t, discord.Options{})
	who := s.AddMember("Lin").ID
	k, _ := login(t, s, guilds|messages|content)
	say(t, s, who, "plain")
	raw := string(k.event("MESSAGE_CREATE").D)
	for _, list := range []string{"embeds", "attachments", "components", "mentions", "mention_roles", "roles"} {
		if !strings.Contains(raw, `"`+list+`":[]`) {
			t.Errorf("%s is no empty list in %s", list, raw)
		}
	}
	s.AddChannel(discord.Channel{Name: "bare"})
	if raw := string(k.event("CHANNEL_CREATE").D); !strings.Contains(raw, `"permission_overwrites":[]`) || !strings.Contains(raw, `"parent_id":null`) {
		t.Errorf("channel %s", raw)
	}
}

// TestZlibStream: discord.py speaks nothing else.
func TestZlibStream(t *testing.T) {
	s := start(t, discord.Options{})
	ws, err := open(t, s, "/gateway?v=10&compress=zlib-stream")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.CloseNow() })
	packed := websocket.NetConn(limited(t), ws, websocket.MessageBinary)
	plain, err := zlib.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	in := json.NewDecoder(plain)
	for _, want := range []int{10, 11} {
		var p packet
		if err := in.Decode(&p); err != nil || p.Op != want {
			t.Fatalf("got %+v, %v; want op %d", p, err, want)
		}
		if err := ws.Write(limited(t), websocket.MessageText, []byte(`{"op":1,"d":null}`)); err != nil {
			t.Fatal(err)
		}
	}
}
