package switchboard

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kefu"
	"kefu/internal/store"
)

// Agent is an agent as the API shows it.
type Agent struct {
	ID        kefu.AgentID     `json:"id" doc:"Id of the agent." example:"agt_06c0000000000000000000000g"`
	Name      string           `json:"name" doc:"What people see beside the agent's messages."`
	Email     string           `json:"email" doc:"In lower case; empty for one who is known from a desk only and cannot log in."`
	Role      kefu.Role        `json:"role" doc:"admin, supervisor or agent."`
	Status    kefu.AgentStatus `json:"status" doc:"online, away, busy or offline: the best of what each desk reports."`
	TeamIDs   []kefu.TeamID    `json:"team_ids" doc:"The teams that the agent belongs to."`
	Active    bool             `json:"active" doc:"False once the account was deleted; its history stays."`
	CreatedAt time.Time        `json:"created_at" doc:"When the agent became known."`
	UpdatedAt time.Time        `json:"updated_at" doc:"When name, e-mail, role, password or account changed last."`
}

// AgentChange is what an agent is made of, or what of it changes: absent members stay, null clears.
type AgentChange struct {
	Name    kefu.Opt[string]        `json:"name,omitzero" doc:"What people see; 1 to 100 characters."`
	Email   kefu.Opt[string]        `json:"email,omitzero" doc:"For logging in; unique among active agents, at most 254 characters. Null takes the account from the agent."`
	Role    kefu.Opt[kefu.Role]     `json:"role,omitzero" doc:"admin, supervisor or agent (without it)."`
	TeamIDs kefu.Opt[[]kefu.TeamID] `json:"team_ids,omitzero" doc:"The teams that the agent belongs to; null is none."`
	Active  kefu.Opt[bool]          `json:"active,omitzero" doc:"False deactivates as DELETE does; true takes a deleted account up again."`
	// PasswordHash is made by the door: a password is never seen by the rules. "" stays; ClearPassword removes it.
	PasswordHash  string `json:"-"`
	ClearPassword bool   `json:"-"`
}

// AgentQuery narrows the list of agents; zero members do not.
type AgentQuery struct {
	Role   kefu.Role
	Status kefu.AgentStatus
	Team   kefu.TeamID
	Active *bool
	Q      string
}

func (q AgentQuery) filter() (store.AgentFilter, error) {
	var f kefu.Faults
	if q.Role != "" && !q.Role.Valid() {
		f.Add("role", "must be one of %s", words(kefu.Roles()))
	}
	if q.Status != "" && !q.Status.Valid() {
		f.Add("status", "must be one of %s", words(kefu.AgentStatuses()))
	}
	checkText(&f, "q", q.Q, 0, 200)
	return store.AgentFilter(q), f.Err("agents cannot be listed like this")
}

// maxEmail is the longest e-mail address, in bytes (RFC 5321).
const maxEmail = 254

// apply changes an agent and names every fault.
func (ch AgentChange) apply(a *kefu.Agent) error {
	ch.Name.Set(&a.Name)
	ch.Email.Set(&a.Email)
	ch.Role.Set(&a.Role)
	a.Name, a.Email = strings.TrimSpace(a.Name), strings.ToLower(strings.TrimSpace(a.Email))
	if ch.Role.Null {
		a.Role = kefu.RoleAgent
	}
	if ch.TeamIDs.Given {
		a.Teams = slices.Compact(slices.Sorted(slices.Values(ch.TeamIDs.Value)))
	}
	var f kefu.Faults
	checkText(&f, "name", a.Name, 1, 100)
	if a.Email != "" {
		checkEmail(&f, a.Email)
	}
	if !a.Role.Valid() {
		f.Add("role", "must be one of %s", words(kefu.Roles()))
	}
	if ch.PasswordHash != "" && a.Email == "" {
		f.Add("email", "is needed beside a password: agents log in by their e-mail")
	}
	return f.Err("the agent cannot be kept")
}

func checkEmail(f *kefu.Faults, email string) {
	at, err := mail.ParseAddress(email)
	switch {
	case len(email) > maxEmail:
		f.Add("email", "must have at most %d characters", maxEmail)
	case err != nil || at.Address != email || strings.ContainsAny(email, " \t\"<>,"):
		f.Add("email", "must be an address like name@example.com")
	}
}

// checkText adds a fault when a text has not between least and most characters.
func checkText(f *kefu.Faults, field, text string, least, most int) {
	n := utf8.RuneCountInString(text)
	switch {
	case n < least:
		f.Add(field, "is needed, with at most %d characters", most)
	case n > most:
		f.Add(field, "must have at most %d characters", most)
	}
}

func words[T ~string](of []T) string {
	all := make([]string, len(of))
	for i, w := range of {
		all[i] = string(w)
	}
	return strings.Join(all, ", ")
}

func showAgent(a kefu.Agent) Agent {
	return Agent{ID: a.ID, Name: a.Name, Email: a.Email, Role: a.Role, Status: a.Status, TeamIDs: ids(a.Teams), Active: a.DeactivatedAt.IsZero(),
		CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt}
}

// ids is a list that is never null in JSON.
func ids[T ~string](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
