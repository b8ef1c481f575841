package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"kefu/internal/app"
	"kefu/internal/config"
	"kefu/internal/connect"
	"kefu/internal/fake/chatwoot"
	"kefu/internal/fake/discord"
	"kefu/internal/fake/twilio"
	"kefu/internal/fake/wordpress"
)

// stage is everything the show needs: the fakes, the real program, and a tap on each edge.
type stage struct {
	opt   Options
	line  *timeline
	site  *wordpress.Server
	guild *discord.Server
	front *tap // what others see of Kefu
	shop  *tap // the site as Kefu sees it
	desk  *tap // Discord's REST as Kefu sees it

	woot             *chatwoot.Server
	phones           *twilio.Server // texts of customers, and Flex
	wootCalls, calls *tap           // the two as Kefu sees them

	cast    cast
	played  played
	cleanup []func() error
}

// cast are those in Discord who take part.
type cast struct {
	role, agent string // ids
	agentName   string
	records     string // id of the channel for transcripts
	// Of the community: a member, their direct messages, and channels.
	member, dm, hall, bugs string
	member2, dm2           string // who is handed to Flex
}

// agentName is how staff are called in the show.
const agentName = "小龍"

func newStage(o Options) *stage {
	return &stage{opt: o, line: newTimeline(&printer{w: o.Out, lang: o.Lang, colour: o.Colour, width: o.Width})}
}

// say words something in the language of the show.
func (s *stage) say(w word, args ...any) string { return s.opt.Lang.say(w, args...) }

func (s *stage) later(fn func() error) { s.cleanup = append(s.cleanup, fn) }

// close ends everything, in the opposite order of building.
func (s *stage) close() error {
	var errs []error
	for _, end := range slices.Backward(s.cleanup) {
		errs = append(errs, end())
	}
	s.cleanup = nil
	return errors.Join(errs...)
}

// build sets everything up and starts the program; failed is called if that ends by itself.
func (s *stage) build(ctx context.Context, failed context.CancelCauseFunc) error {
	dir, err := os.MkdirTemp(s.opt.scratch, "kefu-demo-")
	if err != nil {
		return err
	}
	s.later(func() error { return os.RemoveAll(dir) })
	if err := s.fakes(); err != nil {
		return err
	}
	if err := s.taps(ctx); err != nil {
		return err
	}
	if s.opt.sabotage != nil {
		s.opt.sabotage(s.site, s.guild)
	}
	return s.program(ctx, dir, failed)
}

// fakes starts the counterparts and puts the cast into Discord.
func (s *stage) fakes() error {
	s.site = wordpress.New(wordpress.Options{})
	s.later(func() error { s.site.Close(); return nil })
	s.guild = discord.New(discord.Options{GuildName: "龍之店"})
	s.later(s.guild.Close)
	for _, start := range []func(string) error{s.site.Start, s.guild.Start} {
		if err := start("127.0.0.1:0"); err != nil {
			return err
		}
	}
	s.cast.role = s.guild.AddRole("客服", discord.EveryonePermissions).ID
	s.cast.agent, s.cast.agentName = s.guild.AddMember(agentName, s.cast.role).ID, agentName
	s.cast.records = s.guild.AddChannel(discord.Channel{Type: discord.TypeText, Name: "客服紀錄"}).ID
	return s.community()
}

// taps puts one on each edge. The front's target is not known yet: Kefu must know the front's address before it has its own.
func (s *stage) taps(ctx context.Context) error {
	s.front = &tap{line: s.line, shown: hookShown, make: frontCrossing}
	s.shop = &tap{line: s.line, shown: siteShown, make: siteCrossing}
	s.desk = &tap{line: s.line, shown: guildShown, make: s.guildCrossing}
	s.wootCalls = &tap{line: s.line, shown: restShown, make: wootCrossing}
	s.calls = &tap{line: s.line, shown: restShown, make: twilioCrossing}
	for _, t := range []*tap{s.front, s.shop, s.desk, s.wootCalls, s.calls} {
		s.later(func() error { t.close(); return nil })
		address := "127.0.0.1:0"
		if t == s.front {
			address = frontAddress(ctx, s.opt.Listen)
		}
		if err := t.open(ctx, address); err != nil {
			return fmt.Errorf("%w (another program may use the port: choose one with --listen)", err)
		}
	}
	if err := s.newFakes(); err != nil {
		return err
	}
	return errors.Join(s.shop.serve(s.site.URL()), s.desk.serve(s.guild.URL()), s.wootCalls.serve(s.woot.URL()), s.calls.serve(s.phones.URL()))
}

// frontAddress prefers port 8000: it is the one that source 000 prints.
func frontAddress(ctx context.Context, wanted string) string {
	if wanted != "" {
		return wanted
	}
	const usual = "127.0.0.1:8000"
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", usual)
	if err != nil {
		return "127.0.0.1:0"
	}
	_ = l.Close()
	return usual
}

// program builds the real Kefu and runs it beside the show.
func (s *stage) program(ctx context.Context, dir string, failed context.CancelCauseFunc) error {
	if err := teach(ctx, dir); err != nil {
		return err
	}
	raw, err := json.Marshal(s.configuration(dir)) // JSON is YAML, and needs no care with quotes
	if err != nil {
		return err
	}
	cfg, err := config.Parse("the demo's configuration", raw, nil, connect.Descriptors())
	if err != nil {
		return err
	}
	a, err := app.New(ctx, cfg, app.Options{Version: s.opt.Version, Log: s.opt.Log, Factories: connect.All()})
	if err != nil {
		return err
	}
	s.later(func() error { a.Close(); return nil })
	if err := s.front.serve("http://" + a.Addr()); err != nil {
		return err
	}
	s.site.SetHook(s.front.url())
	s.run(ctx, a, failed)
	return nil
}

// run lets the program outlive ctx until close: what is in flight is finished before its counterparts go.
func (s *stage) run(ctx context.Context, a *app.App, failed context.CancelCauseFunc) {
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() {
		err := a.Run(running)
		if err != nil {
			failed(fmt.Errorf("kefu stopped: %w", err))
		}
		ended <- err
	}()
	s.later(func() error { stop(); return <-ended })
}

// configuration is what an operator would write, as a tree.
func (s *stage) configuration(dir string) map[string]any {
	shop := map[string]any{
		"site_url": s.shop.url(), "username": "kefu", "application_password": wordpress.DefaultPassword, "default": true,
		"order_url": "https://shop.example/customer/order/detail?orderId={order_id}", "sweep_every": "5m",
	}
	guild := map[string]any{
		"token": s.guild.Token(), "api_url": s.desk.url() + discordPrefix, "guild_id": s.guild.GuildID(), "agent_roles": []string{s.cast.role},
		"transcript_channel": s.cast.records, "community": map[string]any{"bug_channel": s.cast.bugs, "cooldown": "0s"},
	}
	return map[string]any{
		"listen": "127.0.0.1:0", "public_url": s.front.url(), "trusted_proxies": []string{"127.0.0.1/32"},
		"database": databaseURL(dir), "data_dir": filepath.Join(dir, "data"),
		"egress": map[string]any{"allow": []string{"127.0.0.0/8"}},
		"inboxes": append(s.newInboxes(shop),
			map[string]any{"id": "shop", "channel": "wordpress", "name": "龍之店", "settings": shop},
			map[string]any{"id": "guild", "channel": "discord", "settings": guild},
		),
		"routes": append(newRoutes(), map[string]any{"from": "shop", "to": []string{"guild"}}, map[string]any{"from": "guild", "to": []string{"guild"}}),
	}
}

// order is what the shop knows of order 8806.
type order struct {
	OrderID     string `json:"order_id"`
	Status      string `json:"status"`
	CreatedAt   string `json:"created_at"`
	Items       []item `json:"items"`
	TotalAmount string `json:"total_amount"`
	ShippingFee string `json:"shipping_fee"`
	Currency    string `json:"currency"`
}

type item struct {
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
	Price    string `json:"price"`
}

const orderedThing = "龍紋保溫杯"

func order8806() order {
	return order{
		OrderID: "8806", Status: "processing", CreatedAt: time.Now().Add(-48 * time.Hour).UTC().Format(time.RFC3339), Currency: "TWD",
		Items:       []item{{Name: orderedThing, Quantity: 1, Price: "980"}, {Name: "烏龍茶禮盒", Quantity: 2, Price: "150"}},
		TotalAmount: "1340", ShippingFee: "60",
	}
}
