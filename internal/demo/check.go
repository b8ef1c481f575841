package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"kefu/internal/fake/wordpress"
)

const (
	soonEnough = 3 * time.Second
	maxPage    = 4 << 20
)

// check is one line of the judgement.
type check struct {
	name, got string
	ok        bool
}

// judge counts in the fakes' ledgers, shows the table and names what is wrong.
func (s *stage) judge(ctx context.Context) (failed []string) {
	checks := s.checks(ctx)
	for _, c := range checks {
		if !c.ok {
			failed = append(failed, c.name)
		}
	}
	verdict, hue := s.say("all_well"), green
	if len(failed) > 0 {
		verdict, hue = s.say("not_well", len(failed)), red
	}
	s.line.print(func(p *printer) {
		p.line("\n%s", p.in(bold, s.say("checks")))
		p.table(checks)
		p.line("\n  %s", p.in(hue, verdict))
	})
	return failed
}

func (s *stage) checks(ctx context.Context) []check {
	n := len(scenes())
	return []check{
		{s.say("check_played"), s.say("steps_of", s.played.scenes, n), s.played.scenes == n},
		s.toDesk(), s.toSite(), s.senders(), s.marks(), s.speed(), s.once(), s.closedFromSite(), s.closedFromDesk(), s.noLoop(),
		s.transcript(ctx), s.toMember(), s.noBot(), s.given(), s.followed(),
		s.onPhone(), s.throughFlex(), s.twoDesks(), s.truth("check_form", s.filled()), s.rules(),
	}
}

// toDesk compares what the customer wrote, as the site keeps it, with what Kefu posted in the channel.
func (s *stage) toDesk() check {
	t, _ := s.site.Ticket(ticket)
	var wrote []string
	for _, m := range t.Messages {
		if !m.Reply {
			wrote = append(wrote, m.Text)
		}
	}
	var arrived []string
	for _, m := range s.guild.Ledger() {
		if m.ChannelID != s.played.channel || m.Ephemeral {
			continue
		}
		for _, text := range wrote {
			if shows(m, text) {
				arrived = append(arrived, text)
			}
		}
	}
	return s.same("check_to_desk", wrote, arrived)
}

// toSite compares what staff said with what the site accepted.
func (s *stage) toSite() check {
	var arrived []string
	for _, p := range s.updatesOf(ticket) {
		arrived = append(arrived, p.Message)
	}
	return s.same("check_to_site", s.played.said, arrived)
}

// same tells whether texts arrived as they were sent. Three each way are played: fewer are a failure too.
func (s *stage) same(name word, sent, arrived []string) check {
	c := check{name: s.say(name), got: s.say("messages_of", len(arrived), len(sent)), ok: len(sent) >= 3 && slices.Equal(sent, arrived)}
	if !c.ok {
		c.got = s.say("arrived_as", len(arrived), len(sent), s.list(arrived))
	}
	return c
}

func (s *stage) list(texts []string) string {
	if len(texts) == 0 {
		return s.say("nothing")
	}
	return fmt.Sprintf("%q", texts)
}

func (s *stage) updatesOf(id int64) []wordpress.Post {
	return slices.DeleteFunc(s.site.Ledger(), func(p wordpress.Post) bool { return p.TicketID != id || p.Route != wordpress.RouteUpdate })
}

func (s *stage) senders() check {
	var names []string
	for _, p := range s.updatesOf(ticket) {
		names = append(names, p.Sender)
	}
	names = slices.Compact(names)
	c := check{name: s.say("check_sender"), got: strings.Join(names, ", "), ok: slices.Equal(names, []string{senderOf(s.cast.agentName)})}
	if c.got == "" {
		c.got = s.say("nothing")
	}
	return c
}

func (s *stage) marks() check {
	good := 0
	for _, id := range s.played.messages {
		if s.bears(id, "✅") && !s.bears(id, "⏳") {
			good++
		}
	}
	n := len(s.played.messages)
	return check{s.say("check_marks"), s.say("messages_of", good, n), n > 0 && good == n}
}

func (s *stage) speed() check {
	if s.played.card == "" {
		return check{s.say("check_speed"), s.say("never"), false}
	}
	return check{s.say("check_speed"), s.say("seconds", s.played.opened.Seconds()), s.played.opened < soonEnough}
}

// once looks at the reply that met the outage: the site must have failed, or nothing was shown.
func (s *stage) once() check {
	failures := s.line.count(func(c crossing) bool {
		return c.edge == shopEdge && !c.right && c.status == http.StatusInternalServerError && strings.HasSuffix(c.call, wordpress.RouteUpdate)
	})
	there := s.replied(ticket, answer3)
	return check{s.say("check_outage"), s.say("outage_got", failures, there), failures == 2 && there == 1}
}

func (s *stage) closedFromSite() check {
	notices, gone := s.posts(s.played.channel, wordpress.ByCustomer), s.deleted(s.played.channel)
	return s.truth("check_closed", notices == 1 && gone)
}

func (s *stage) closedFromDesk() check {
	t, _ := s.site.Ticket(ticket2)
	n := s.told(ticket2)
	return check{s.say("check_second"), s.say("times", n), n == 1 && t.Status == "closed" && s.deleted(s.played.channel2)}
}

func (s *stage) noLoop() check {
	n := s.told(ticket)
	return check{s.say("check_loop"), s.say("times", n), n == 0 && s.played.channel != ""}
}

func (s *stage) truth(name word, ok bool) check {
	got := s.say("no")
	if ok {
		got = s.say("yes")
	}
	return check{s.say(name), got, ok}
}

var linkForm = regexp.MustCompile(`\]\((https?://[^)\s]+)\)`)

// transcript opens the link that Kefu posted, and looks whether everything that was said stands behind it.
func (s *stage) transcript(ctx context.Context) check {
	c := check{name: s.say("check_transcript"), got: s.say("nothing")}
	link := s.transcriptLink()
	if link == "" {
		return c
	}
	c.got = link
	page, err := fetch(ctx, link)
	if err != nil {
		c.got += " (" + err.Error() + ")"
		return c
	}
	c.ok = true
	for _, text := range append([]string{question, thanks, wish}, s.played.said...) {
		for line := range strings.SplitSeq(text, "\n") {
			c.ok = c.ok && strings.Contains(page, line)
		}
	}
	return c
}

func (s *stage) transcriptLink() string {
	for _, m := range s.guild.Messages(s.cast.records) {
		if !shows(m, wordpress.ByCustomer) {
			continue
		}
		for _, e := range m.Embeds {
			if found := linkForm.FindStringSubmatch(e.Description); found != nil {
				return found[1]
			}
		}
	}
	return ""
}

func fetch(ctx context.Context, link string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, http.NoBody)
	if err != nil {
		return "", err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	page, err := io.ReadAll(io.LimitReader(res.Body, maxPage))
	if err == nil && res.StatusCode != http.StatusOK {
		err = unlike("%s", res.Status)
	}
	return string(page), err
}

func (s *stage) rules() check {
	broken := s.guild.Violations()
	if len(broken) == 0 {
		return check{s.say("check_rules"), s.say("times", 0), true}
	}
	names := make([]string, 0, len(broken))
	for _, v := range broken {
		names = append(names, v.Rule)
	}
	slices.Sort(names)
	return check{s.say("check_rules"), s.say("broken_rules", len(broken), strings.Join(slices.Compact(names), ", ")), false}
}
