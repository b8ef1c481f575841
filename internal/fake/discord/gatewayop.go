package discord

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// commandsPerMinute is how many operations a bot may send before 4008.
const commandsPerMinute = 120

// handle answers one operation; the caller holds Server.mu.
func (c *conn) handle(raw []byte) {
	var in struct {
		Op int             `json:"op"`
		D  json.RawMessage `json:"d"`
	}
	if json.Unmarshal(raw, &in) != nil {
		c.push(frame{code: 4002})
		return
	}
	if c.tooMany() {
		c.s.w.violate("gateway-rate", "more than 120 gateway operations in a minute")
		c.push(frame{code: 4008})
		return
	}
	switch in.Op {
	case opHeartbeat:
		c.heartbeat()
	case opIdentify:
		c.identify(in.D)
	case opResume:
		c.resume(in.D)
	case opPresence, opVoice:
		if c.sess == nil {
			c.push(frame{code: 4003})
		}
	case opMembers:
		c.members(in.D)
	default:
		c.push(frame{code: 4001})
	}
	c.s.w.announce()
}

func (c *conn) tooMany() bool {
	now := time.Now()
	if now.Sub(c.window) >= time.Minute {
		c.window, c.counted = now, 0
	}
	c.counted++
	return c.counted > commandsPerMinute
}

func (c *conn) heartbeat() {
	if _, hit := c.s.faults.on(GatewaySilence, ""); hit {
		c.silent = true
	}
	if c.beat != nil {
		c.beat.Reset(c.patience())
	}
	if !c.silent {
		c.push(frame{op: opACK})
	}
}

// identity is the payload of IDENTIFY that the fake looks at.
type identity struct {
	Token   string `json:"token"`
	Intents *int   `json:"intents"`
	Shard   []int  `json:"shard"`
}

func (c *conn) identify(raw json.RawMessage) {
	var in identity
	w := c.s.w
	if json.Unmarshal(raw, &in) != nil {
		c.push(frame{code: 4002})
		return
	}
	c.info.Login = "identify"
	if f, hit := c.s.faults.on(GatewayIdentifyClose, ""); hit {
		c.push(frame{code: f.Code, cut: f.Code == 0})
		return
	}
	if code := c.refuse(in); code != 0 {
		c.push(frame{code: code})
		return
	}
	if w.starts.remaining <= 0 {
		w.violate("session-starts", "IDENTIFY with no session starts left; Discord resets the token for this")
		c.push(frame{op: opInvalid, d: false})
		return
	}
	w.starts.remaining--
	if f, hit := c.s.faults.on(GatewayLateReady, ""); hit {
		c.ready = time.AfterFunc(f.Delay, func() { c.readyLater(*in.Intents) })
		return
	}
	c.login(*in.Intents)
}

// refuse is the close code for an identity that is not taken, else 0.
func (c *conn) refuse(in identity) int {
	switch {
	case c.sess != nil:
		return 4005
	case strings.TrimPrefix(in.Token, "Bot ") != c.s.opt.Token:
		return 4004
	case len(in.Shard) == 2 && in.Shard[0] >= in.Shard[1]:
		return 4010
	case in.Intents == nil || *in.Intents < 0 || *in.Intents >= 1<<27:
		return 4013
	case *in.Intents&intentContent != 0 && c.s.opt.ContentIntentOff,
		*in.Intents&intentMembers != 0 && c.s.opt.MembersIntentOff:
		return 4014
	}
	return 0
}

func (c *conn) readyLater(intents int) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.info.Open && c.sess == nil {
		c.login(intents)
	}
}

// login starts a session: READY, then the guild.
func (c *conn) login(intents int) {
	w := c.s.w
	sess := w.newSession(intents)
	sess.attach(c, 1)
	ready := map[string]any{
		"v": json.RawMessage(strings.TrimPrefix(c.info.Version, "v")), "user": w.user(w.botID), "session_id": sess.id,
		"guilds":             []any{map[string]any{"id": w.guildID, "unavailable": true}},
		"resume_gateway_url": c.s.wsURL(resumePath), "session_type": "normal", "shard": []int{0, 1},
		"application": map[string]any{"id": w.appID, "flags": w.appFlags()}, "private_channels": []any{},
		"relationships": []any{}, "presences": []any{}, "guild_join_requests": []any{}, "user_settings": map[string]any{},
		"geo_ordered_rtc_regions": []string{}, "_trace": []string{"fake"},
	}
	sess.deliver(w, event{"READY", encode(ready)})
	if intents&intentGuilds != 0 {
		sess.deliver(w, event{"GUILD_CREATE", encode(w.guildCreate())})
	}
	c.afterLogin()
}

func (c *conn) afterLogin() {
	if _, hit := c.s.faults.on(GatewayReconnect, ""); hit {
		c.push(frame{op: opReconnect})
	}
}

// encode writes one of our own values, which cannot fail.
func encode(v any) json.RawMessage {
	raw, _ := json.Marshal(v) //nolint:errchkjson // the caller's own structs, maps and lists
	return raw
}

func (c *conn) resume(raw json.RawMessage) {
	var in struct {
		Token     string `json:"token"`
		SessionID string `json:"session_id"`
		Seq       int64  `json:"seq"`
	}
	if json.Unmarshal(raw, &in) != nil {
		c.push(frame{code: 4002})
		return
	}
	w := c.s.w
	c.info.Login, c.info.SessionID, c.info.Sequence = "resume", in.SessionID, in.Seq
	if c.info.Path != resumePath {
		w.violate("resume-url", fmt.Sprintf("RESUME on %s: use resume_gateway_url", c.info.Path))
	}
	if c.resumeFault() {
		return
	}
	w.expireSessions()
	sess := w.sessions[in.SessionID]
	switch {
	case strings.TrimPrefix(in.Token, "Bot ") != c.s.opt.Token:
		c.push(frame{code: 4004})
	case c.sess != nil:
		c.push(frame{code: 4005})
	case sess == nil || in.Seq+1 < sess.first:
		c.push(frame{op: opInvalid, d: false})
	case in.Seq >= sess.next():
		c.push(frame{code: 4007})
	default:
		sess.attach(c, in.Seq+1)
		sess.deliver(w, event{"RESUMED", encode(map[string]any{"_trace": []string{"fake"}})})
		c.afterLogin()
	}
}

// resumeFault answers RESUME wrongly when a fault says so.
func (c *conn) resumeFault() bool {
	if _, hit := c.s.faults.on(GatewayResumeOp7, ""); hit {
		c.push(frame{op: opReconnect})
		return true
	}
	if f, hit := c.s.faults.on(GatewayResumeInvalid, ""); hit {
		if !f.Resumable {
			delete(c.s.w.sessions, c.info.SessionID)
		}
		c.push(frame{op: opInvalid, d: f.Resumable})
		return true
	}
	if f, hit := c.s.faults.on(GatewayResumeClose, ""); hit {
		c.push(frame{code: f.Code, cut: f.Code == 0})
		return true
	}
	return false
}

// members answers REQUEST_GUILD_MEMBERS in one chunk.
func (c *conn) members(raw json.RawMessage) {
	var in struct {
		Nonce string `json:"nonce"`
	}
	if c.sess == nil || json.Unmarshal(raw, &in) != nil {
		c.push(frame{code: 4003})
		return
	}
	c.sess.deliver(c.s.w, event{"GUILD_MEMBERS_CHUNK", encode(map[string]any{
		"guild_id": c.s.w.guildID, "members": c.s.w.memberList(), "chunk_index": 0, "chunk_count": 1, "nonce": in.Nonce,
	})})
}
