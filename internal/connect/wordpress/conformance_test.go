package wordpress

import (
	"strconv"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/connectortest"
	fake "kefu/internal/fake/wordpress"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, connectortest.Harness{
		Factory: Factory{},
		Start:   conformanceSite,
		Address: "site_url",
		Every: map[string]any{
			"site_url": "https://shop.example", "username": "every", "application_password": "wxyz WXYZ 9876", "hook_secret": "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=",
			"allow_unsigned_from": []string{"10.0.0.0/8"}, "default": true, "order_url": "https://shop.example/order?id={order_id}", "sweep_every": "90s",
			"currency": "CNY", "time_zone": "Asia/Shanghai",
		},
		Settings:  func(c connector.Connector) any { return c.(*Connector).set },
		Denied:    connector.Permanent,
		Wrong:     map[string]any{"application_password": "zzzz zzzz zzzz zzzz"},
		WrongWord: "application password",
	})
}

// conformanceSite is a shop that signs its hooks, and sends our own replies back by them.
func conformanceSite(t *testing.T, hooks string) *connectortest.Remote {
	site := fake.New(fake.Options{HookURL: hooks, HookSecret: testSecret, Echo: true})
	t.Cleanup(site.Close)
	if err := site.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	ticket := func(th connector.Thread) int64 {
		n, _ := ticketNumber(th.ExternalID)
		return n
	}
	return &connectortest.Remote{
		Settings: map[string]any{"site_url": site.URL(), "username": "kefu", "application_password": fake.DefaultPassword, "hook_secret": testSecret},
		Thread: func(n int) connector.Thread {
			id, _ := site.CustomerOpens(t.Context(), fake.Opening{ID: int64(100 + n), Text: "初始"})
			th := connector.Thread{ConversationID: "cnv_1", TicketNumber: int64(n), Role: kefu.RoleCustomer, ExternalID: strconv.FormatInt(id, 10)}
			return th
		},
		Posts: func(th connector.Thread) []connectortest.Post {
			var posts []connectortest.Post
			for _, m := range site.Replies(ticket(th)) {
				posts = append(posts, connectortest.Post{ID: strconv.FormatInt(m.ID, 10), Text: m.Text})
			}
			return posts
		},
		Pings: func(connector.Thread) int { return 0 }, // nobody is called by a name in a ticket
		Write: func(th connector.Thread, text string) string {
			site.CustomerWrites(t.Context(), ticket(th), text)
			return ""
		},
		Vanish: func(th connector.Thread) { site.ForgetTicket(ticket(th)) },
		Break:  func(f connectortest.Fault, _ connectortest.Call, skip int) { site.Inject(conformanceFault(f, skip)) },
		State:  func() any { return site.Tickets() },
		Until:  site.WaitFor,
		Echoes: true,
	}
}

func conformanceFault(f connectortest.Fault, skip int) fake.Fault {
	fault := map[connectortest.Fault]fake.Fault{
		connectortest.LoseAnswer: {Kind: fake.FaultDropAfter},
		connectortest.HoldAnswer: {Kind: fake.FaultDelayAfter, Delay: time.Minute},
		connectortest.LimitJSON:  {Kind: fake.FaultLimitJSON, RetryAfter: connectortest.Wait},
		connectortest.LimitHTML:  {Kind: fake.FaultLimitHTML, RetryAfter: connectortest.Wait},
		connectortest.Deny:       {Kind: fake.FaultErrorJSON, Status: 401, Code: "incorrect_password"},
		connectortest.FailHTML:   {Kind: fake.FaultErrorHTML},
		connectortest.Reset:      {Kind: fake.FaultResetBefore},
	}[f]
	fault.Route, fault.Count, fault.After = fake.RouteUpdate, 1, skip
	return fault
}
