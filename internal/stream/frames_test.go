package stream

import (
	"strings"
	"testing"

	"kefu"
	"kefu/internal/switchboard"
)

// TestTheFramesOfTheSource drives the frames that were promised first, to the letter, and what goes with them.
func TestTheFramesOfTheSource(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		amy := r.agent("amy", kefu.RoleAdmin)
		conv, ken := r.talk("ken", switchboard.NewConversation{Content: "first"})
		staff := r.dial(amy)
		if f := staff.until(typeEvent, "status_change"); f.Position == nil || f.Data["agent_id"] != amy.ID || f.Data["status"] != "online" ||
			f.Data["timestamp"].(float64) < 1.6e9 || len(f.Data) != 3 {
			t.Errorf("connecting: %s", f.raw)
		}
		staff.live(r)
		visitor := r.dial(ken).live(r)

		visitor.send(`{"type":"ping"}`)
		pong := visitor.until(typePong, "")
		if pong.Timestamp < 1.6e9 || pong.Position == nil || *pong.Position == 0 {
			t.Errorf("pong: %s", pong.raw)
		}

		visitor.sendf(`{"type":"message","action":"send","data":{"from":%q,"to":%q,"content":"消息内容","timestamp":1635232823}}`, ken.ID, amy.ID)
		ack := visitor.until(typeAck, "")
		if ack.Data["conversation_id"] != string(conv.ID) || ack.Data["seq"].(float64) < 2 || !strings.HasPrefix(ack.Data["message_id"].(string), "msg_") {
			t.Errorf("ack: %s", ack.raw)
		}
		got := staff.until(typeMessage, "new")
		for got.Data["content_type"] == "event" { // the line of history that says who got it
			got = staff.until(typeMessage, "new")
		}
		want := map[string]any{"message_id": ack.Data["message_id"], "conversation_id": string(conv.ID), "seq": ack.Data["seq"], "from": ken.ID,
			"to": amy.ID, "content": "消息内容", "content_type": "text", "private": false}
		for name, v := range want {
			if got.Data[name] != v {
				t.Errorf("%s: %v, want %v", name, got.Data[name], v)
			}
		}
		if got.Position == nil || *got.Position <= *pong.Position || got.Data["timestamp"].(float64) < 1.6e9 || !strings.Contains(got.raw, "消息内容") {
			t.Errorf("message: %s", got.raw)
		}

		staff.sendf(`{"type":"message","action":"send","id":"a1","data":{"to":%q,"content":"answer"}}`, ken.ID)
		if ack := staff.until(typeAck, ""); ack.ID != "a1" || ack.Data["conversation_id"] != string(conv.ID) {
			t.Errorf("ack: %s", ack.raw)
		}
		if f := visitor.until(typeMessage, "new"); f.text() != "消息内容" { // their own, for their other windows
			t.Errorf("own: %s", f.raw)
		}
		if f := visitor.until(typeMessage, "new"); f.text() != "answer" || f.Data["from"] != amy.ID || f.Data["to"] != ken.ID {
			t.Errorf("answer: %s", f.raw)
		}
		staff.sendf(`{"type":"message","action":"send","data":{"to":%q,"content":"note","private":true}}`, conv.ID)
		staff.sendf(`{"type":"read","id":"r1","data":{"conversation_id":%q,"seq":2}}`, conv.ID)
		staff.send(`{"type":"status","action":"set","id":"s1","data":{"status":"busy"}}`)
		if f := staff.until(typeEvent, "status_change"); f.Data["status"] != "busy" {
			t.Errorf("status: %s", f.raw)
		}
		r.say(ken, conv.ID, "last")
		if said := visitor.texts("last"); len(said) != 1 {
			t.Errorf("the contact was shown %v", said)
		}
	})
}

func TestTheSameIDIsTheSameMessage(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		conv, ken := r.talk("ken", switchboard.NewConversation{})
		c := r.dial(ken)
		var first frame
		for i, stamp := range []int{1, 2, 2} {
			c.sendf(`{"type":"message","action":"send","id":"c1","data":{"to":%q,"content":"once","timestamp":%d}}`, conv.ID, stamp)
			ack := c.until(typeAck, "")
			if i == 0 {
				first = ack
			}
			if ack.Data["message_id"] != first.Data["message_id"] {
				t.Errorf("another message: %s", ack.raw)
			}
		}
		c.sendf(`{"type":"message","action":"send","id":"c1","data":{"to":%q,"content":"other"}}`, conv.ID)
		for {
			if f := c.read(); f.Type == typeError {
				if f.ID != "c1" || f.Error.Code != "conflict" {
					t.Errorf("%s", f.raw)
				}
				return
			}
		}
	})
}

func TestFramesAreRefusedInWords(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		amy := r.agent("amy", kefu.RoleAgent)
		conv, ken := r.talk("ken", switchboard.NewConversation{})
		other, _ := r.talk("other", switchboard.NewConversation{})
		reader := kefu.Caller{Kind: kefu.CallerClient, ID: "key_1", Scopes: []string{"messages:read"}}
		r.people.put(reader)
		tests := []struct {
			name     string
			by       kefu.Caller
			raw      string
			code, in string
		}{
			{"not JSON", ken, `{`, "malformed", "line 1"},
			{"not an object", ken, `[]`, "malformed", "object"},
			{"no type", ken, `{}`, "malformed", "type"},
			{"unknown type", ken, `{"type":"shout","id":"x"}`, "malformed", "no such frame"},
			{"unknown action", ken, `{"type":"message","action":"eat"}`, "malformed", "no such frame"},
			{"duplicate name", ken, `{"type":"ping","type":"ping"}`, "malformed", "twice"},
			{"U+0000", ken, `{"type":"message","action":"send","data":{"content":"\u0000"}}`, "malformed", ""},
			{"deep", ken, `{"type":"ping","data":` + strings.Repeat(`[`, 10000), "malformed", "64"},
			{"wrong kind", ken, `{"type":"message","action":"send","data":{"content":5}}`, "malformed", "content"},
			{"long id", ken, `{"type":"ping","id":"` + strings.Repeat("x", 300) + `"}`, "malformed", "id"},
			{"no data", ken, `{"type":"read"}`, "malformed", "object"},
			{"from another", ken, `{"type":"message","action":"send","data":{"from":"agt_x","content":"x"}}`, "invalid", "from"},
			{"to a stranger", ken, `{"type":"message","action":"send","data":{"to":"who","content":"x"}}`, "invalid", "to"},
			{"to a contact", ken, `{"type":"message","action":"send","data":{"to":"con_x","content":"x"}}`, "invalid", "to"},
			{"to nobody", amy, `{"type":"message","action":"send","data":{"content":"x"}}`, "invalid", "to"},
			{"another's", ken, `{"type":"message","action":"send","data":{"to":"` + string(other.ID) + `","content":"x"}}`, "not_found", ""},
			{"unseen", amy, `{"type":"message","action":"send","data":{"to":"` + string(conv.ID) + `","content":"x"}}`, "not_found", ""},
			{"unseen typing", amy, `{"type":"typing","action":"start","data":{"conversation_id":"` + string(conv.ID) + `"}}`, "not_found", ""},
			{"unseen read", amy, `{"type":"read","data":{"conversation_id":"` + string(conv.ID) + `","seq":1}}`, "not_found", ""},
			{"empty", ken, `{"type":"message","action":"send","data":{"content":""}}`, "invalid", ""},
			{"status of a contact", ken, `{"type":"status","action":"set","data":{"status":"online"}}`, "forbidden", "agents"},
			{"status word", amy, `{"type":"status","action":"set","data":{"status":"asleep"}}`, "invalid", "online, away, busy or offline"},
			{"scope", reader, `{"type":"message","action":"send","data":{"to":"` + string(conv.ID) + `","content":"x"}}`, "forbidden", "messages:write"},
			{"negative", ken, `{"type":"subscribe","data":{"since":-1}}`, "invalid", "since"},
			{"fraction", ken, `{"type":"subscribe","data":{"since":1.5}}`, "malformed", "since"},
			{"pattern", ken, `{"type":"subscribe","data":{"events":[""]}}`, "invalid", "events"},
		}
		for _, tt := range tests {
			c := r.dial(tt.by)
			c.send(tt.raw)
			f := c.read()
			for f.Type == typeEvent || f.Type == typeMessage {
				f = c.read()
			}
			if f.Error == nil || f.Error.Code != tt.code {
				t.Errorf("%s: %s", tt.name, f.raw)
			} else if !strings.Contains(f.raw, tt.in) {
				t.Errorf("%s: no %q in %s", tt.name, tt.in, f.raw)
			}
			_ = c.ws.CloseNow()
		}
	})
}

func TestPatternsChoose(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		amy := r.agent("amy", kefu.RoleAdmin)
		conv, ken := r.talk("ken", switchboard.NewConversation{})
		c := r.dial(amy).subscribed(`{"since":0,"events":["agent.*","message.received"]}`)
		r.say(amy, conv.ID, "sent")
		r.say(ken, conv.ID, "received")
		for {
			f := c.read()
			if f.Type == typeMessage {
				if f.text() != "received" {
					t.Errorf("not asked for: %s", f.raw)
				}
				return
			}
			if f.Action != "status_change" {
				t.Errorf("not asked for: %s", f.raw)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"type":"ping"}`, `{"type":"message","action":"send","id":"c1","data":{"from":"a","to":"b","content":"x","timestamp":1}}`,
		`{"type":"subscribe","data":{"since":1,"events":["*"]}}`, `{"type":"typing","action":"start","data":{"conversation_id":"cnv_1"}}`, `[]`, `{"type":1}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := parse(raw)
		if err != nil {
			if kefu.KindOf(err) != kefu.KindMalformed {
				t.Errorf("%v", err)
			}
			return
		}
		for _, v := range []any{&sendData{}, &subscribeData{}, &typingData{}, &readData{}, &statusData{}} {
			if err := decode(in.Data, v); err != nil && kefu.KindOf(err) != kefu.KindMalformed {
				t.Errorf("%v", err)
			}
		}
		if out := refusal(in.ID, err).encode(); len(out) == 0 {
			t.Error("no answer")
		}
	})
}
