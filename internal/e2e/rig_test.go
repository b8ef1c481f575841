package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu/internal/app"
	"kefu/internal/config"
	"kefu/internal/connect"
	"kefu/internal/fake/discord"
	"kefu/internal/fake/wordpress"
	"kefu/internal/storetest"
)

// patience is how long a test waits for what must come; it is never slept through.
const patience = 90 * time.Second

// settings are a part of the configuration, as a tree.
type settings map[string]any

// options are what differs between rigs.
type options struct {
	guild              discord.Options
	site               wordpress.Options
	shop, desk, config settings   // laid over the usual ones
	inbox              settings   // of the desk's inbox, beside its settings
	inboxes            []settings // beside the shop and the desk
	app                app.Options
	idle               bool          // the test starts the program by itself
	life               time.Duration // the longest that the test may take; 0 is four times patience
	unbalanced         bool          // the test ends with texts that were not delivered, and says so itself
}

// rig is the program between a simulated shop and a simulated Discord.
type rig struct {
	t     *testing.T
	ctx   context.Context
	o     options
	db    string // url of the database
	dir   string
	addr  string // of the doors; the same after a restart
	site  *wordpress.Server
	guild *discord.Server
	role  string // of staff
	amy   string // a member of staff
	notes string // channel of transcripts and alerts
	log   *logbook
	talk  *ledger
	stop  func() // ends the running program; nil when none runs
}

// each runs a test on both engines, beside the others.
func each(t *testing.T, fn func(t *testing.T, url string)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		t.Parallel()
		fn(t, url)
	})
}

// eachRig is each with a rig of these options.
func eachRig(t *testing.T, o options, fn func(r *rig)) {
	t.Helper()
	each(t, func(t *testing.T, url string) { fn(newRig(t, url, o)) })
}

// connections bounds the rigs on PostgreSQL: each has two dozen connections when it is busy, and the cluster 500 for everybody.
var connections = make(chan struct{}, 10)

// newRig starts the remotes and, unless it is to be idle, the program. Its end is part of the test: see verdict.
func newRig(t *testing.T, url string, o options) *rig {
	t.Helper()
	if strings.HasPrefix(url, "postgres") {
		connections <- struct{}{}
		t.Cleanup(func() { <-connections })
	}
	ctx, cancel := context.WithTimeout(context.Background(), cmp.Or(o.life, 4*patience)) // the verdict is given when t.Context has ended
	r := &rig{t: t, ctx: ctx, o: o, db: url, dir: t.TempDir(), addr: freeAddress(t), log: newLogbook(), talk: newLedger()}
	if r.o.guild.GuildName == "" {
		r.o.guild.GuildName = "龍之店"
	}
	r.site, r.guild = wordpress.New(r.o.site), discord.New(r.o.guild)
	for _, start := range []func(string) error{r.site.Start, r.guild.Start} {
		if err := start("127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	r.role = r.guild.AddRole("客服", discord.EveryonePermissions).ID
	r.amy = r.guild.AddMember("Amy", r.role).ID
	r.notes = r.guild.AddChannel(discord.Channel{Type: discord.TypeText, Name: "紀錄"}).ID
	r.site.SetHook(r.base())
	t.Cleanup(func() {
		r.verdict()
		cancel()
		r.halt()
		r.site.Close()
		if err := r.guild.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(r.log.String())
		}
	})
	if !o.idle {
		r.start()
	}
	return r
}

// in is the rig for a subtest.
func (r *rig) in(t *testing.T) *rig {
	sub := *r
	sub.t = t
	return &sub
}

// given are the addresses that rigs have: one whose program is between two starts must not lose its own to another.
var given sync.Map

// freeAddress finds a port below those that the system hands out by itself, so that it is still free after a restart.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 200 {
		addr := fmt.Sprintf("127.0.0.1:%d", 12000+rand.IntN(18000))
		if _, taken := given.LoadOrStore(addr, true); taken {
			continue
		}
		if l, err := net.Listen("tcp", addr); err == nil {
			_ = l.Close()
			return addr
		}
	}
	t.Fatal("no port is free")
	return ""
}

func (r *rig) base() string { return "http://" + r.addr }

// configuration is what an operator would write. JSON is YAML, and needs no care with quotes.
func (r *rig) configuration() []byte {
	shop := settings{"site_url": r.site.URL(), "username": "kefu", "application_password": wordpress.DefaultPassword, "default": true,
		"order_url": "https://shop.example/order?id={order_id}"}
	desk := settings{"token": r.guild.Token(), "api_url": r.guild.APIURL(), "guild_id": r.guild.GuildID(), "agent_roles": []string{r.role},
		"transcript_channel": r.notes}
	maps.Copy(shop, r.o.shop)
	maps.Copy(desk, r.o.desk)
	guild := settings{"id": "guild", "channel": "discord", "settings": desk}
	maps.Copy(guild, r.o.inbox)
	shops := settings{"id": "shop", "channel": "wordpress", "name": "龍之店", "settings": shop}
	c := settings{
		"listen": r.addr, "public_url": r.base(), "database": r.db, "data_dir": filepath.Join(r.dir, "data"),
		"egress":  settings{"allow": []string{"127.0.0.0/8"}},
		"inboxes": append([]settings{shops, guild}, r.o.inboxes...),
		"routes":  []settings{{"from": "shop", "to": []string{"guild"}}},
	}
	maps.Copy(c, r.o.config)
	raw, err := json.Marshal(c)
	if err != nil {
		r.t.Fatal(err)
	}
	return raw
}

// start builds and runs the program, and returns when its doors are open.
func (r *rig) start() {
	r.t.Helper()
	r.stop = r.run(r.configuration())
}

// run is start for a configuration of the test's own; the program ends with what it returns.
func (r *rig) run(raw []byte) (stop func()) {
	r.t.Helper()
	cfg, err := config.Parse("the test's configuration", raw, nil, connect.Descriptors())
	if err != nil {
		r.t.Fatal(err)
	}
	o := r.o.app
	o.Version, o.Log, o.Factories = "test", r.log.logger(), connect.All()
	a, err := app.New(r.ctx, cfg, o)
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.ctx))
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Errorf("the program ended with %v", err)
		}
		a.Close()
	}
}

// halt ends the program in order.
func (r *rig) halt() {
	if r.stop != nil {
		r.stop()
		r.stop = nil
	}
}

func (r *rig) restart() {
	r.t.Helper()
	r.halt()
	r.start()
}

// until waits for what must come.
func (r *rig) until(what string, cond func() bool) {
	r.t.Helper()
	if !wait(r.ctx, cond) {
		r.t.Fatalf("waited in vain until %s", what)
	}
}

// wait asks again and again; false when it took longer than patience.
func wait(ctx context.Context, cond func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return cond()
		}
	}
	return true
}

// ticket is a ticket of the site and its channel at the desk.
type ticket struct {
	id      int64
	channel string
}

func channelName(id int64) string { return fmt.Sprintf("網站-客-%04d", id) }

func firstText(id int64) string { return fmt.Sprintf("第 %d 單 顧客 0", id) }

// open has a customer open a ticket, and returns when its card is in Discord.
func (r *rig) open(id int64) ticket {
	r.t.Helper()
	r.create(id)
	return r.opened(id)
}

// create has a customer open a ticket; the hook must be taken.
func (r *rig) create(id int64) {
	r.t.Helper()
	r.talk.wrote(id, firstText(id))
	_, res := r.site.CustomerOpens(r.ctx, wordpress.Opening{ID: id, Text: firstText(id)})
	if res.Status != 200 {
		r.t.Fatalf("create was answered %d %s %v", res.Status, res.Body, res.Err)
	}
}

// opened waits for the ticket's channel and its card.
func (r *rig) opened(id int64) ticket {
	r.t.Helper()
	tk := ticket{id: id}
	r.until(fmt.Sprintf("ticket %d has a channel with its card", id), func() bool {
		ch, ok := r.guild.ChannelNamed(channelName(id))
		tk.channel = ch.ID
		return ok && len(r.bot(ch.ID)) > 0
	})
	return tk
}

// write has the customer write; the hook must be taken.
func (r *rig) write(id int64, text string) {
	r.t.Helper()
	r.talk.wrote(id, text)
	if res := r.site.CustomerWrites(r.ctx, id, text); res.Status != 200 {
		r.t.Fatalf("update was answered %d %s %v", res.Status, res.Body, res.Err)
	}
}

// lose has the customer write while the site's hook does not get through.
func (r *rig) lose(id int64, text string) {
	r.t.Helper()
	r.talk.wrote(id, text)
	if res := r.site.CustomerWrites(r.ctx, id, text); res.Status == 200 {
		r.t.Fatal("the hook was to be lost, and was taken")
	}
}

// say has staff write in the ticket's channel what goes to the customer.
func (r *rig) say(tk ticket, text string) discord.Message {
	r.t.Helper()
	r.talk.said(tk.id, text)
	return r.mutter(tk, text)
}

// mutter has staff write what does not go to the customer.
func (r *rig) mutter(tk ticket, text string) discord.Message {
	r.t.Helper()
	m, err := r.guild.Say(tk.channel, r.amy, text)
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

// bot are the living messages of the bot in a channel, oldest first.
func (r *rig) bot(channel string) []discord.Message {
	var list []discord.Message
	for _, m := range r.guild.Messages(channel) {
		if m.Author.ID == r.guild.BotID() && !m.Ephemeral {
			list = append(list, m)
		}
	}
	return list
}

// posted waits for a message of the bot that shows a text, and gives it.
func (r *rig) posted(channel, text string) discord.Message {
	r.t.Helper()
	var found discord.Message
	r.until(fmt.Sprintf("%q is posted", text), func() bool {
		for _, m := range r.bot(channel) {
			if shows(m, text) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// gone waits until a channel is not there any more.
func (r *rig) gone(channel string) {
	r.t.Helper()
	r.until("the channel is deleted", func() bool { ch, ok := r.guild.Channel(channel); return ok && ch.Deleted })
}

// shows tells whether a message has a text anywhere that people read.
func shows(m discord.Message, text string) bool { return strings.Contains(visible(m), text) }

// visible is all that people read of a message, without the marks that keep Markdown from being seen.
func visible(m discord.Message) string {
	lines := []string{m.Content}
	for _, e := range m.Embeds {
		if e.Author != nil {
			lines = append(lines, e.Author.Name)
		}
		lines = append(lines, e.Title, e.Description, e.URL)
		for _, f := range e.Fields {
			lines = append(lines, f.Name, f.Value)
		}
		if e.Footer != nil {
			lines = append(lines, e.Footer.Text)
		}
	}
	return unescaped(strings.Join(lines, "\n"))
}

func unescaped(text string) string { return strings.ReplaceAll(text, `\`, "") }

// bears tells whether the bot marked a message so.
func (r *rig) bears(id, emoji string) bool {
	for _, x := range r.guild.Reactions(id) {
		if x.Emoji.Name == emoji && x.Me {
			return true
		}
	}
	return false
}
