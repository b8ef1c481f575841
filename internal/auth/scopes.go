package auth

import (
	"slices"
	"strings"

	"kefu"
)

// actions are the words after the colon that a resource knows.
var (
	reads  = []string{"read"}
	writes = []string{"read", "write"}
)

// resources are the words before the colon, with what can be done to each. Those of parts that come later are known already, so that a key
// can be made for them.
var resources = map[string][]string{
	"agents":           writes,
	"announcements":    writes,
	"api-keys":         writes,
	"articles":         writes,
	"attachments":      writes,
	"audit":            reads,
	"bot":              writes,
	"canned-responses": writes,
	"contacts":         {"read", "write", "session", "erase", "export"},
	"conversations":    writes,
	"crm":              writes,
	"events":           reads,
	"inboxes":          writes,
	"labels":           writes,
	"messages":         writes,
	"oauth-clients":    writes,
	"orders":           writes,
	"roles":            writes,
	"search":           reads,
	"signing-keys":     writes,
	"statistics":       writes,
	"teams":            writes,
	"tickets":          writes,
	"webhooks":         writes,
}

// Scopes lists every scope by name; "*" may stand for either word of one.
func Scopes() []string {
	var all []string
	for r, actions := range resources {
		for _, a := range actions {
			all = append(all, r+":"+a)
		}
	}
	slices.Sort(all)
	return all
}

// agentScopes are an agent's; supervisorScopes what a supervisor has besides. Who sees which rows is another question: the sight's.
var (
	agentScopes = []string{"agents:read", "announcements:read", "articles:read", "attachments:*", "bot:read", "canned-responses:read", "contacts:read",
		"contacts:write", "conversations:*", "crm:read", "events:read", "inboxes:read", "labels:read", "messages:*", "orders:read", "search:read",
		"teams:read", "tickets:*"}
	supervisorScopes = []string{"announcements:write", "articles:write", "bot:write", "canned-responses:write", "contacts:export", "crm:write", "labels:write",
		"orders:write", "statistics:read"}
	contactScopes = []string{"attachments:*", "articles:read", "contacts:read", "conversations:read", "conversations:write", "events:read", "messages:*"}
)

// ScopesOf gives the interface permissions of a role.
func ScopesOf(r kefu.Role) []string {
	switch r {
	case kefu.RoleAdmin:
		return []string{"*:*"}
	case kefu.RoleSupervisor:
		return slices.Concat(agentScopes, supervisorScopes)
	case kefu.RoleAgent:
		return slices.Clone(agentScopes)
	}
	return nil
}

// ContactScopes gives the interface permissions of a contact session. The rules keep a contact to what is their own.
func ContactScopes() []string { return slices.Clone(contactScopes) }

// validScope tells whether a scope is one of those that there are, or covers some.
func validScope(scope string) bool {
	r, a, _ := strings.Cut(scope, ":")
	if a == "*" && r != "*" {
		return resources[r] != nil
	}
	if r == "*" {
		return a == "*" || slices.Contains(writes, a)
	}
	return slices.Contains(resources[r], a)
}

// covers tells whether whoever has these scopes has all that a scope gives: "contacts:*" needs "contacts:*", and not its parts.
func covers(have []string, scope string) bool { return kefu.Caller{Scopes: have}.May(scope) }

// cleanScopes puts scopes into order, once each, and names those that are none.
func cleanScopes(scopes []string, f *kefu.Faults) []string {
	out := slices.Clone(scopes)
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) == 0 {
		f.Add("scopes", "at least one is needed, such as conversations:read")
	}
	for _, s := range out {
		if !validScope(s) {
			f.Add("scopes", "%q is not a scope; scopes are resource:read or resource:write, and %s", kefu.Excerpt(s, 60), "those in the list of scopes of the reference")
		}
	}
	return out
}
