package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/twilio"
)

// Who writes, and our number.
const (
	mobile = "+886912345678"
	hotway = "+12025550100"
)

// account is one Twilio beside a rig, as one inbox in which customers write.
type account struct {
	*twilio.Server
	inbox string
}

// phoneRig is a rig whose customers write by text message.
type phoneRig struct {
	*rig
	accounts []*account
}

// eachPhone runs a test on both engines, with an inbox of Twilio of each name. change edits the settings of the inboxes.
func eachPhone(t *testing.T, names []string, change func(settings), fn func(p *phoneRig)) {
	t.Helper()
	each(t, func(t *testing.T, url string) {
		p := newPhoneRig(t, url, names, change)
		p.start()
		fn(p)
	})
}

func newPhoneRig(t *testing.T, url string, names []string, change func(settings)) *phoneRig {
	t.Helper()
	p := &phoneRig{rig: newRig(t, url, options{idle: true})}
	c := p.settings()
	inboxes, routes := c["inboxes"].([]any), []any{settings{"from": "shop", "to": []string{"guild"}}}
	for _, name := range names {
		a := p.account(twilio.Options{AuthToken: "token-of-" + name, ServiceHook: p.base() + "/hooks/" + name}, name)
		set := a.settings()
		if change != nil {
			change(set)
		}
		inboxes = append(inboxes, settings{"id": name, "channel": "twilio", "name": name, "settings": set})
		routes = append(routes, settings{"from": name, "to": []string{"guild"}})
	}
	p.o.config = settings{"inboxes": inboxes, "routes": routes}
	return p
}

// settings are the rig's usual ones, as a tree.
func (p *phoneRig) settings() (c settings) {
	p.t.Helper()
	if err := json.Unmarshal(p.configuration(), &c); err != nil {
		p.t.Fatal(err)
	}
	return c
}

// account starts a Twilio.
func (p *phoneRig) account(o twilio.Options, inbox string) *account {
	p.t.Helper()
	a := &account{Server: twilio.New(o), inbox: inbox}
	if err := a.Start("127.0.0.1:0"); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		for _, v := range a.Violations() {
			p.t.Error(v)
		}
		if err := a.Close(); err != nil {
			p.t.Error(err)
		}
		if strings.Contains(p.log.String(), a.Options().AuthToken) {
			p.t.Error("the auth token is in the log")
		}
	})
	p.accounts = append(p.accounts, a)
	return a
}

func (a *account) settings() settings {
	o := a.Options()
	return settings{"account_sid": o.Account, "auth_token": o.AuthToken, "base_urls": settings{"conversations": a.URL(), "flex": a.URL(), "studio": a.URL(),
		"taskrouter": a.URL(), "api": a.URL(), "mcs": a.URL()}}
}

// placed waits for a text at the desk, and gives the channel where it is.
func (p *phoneRig) placed(text string) ticket {
	p.t.Helper()
	var tk ticket
	p.until("the desk reads "+text, func() bool {
		for _, m := range p.guild.Ledger() {
			if m.Author.ID == p.guild.BotID() && shows(m, text) {
				tk.channel = m.ChannelID
				return true
			}
		}
		return false
	})
	return tk
}

// reads waits until a phone has exactly these texts.
func (p *phoneRig) reads(a *account, theirs, ours string, want ...string) {
	p.t.Helper()
	var got []string
	if !wait(p.ctx, func() bool {
		got = nil
		for _, m := range a.Phone(theirs, ours) {
			got = append(got, m.Body)
		}
		return slices.Equal(got, want)
	}) {
		p.t.Fatalf("the phone has %.300q, want %.300q", got, want)
	}
}

func TestATextMessageIsAnsweredFromDiscord(t *testing.T) {
	eachPhone(t, []string{"sms"}, nil, func(p *phoneRig) {
		a := p.accounts[0]
		a.CustomerTexts(mobile, hotway, "我的訂單還沒到")
		tk := p.placed("我的訂單還沒到")
		p.mutter(tk, "您好，請問訂單編號？")
		p.reads(a, mobile, hotway, "您好，請問訂單編號？")
		p.mutter(tk, "// 這位是老客戶")
		for _, kind := range []twilio.FaultKind{twilio.HookDuplicate, twilio.HookReorder} {
			a.Inject(twilio.Fault{Kind: kind, Event: "onMessageAdded", Count: 1})
		}
		a.CustomerTexts(mobile, hotway, "8806")
		a.CustomerSends(mobile, hotway, "箱子壞了", "box.png", "image/png", []byte("\x89PNG\r\n\x1a\n0000"))
		p.posted(tk.channel, "8806")
		p.until("the picture is at the desk", func() bool {
			return slices.ContainsFunc(p.bot(tk.channel), func(m discord.Message) bool {
				return shows(m, "箱子壞了") && slices.ContainsFunc(m.Embeds, func(e discord.Embed) bool { return e.Image != nil })
			})
		})
		long := strings.Repeat("龍", 1600)
		p.slash(tk.channel, "reply", map[string]any{"text": "收到"})
		p.reads(a, mobile, hotway, "您好，請問訂單編號？", "收到")
		a.CustomerTexts(mobile, hotway, long)
		p.until("1,600 characters are at the desk", func() bool {
			n := 0
			for _, m := range p.bot(tk.channel) {
				n += strings.Count(visible(m), "龍")
			}
			return n == 1600
		})
		p.mutter(tk, long)
		p.reads(a, mobile, hotway, "您好，請問訂單編號？", "收到", long)
		if _, err := p.guild.Say(tk.channel, p.amy, "看這張", discord.File{Name: "map.png", ContentType: "image/png", Data: []byte("\x89PNG\r\n\x1a\n1111")}); err != nil {
			p.t.Fatal(err)
		}
		p.until("the phone has a link to the picture", func() bool {
			got := a.Phone(mobile, hotway)
			last := got[len(got)-1]
			return strings.Contains(last.Body, "看這張") && strings.Contains(last.Body, p.base()+"/files/") && last.File == nil
		})
		shown := a.Phone(mobile, hotway)[3].Body
		p.restart()
		a.CustomerTexts(mobile, hotway, "謝謝")
		p.posted(tk.channel, "謝謝")
		p.mutter(tk, "不客氣") // it listens again: a command that nobody hears is lost
		p.reads(a, mobile, hotway, "您好，請問訂單編號？", "收到", long, shown, "不客氣")
		p.slash(tk.channel, "close", map[string]any{"reason": "done"})
		p.until("the conversation is closed in Twilio", func() bool { return a.Conversations()[0].State == "closed" })
		a.CustomerTexts(mobile, hotway, "還有一件事")
		again := p.placed("還有一件事")
		p.mutter(again, "請說")
		p.reads(a, mobile, hotway, "您好，請問訂單編號？", "收到", long, shown, "不客氣", "請說")
		if n := len(a.Conversations()); n != 2 {
			p.t.Errorf("%d conversations in Twilio", n)
		}
		if strings.Contains(p.log.String(), "ticket_id="+"sms:") || !strings.Contains(p.log.String(), "ticket_id=#1") {
			p.t.Error("a ticket is called by a phone number in the log")
		}
	})
}

func TestWhatIsTextedWhileHooksAreLostIsFound(t *testing.T) {
	eachPhone(t, []string{"sms"}, func(s settings) { s["sweep_every"] = "1s" }, func(p *phoneRig) {
		a := p.accounts[0]
		lost := a.Inject(twilio.Fault{Kind: twilio.HookDrop})
		a.CustomerTexts(mobile, hotway, "沒有人聽見")
		p.placed("沒有人聽見")
		p.halt()
		a.CustomerTexts(mobile, hotway, "程式停著的時候")
		p.start()
		p.placed("程式停著的時候")
		lost()
	})
}

func TestStopAndStartOfAPhone(t *testing.T) {
	eachPhone(t, []string{"sms"}, nil, func(p *phoneRig) {
		a := p.accounts[0]
		a.CustomerTexts(mobile, hotway, "在嗎")
		tk := p.placed("在嗎")
		a.CustomerTexts(mobile, hotway, "STOP")
		p.posted(tk.channel, "takes no more messages")
		before := len(a.Requests())
		bad := p.mutter(tk, "收得到嗎？")
		p.until("staff see that it did not go", func() bool { return p.bears(bad.ID, "⚠️") })
		p.posted(tk.channel, "until they send START")
		for _, q := range a.Requests()[before:] {
			if q.Method == http.MethodPost {
				p.t.Errorf("Twilio was asked: %s %s", q.Method, q.Path)
			}
		}
		a.CustomerTexts(mobile, hotway, "START")
		p.posted(tk.channel, "takes messages again")
		p.mutter(tk, "現在呢？")
		p.reads(a, mobile, hotway, "現在呢？")
	})
}

func TestOneNumberInTwoInboxesIsTwoPeople(t *testing.T) {
	eachPhone(t, []string{"east", "west"}, nil, func(p *phoneRig) {
		east, west := p.accounts[0], p.accounts[1]
		east.CustomerTexts(mobile, hotway, "東區的問題")
		west.CustomerTexts(mobile, hotway, "西區的問題")
		a, b := p.placed("東區的問題"), p.placed("西區的問題")
		if a.channel == b.channel {
			p.t.Fatal("both are in one channel")
		}
		west.CustomerTexts(mobile, hotway, "STOP")
		p.posted(b.channel, "takes no more messages")
		p.mutter(a, "東區的回答")
		p.reads(east, mobile, hotway, "東區的回答")
		p.reads(west, mobile, hotway)
		for _, m := range append(p.bot(a.channel), p.bot(b.channel)...) {
			if m.ChannelID == a.channel && shows(m, "西區") || m.ChannelID == b.channel && shows(m, "東區") {
				p.t.Errorf("mixed: %s", visible(m))
			}
		}
	})
}

// proxied carries what is meant for the public address to the program, as a proxy does that cuts its own path off and writes its own Host.
type proxied struct{ public, inner string }

func (x proxied) RoundTrip(r *http.Request) (*http.Response, error) {
	if rest, ok := strings.CutPrefix(r.URL.String(), x.public); ok {
		u, err := url.Parse(x.inner + rest)
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.URL, r.Host = u, "kefu.internal:8000"
		r.Header.Set("X-Forwarded-Host", "evil.example")
	}
	return http.DefaultTransport.RoundTrip(r)
}

func TestSignaturesBehindAProxy(t *testing.T) {
	const public = "https://help.example/kefu"
	each(t, func(t *testing.T, url string) {
		p := newPhoneRig(t, url, nil, nil)
		client := &http.Client{Transport: proxied{public, p.base()}, Timeout: 10 * time.Second}
		a := p.account(twilio.Options{ServiceHook: public + "/hooks/sms", Client: client}, "sms")
		p.o.config["inboxes"] = append(p.o.config["inboxes"].([]any), settings{"id": "sms", "channel": "twilio", "settings": a.settings()})
		p.o.config["routes"] = append(p.o.config["routes"].([]any), settings{"from": "sms", "to": []string{"guild"}})
		p.o.config["public_url"] = public
		p.start()
		a.CustomerTexts(mobile, hotway, "隔著代理伺服器")
		p.placed("隔著代理伺服器")
		a.Inject(twilio.Fault{Kind: twilio.HookForged, Count: 2}) // a hook that is refused is not sent again
		a.CustomerTexts(mobile, hotway, "偽造的")
		p.until("all hooks were answered", a.Idle)
		for _, h := range a.SentHooks() {
			if want := map[bool]int{true: 401, false: 200}[strings.Contains(h.Body, "%E5%81%BD")]; h.Event == "onMessageAdded" && h.Status != want {
				p.t.Errorf("%s was answered %d, want %d: %s", h.Event, h.Status, want, h.Error)
			}
		}
		if strings.Contains(p.log.String(), "偽造的") {
			p.t.Error("customers' text is in the log")
		}
	})
}
