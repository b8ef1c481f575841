package e2e

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kefu/client"
	fake "kefu/internal/fake/chatwoot"
)

// doing is something that somebody does on one side, and what becomes of the hook that tells of it.
type doing struct{ what, hook string }

// course is what happens in one conversation.
type course []doing

// courses draws courses.
func courses() *rapid.Generator[course] {
	one := rapid.Custom(func(t *rapid.T) doing {
		return doing{
			rapid.SampledFrom([]string{"write", "write", "say", "say", "note", "label here", "label there", "urgent here", "low there", "no priority there", "assign there",
				"unassign there", "snooze there", "resolve there", "reopen there", "close here", "open here"}).Draw(t, "deed"),
			rapid.SampledFrom([]string{"", "", "lost", "doubled", "held", "early"}).Draw(t, "hook"),
		}
	})
	return rapid.Custom(func(t *rapid.T) course { return rapid.SliceOfN(one, 3, 9).Draw(t, "course") })
}

// mirrored is a conversation on both sides.
type mirrored struct {
	ticket, talk int64
	id           string // in Kefu
	course       course
	wrote, said  []string
	x, z         bool // the label that only Kefu's side puts on and off, and Chatwoot's
}

// TestBothSidesOfChatwootConverge has people on both sides say and change things at random, in several conversations at once, while hooks
// are lost, doubled, held back, and early. After a sweep both sides are equal: every text once and in order, and how it stands.
func TestBothSidesOfChatwootConverge(t *testing.T) {
	const conversations = 8
	seed := int(time.Now().UnixNano() % 1_000_000)
	eachChat(t, chatOptions{both: settings{"sweep_every": "1s"}}, func(c *chat) {
		_, err := c.api().Labels.Create(c.ctx, client.NewLabel{Name: "x"})
		c.must(err)
		list := make([]*mirrored, conversations)
		for i := range list {
			m := &mirrored{ticket: int64(i + 1), course: courses().Example(seed + i)}
			m.talk = c.opensTicket(m.ticket)
			m.wrote = []string{firstText(m.ticket)}
			list[i] = m
		}
		c.identify(list)
		for step := range 9 {
			for _, m := range list {
				if step < len(m.course) {
					c.does(m, step)
				}
			}
		}
		c.cw.ClearFaults()
		c.cw.WaitHooks()
		c.cw.ReleaseHooks()
		for _, m := range list {
			what := ""
			if !wait(c.ctx, func() bool { what = c.differs(m); return what == "" }) {
				c.t.Errorf("seed %d, ticket %d after %v: %s", seed, m.ticket, m.course, what)
			}
		}
	})
}

// identify finds the conversations in Kefu.
func (c *chat) identify(list []*mirrored) {
	c.t.Helper()
	all, err := client.Collect(c.api().Conversations.List(c.ctx, client.ConversationFilter{InboxID: "shop"}), 100)
	c.must(err)
	for _, m := range list {
		i := slices.IndexFunc(all, func(k client.Conversation) bool { return k.Ticket.ExternalID == strconv.FormatInt(m.ticket, 10) })
		if i < 0 {
			c.t.Fatalf("ticket %d is not in Kefu", m.ticket)
		}
		m.id = all[i].ID
	}
}

// does has somebody do one of them.
func (c *chat) does(m *mirrored, step int) {
	c.t.Helper()
	d, text := m.course[step], fmt.Sprintf("第 %d 單 %d", m.ticket, step)
	f := fake.HookFault{To: c.base() + "/hooks/cw", Count: 2, Drop: d.hook == "lost", Duplicate: d.hook == "doubled", Hold: d.hook == "held", Early: d.hook == "early"}
	if d.hook != "" {
		c.cw.InjectHook(f)
	}
	switch d.what {
	case "write":
		c.write(m.ticket, text)
		m.wrote = append(m.wrote, text)
	case "say":
		c.says(m.talk, text)
		m.said = append(m.said, text)
	case "note":
		_, err := c.cw.Note(m.talk, fake.Agent2, text)
		c.must(err)
		m.said = append(m.said, text)
	case "label here", "urgent here", "close here", "open here":
		c.doesHere(m, d.what)
	default:
		c.doesThere(m, d.what)
	}
}

// doesHere changes the conversation in Kefu. What cannot be done any more is not done.
func (c *chat) doesHere(m *mirrored, what string) {
	c.t.Helper()
	var change client.ConversationChange
	switch what {
	case "label here":
		now, err := c.api().Conversations.Get(c.ctx, m.id)
		c.must(err)
		m.x = !m.x
		labels := slices.DeleteFunc(now.Labels, func(l string) bool { return l == "x" })
		if m.x {
			labels = append(labels, "x")
		}
		change.Labels = client.Set(labels)
	case "urgent here":
		change.Priority = client.Set("urgent")
	case "close here":
		change.Status = client.Set("closed")
	case "open here":
		change.Status = client.Set("open")
	}
	if _, err := c.api().Conversations.Update(c.ctx, m.id, change); err != nil && !client.IsConflict(err) {
		c.t.Errorf("%s: %v", what, err)
	}
}

func (c *chat) doesThere(m *mirrored, what string) {
	c.t.Helper()
	var err error
	switch what {
	case "label there":
		if m.z = !m.z; m.z {
			err = c.cw.Label(m.talk, fake.Agent, "z")
		} else {
			err = c.cw.Unlabel(m.talk, fake.Agent, "z")
		}
	case "low there":
		err = c.cw.Priority(m.talk, fake.Agent, "low")
	case "no priority there":
		err = c.cw.Priority(m.talk, fake.Agent, "")
	case "assign there":
		err = c.cw.Assign(m.talk, fake.Agent, fake.Agent2)
	case "unassign there":
		err = c.cw.Assign(m.talk, fake.Agent, 0)
	case "snooze there":
		err = c.cw.Snooze(m.talk, fake.Agent, time.Date(2040, 1, 2, 3, 4, 5, 0, time.UTC))
	case "resolve there":
		err = c.cw.Resolve(m.talk, fake.Agent)
	case "reopen there":
		err = c.cw.Reopen(m.talk, fake.Agent)
	}
	c.must(err)
}

// differs says what is not the same on both sides; "" when all is.
func (c *chat) differs(m *mirrored) string {
	c.t.Helper()
	if n := c.waiting(); n != 0 {
		return fmt.Sprint(n, " deliveries wait")
	}
	here, err := c.api().Conversations.Get(c.ctx, m.id)
	c.must(err)
	there := c.talk(m.talk)
	if a, b := standsHere(here), standsThere(there); a != b {
		return "Kefu has " + a + ", Chatwoot has " + b
	}
	if got := spoken(there, "incoming"); !slices.Equal(got, m.wrote) {
		return fmt.Sprintf("the customer wrote %q, Chatwoot has %q", m.wrote, got)
	}
	kept := c.messages(c.api(), m.id)
	var staff, answered []string
	for _, k := range kept {
		if slices.Contains(m.said, k.Content) {
			staff = append(staff, k.Content)
			if !k.Private {
				answered = append(answered, k.Content)
			}
		}
	}
	if !slices.Equal(staff, m.said) {
		return fmt.Sprintf("agents wrote %q, Kefu has %q", m.said, staff)
	}
	if got := c.replies(m.ticket); !slices.Equal(got, answered) {
		return fmt.Sprintf("the customer was to be answered %q, and was %q", answered, got)
	}
	return ""
}

func standsHere(k *client.Conversation) string {
	until := int64(0)
	if k.SnoozedUntil != nil {
		until = k.SnoozedUntil.Unix()
	}
	return fmt.Sprint(k.Status, until, k.Priority, strings.Join(slices.Sorted(slices.Values(k.Labels)), ","), k.AssigneeID != nil)
}

func standsThere(t fake.Talk) string {
	until := int64(0)
	if !t.SnoozedUntil.IsZero() {
		until = t.SnoozedUntil.Unix()
	}
	status, priority := t.Status, t.Priority
	if status == "resolved" {
		status = "closed"
	}
	if priority == "" {
		priority = "medium"
	}
	return fmt.Sprint(status, until, priority, strings.Join(slices.Sorted(slices.Values(t.Labels)), ","), t.Assignee != 0)
}
