package switchboard_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

func operator() kefu.Ask { return kefu.Ask{Caller: kefu.SystemCaller("test")} }

func as(c kefu.Caller) kefu.Ask { return kefu.Ask{Caller: c} }

func staffCaller(id kefu.AgentID, role kefu.Role) kefu.Caller {
	return kefu.Caller{Kind: kefu.CallerAgent, ID: string(id), Name: string(id), Role: role, Scopes: []string{"*:*"}}
}

func (b *board) employ(name string, role kefu.Role, password string) switchboard.Agent {
	b.t.Helper()
	a, err := b.CreateAgent(b.t.Context(), operator(), switchboard.AgentChange{Name: kefu.Some(name), Email: kefu.Some(name + "@example.com"),
		Role: kefu.Some(role), PasswordHash: password})
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

func wantKind(t *testing.T, what string, err error, kind kefu.ErrKind) {
	t.Helper()
	if kefu.KindOf(err) != kind {
		t.Errorf("%s: %v (%s), want %s", what, err, kefu.KindOf(err), kind)
	}
}

func TestAgentsAreRefusedByEveryFault(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		_, err := b.CreateAgent(t.Context(), operator(), switchboard.AgentChange{Name: kefu.Some(" "), Email: kefu.Some(strings.Repeat("x", 300) + "@example.com"),
			Role: kefu.Some(kefu.Role("boss"))})
		wantKind(t, "faults", err, kefu.KindInvalid)
		for _, field := range []string{"name", "email", "role"} {
			if !strings.Contains(fmt.Sprint(err), field) {
				t.Errorf("%v does not name %s", err, field)
			}
		}
		a := b.employ("amy", kefu.RoleAgent, "")
		_, err = b.CreateAgent(t.Context(), operator(), switchboard.AgentChange{Name: kefu.Some("x"), Email: kefu.Some("AMY@example.com")})
		wantKind(t, "e-mail taken", err, kefu.KindConflict)
		_, err = b.CreateAgent(t.Context(), operator(), switchboard.AgentChange{Name: kefu.Some("x")})
		wantKind(t, "no e-mail", err, kefu.KindInvalid)
		_, err = b.UpdateAgent(t.Context(), operator(), a.ID, switchboard.AgentChange{TeamIDs: kefu.Some([]kefu.TeamID{"tea_no"})})
		wantKind(t, "unknown team", err, kefu.KindInvalid)
		_, err = b.UpdateAgent(t.Context(), operator(), "agt_no", switchboard.AgentChange{})
		wantKind(t, "unknown", err, kefu.KindNotFound)
		clerk := kefu.Caller{Kind: kefu.CallerClient, ID: "key_1", Scopes: []string{"agents:write"}}
		_, err = b.UpdateAgent(t.Context(), as(clerk), a.ID, switchboard.AgentChange{Role: kefu.Some(kefu.RoleAdmin)})
		wantKind(t, "a program makes an admin", err, kefu.KindForbidden)
		_, err = b.UpdateAgent(t.Context(), as(clerk), a.ID, switchboard.AgentChange{Name: kefu.Some("Amy")})
		wantKind(t, "a program renames an agent", err, "")
		stale := operator()
		stale.IfMatch = kefu.ETag(a)
		_, err = b.UpdateAgent(t.Context(), stale, a.ID, switchboard.AgentChange{Name: kefu.Some("Ann")})
		wantKind(t, "a lost race", err, kefu.KindPrecondition)
	})
}

func TestLastAdminStays(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		first := b.employ("first", kefu.RoleAdmin, "hash")
		b.employ("cannot-log-in", kefu.RoleAdmin, "")
		wantKind(t, "deactivated", b.DeactivateAgent(t.Context(), operator(), first.ID), kefu.KindConflict)
		_, err := b.UpdateAgent(t.Context(), operator(), first.ID, switchboard.AgentChange{Role: kefu.Some(kefu.RoleAgent)})
		wantKind(t, "demoted", err, kefu.KindConflict)
		_, err = b.UpdateAgent(t.Context(), operator(), first.ID, switchboard.AgentChange{ClearPassword: true})
		wantKind(t, "without a password", err, kefu.KindConflict)
		second := b.employ("second", kefu.RoleAdmin, "hash")
		// Two admins who take each other's place at once: one of them stays.
		done := make(chan error, 2)
		for _, id := range []kefu.AgentID{first.ID, second.ID} {
			go func() { done <- b.DeactivateAgent(t.Context(), operator(), id) }()
		}
		refused := 0
		for range 2 {
			if err := <-done; err != nil {
				wantKind(t, "the last", err, kefu.KindConflict)
				refused++
			}
		}
		if refused != 1 {
			t.Errorf("%d of two admins stayed", refused)
		}
	})
}

// TestDeactivatedAgentLeavesTheQueue: what was assigned to the agent is the queue's again, with an event, and the history stays.
func TestDeactivatedAgentLeavesTheQueue(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		conv := b.take("shop", opening("1", "hello")).ConversationID
		b.openDesk(conv, "guild", "c1")
		b.take("guild", command("c1", "u1", "claim"))
		var id kefu.AgentID
		b.view(func(tx *store.Tx) (err error) {
			_, id, err = tx.Identity("guild", "u1")
			return err
		})
		if err := b.DeactivateAgent(t.Context(), operator(), id); err != nil {
			t.Fatal(err)
		}
		b.view(func(tx *store.Tx) error {
			c, err := tx.Conversation(conv)
			if c.AssigneeID != "" || c.Handler != kefu.HandlerQueue || c.Status != kefu.StatusOpen {
				t.Errorf("assignee %q, handler %s, status %s", c.AssigneeID, c.Handler, c.Status)
			}
			return err
		})
		events := b.events()
		if events["conversation.assigned"] != 2 || events["user.updated"] != 1 || events[store.EventRights] == 0 {
			t.Errorf("events %v", events)
		}
		a, err := b.Agent(t.Context(), operator().Caller, id)
		if err != nil || a.Active {
			t.Errorf("%+v, %v", a, err)
		}
		wantKind(t, "again", b.DeactivateAgent(t.Context(), operator(), id), "")
		again, err := b.UpdateAgent(t.Context(), operator(), id, switchboard.AgentChange{Active: kefu.Some(true), Email: kefu.Some("u1@example.com"), PasswordHash: "hash"})
		if err != nil || !again.Active || again.Email != "u1@example.com" {
			t.Errorf("%+v, %v", again, err)
		}
	})
}

// TestReopenedOfADeactivatedAgentIsTheQueues: what was closed before its agent left opens for everybody.
func TestReopenedOfADeactivatedAgentIsTheQueues(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		conv := b.take("shop", opening("1", "hello")).ConversationID
		b.openDesk(conv, "guild", "c1")
		b.take("guild", command("c1", "u1", "claim"))
		var id kefu.AgentID
		b.view(func(tx *store.Tx) (err error) {
			_, id, err = tx.Identity("guild", "u1")
			return err
		})
		if _, err := b.EndConversation(t.Context(), operator(), conv); err != nil {
			t.Fatal(err)
		}
		if err := b.DeactivateAgent(t.Context(), operator(), id); err != nil {
			t.Fatal(err)
		}
		got, err := b.Conversation(t.Context(), operator().Caller, conv)
		if err != nil || got.AssigneeID == nil || *got.AssigneeID != id {
			t.Errorf("history: %+v, %v", got, err)
		}
		b.take("shop", writing("1", "one more thing"))
		got, err = b.Conversation(t.Context(), operator().Caller, conv)
		if err != nil || got.AssigneeID != nil || got.Handler != kefu.HandlerQueue || got.Status != kefu.StatusOpen {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// TestBoundIdentityIsOnePerson: the desk's user becomes the agent with the account, with the open work.
func TestBoundIdentityIsOnePerson(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		if err := b.store.Update(t.Context(), func(tx *store.Tx) error { return tx.SaveInbox("guild", "discord", "Guild", true) }); err != nil {
			t.Fatal(err)
		}
		conv := b.take("shop", opening("1", "hello")).ConversationID
		b.openDesk(conv, "guild", "c1")
		b.take("guild", command("c1", "u1", "claim"))
		a := b.employ("amy", kefu.RoleAgent, "hash")
		in := switchboard.IdentityBinding{InboxID: "guild", ExternalID: "u1"}
		if _, err := b.BindIdentity(t.Context(), operator(), a.ID, in); err != nil {
			t.Fatal(err)
		}
		b.view(func(tx *store.Tx) error {
			c, err := tx.Conversation(conv)
			_, known, _ := tx.Identity("guild", "u1")
			if c.AssigneeID != a.ID || known != a.ID {
				t.Errorf("assignee %s, identity of %s, want %s", c.AssigneeID, known, a.ID)
			}
			return err
		})
		list, err := b.AgentIdentities(t.Context(), operator().Caller, a.ID)
		if err != nil || len(list.Items) != 1 || list.Items[0].ExternalID != "u1" {
			t.Errorf("%+v, %v", list, err)
		}
		other := b.employ("bo", kefu.RoleAgent, "hash")
		_, err = b.BindIdentity(t.Context(), operator(), other.ID, in)
		wantKind(t, "somebody else's", err, kefu.KindConflict)
		_, err = b.BindIdentity(t.Context(), operator(), a.ID, switchboard.IdentityBinding{InboxID: "nowhere"})
		wantKind(t, "unknown inbox", err, kefu.KindInvalid)
	})
}

func TestTeams(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		amy, bo := b.employ("amy", kefu.RoleAgent, ""), b.employ("bo", kefu.RoleAgent, "")
		team, err := b.CreateTeam(t.Context(), operator(), switchboard.TeamChange{Name: kefu.Some("Sales"), MemberIDs: kefu.Some([]kefu.AgentID{amy.ID, amy.ID})})
		if err != nil || len(team.MemberIDs) != 1 {
			t.Fatalf("%+v, %v", team, err)
		}
		_, err = b.CreateTeam(t.Context(), operator(), switchboard.TeamChange{Name: kefu.Some("Sales")})
		wantKind(t, "name taken", err, kefu.KindConflict)
		_, err = b.CreateTeam(t.Context(), operator(), switchboard.TeamChange{Name: kefu.Some("x"), MemberIDs: kefu.Some([]kefu.AgentID{"agt_no"})})
		wantKind(t, "unknown member", err, kefu.KindInvalid)
		if _, err = b.UpdateTeam(t.Context(), operator(), team.ID, switchboard.TeamChange{MemberIDs: kefu.Some([]kefu.AgentID{bo.ID})}); err != nil {
			t.Fatal(err)
		}
		conv := b.take("shop", opening("1", "hello")).ConversationID
		if _, err := b.UpdateConversation(t.Context(), operator(), conv, switchboard.ConversationChange{TeamID: kefu.Some(team.ID)}); err != nil {
			t.Fatal(err)
		}
		list, err := b.Agents(t.Context(), operator().Caller, switchboard.AgentQuery{Team: team.ID}, switchboard.Paging{})
		if err != nil || len(list.Items) != 1 || list.Items[0].ID != bo.ID || len(list.Items[0].TeamIDs) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		teams, err := b.Teams(t.Context(), operator().Caller, "sal", switchboard.Paging{})
		if err != nil || len(teams.Items) != 1 || len(teams.Items[0].MemberIDs) != 1 {
			t.Errorf("%+v, %v", teams, err)
		}
		if err := b.DeleteTeam(t.Context(), operator(), team.ID); err != nil {
			t.Fatal(err)
		}
		_, err = b.Team(t.Context(), operator().Caller, team.ID)
		wantKind(t, "deleted", err, kefu.KindNotFound)
		b.view(func(tx *store.Tx) error {
			c, err := tx.Conversation(conv)
			if c.TeamID != "" {
				t.Errorf("the conversation has the team %s", c.TeamID)
			}
			return err
		})
	})
}

// TestEveryFilterOfAgents runs each filter alone and all together, on both engines.
func TestEveryFilterOfAgents(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		yes, no := true, false
		amy := b.employ("amy_1%", kefu.RoleAgent, "")
		b.employ("boss", kefu.RoleAdmin, "")
		for name, c := range map[string]struct {
			q    switchboard.AgentQuery
			want int
		}{
			"none":      {switchboard.AgentQuery{}, 2},
			"role":      {switchboard.AgentQuery{Role: kefu.RoleAdmin}, 1},
			"status":    {switchboard.AgentQuery{Status: kefu.AgentOnline}, 0},
			"team":      {switchboard.AgentQuery{Team: "tea_no"}, 0},
			"active":    {switchboard.AgentQuery{Active: &yes}, 2},
			"inactive":  {switchboard.AgentQuery{Active: &no}, 0},
			"q":         {switchboard.AgentQuery{Q: "AMY_1%"}, 1},
			"q escaped": {switchboard.AgentQuery{Q: "amy%"}, 0},
			"all":       {switchboard.AgentQuery{Role: kefu.RoleAgent, Status: kefu.AgentOffline, Active: &yes, Q: "example.com"}, 1},
		} {
			got, err := b.Agents(t.Context(), operator().Caller, c.q, switchboard.Paging{})
			if err != nil || len(got.Items) != c.want {
				t.Errorf("%s: %d agents, %v; want %d", name, len(got.Items), err, c.want)
			}
		}
		_, err := b.Agents(t.Context(), operator().Caller, switchboard.AgentQuery{Role: "boss"}, switchboard.Paging{})
		wantKind(t, "unknown word", err, kefu.KindInvalid)
		page, err := b.Agents(t.Context(), operator().Caller, switchboard.AgentQuery{}, switchboard.Paging{Limit: 1})
		if err != nil || page.NextCursor == "" || page.Items[0].ID != amy.ID {
			t.Fatalf("%+v, %v", page, err)
		}
		page, err = b.Agents(t.Context(), operator().Caller, switchboard.AgentQuery{}, switchboard.Paging{Limit: 1, Cursor: page.NextCursor})
		if err != nil || page.NextCursor != "" || page.Items[0].Name != "boss" {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

func TestCannedResponses(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		make1 := func(shortcut, content, locale string) (switchboard.CannedResponse, error) {
			return b.CreateCanned(t.Context(), operator(), switchboard.CannedChange{Shortcut: kefu.Some(shortcut), Content: kefu.Some(content), Locale: kefu.Some(locale)})
		}
		r, err := make1("hello", "您好", "zh-TW")
		if err != nil {
			t.Fatal(err)
		}
		_, err = make1("hello", "您好", "zh-TW")
		wantKind(t, "taken", err, kefu.KindConflict)
		_, err = make1("hello", "Hello", "")
		wantKind(t, "another locale", err, "")
		_, err = make1("", strings.Repeat("x", 20001), "中文")
		wantKind(t, "faults", err, kefu.KindInvalid)
		_, err = b.UpdateCanned(t.Context(), operator(), r.ID, switchboard.CannedChange{Locale: kefu.Opt[string]{Given: true, Null: true}})
		wantKind(t, "moved to a taken one", err, kefu.KindConflict)
		tw := "zh-TW"
		list, err := b.CannedResponses(t.Context(), operator().Caller, switchboard.CannedQuery{Q: "HEL", Locale: &tw}, switchboard.Paging{})
		if err != nil || len(list.Items) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		if err := b.DeleteCanned(t.Context(), operator(), r.ID); err != nil {
			t.Fatal(err)
		}
		_, err = b.Canned(t.Context(), operator().Caller, r.ID)
		wantKind(t, "deleted", err, kefu.KindNotFound)
	})
}

func TestAuditTellsWhoDidWhat(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		boss := staffCaller("agt_boss", kefu.RoleAdmin)
		a, err := b.CreateAgent(t.Context(), as(boss), switchboard.AgentChange{Name: kefu.Some("Amy"), Email: kefu.Some("amy@example.com"), PasswordHash: "secret-hash"})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.DeactivateAgent(t.Context(), as(boss), a.ID); err != nil {
			t.Fatal(err)
		}
		for name, q := range map[string]switchboard.AuditQuery{
			"all": {}, "actor": {Actor: "agt_boss"}, "actions": {Action: "agent.*"}, "target": {Target: string(a.ID)},
			"times": {Since: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour)},
		} {
			list, err := b.AuditLog(t.Context(), boss, q, switchboard.Paging{})
			if err != nil || len(list.Items) != 2 || list.Items[0].Action != "agent.deactivated" || list.Items[1].Action != "agent.created" {
				t.Errorf("%s: %+v, %v", name, list, err)
			}
		}
		page, err := b.AuditLog(t.Context(), boss, switchboard.AuditQuery{}, switchboard.Paging{Limit: 1})
		if err != nil || len(page.Items) != 1 || page.NextCursor == "" {
			t.Fatalf("%+v, %v", page, err)
		}
		page, err = b.AuditLog(t.Context(), boss, switchboard.AuditQuery{}, switchboard.Paging{Limit: 1, Cursor: page.NextCursor})
		raw, _ := json.Marshal(page)
		if err != nil || len(page.Items) != 1 || page.Items[0].Action != "agent.created" || strings.Contains(string(raw), "secret-hash") || strings.Contains(string(raw), "amy@") {
			t.Errorf("%s, %v", raw, err)
		}
		_, err = b.AuditLog(t.Context(), staffCaller("agt_x", kefu.RoleSupervisor), switchboard.AuditQuery{}, switchboard.Paging{})
		wantKind(t, "a supervisor", err, kefu.KindForbidden)
	})
}

// sameAfterJSON holds that an answer survives being stored for repetitions.
func sameAfterJSON[T any](t *testing.T, v T) {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var again T
	if err := json.Unmarshal(raw, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v, again); diff != "" {
		t.Error(diff)
	}
}
