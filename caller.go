package kefu

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// CallerKind says what kind of somebody asks through an open door.
type CallerKind string

// Caller kinds. The system is Kefu itself: the command line, and the movers.
const (
	CallerSystem  CallerKind = "system"
	CallerAgent   CallerKind = "agent"   // a person of the staff, by JWT
	CallerClient  CallerKind = "client"  // a program: API key, OAuth2 client or signing key
	CallerContact CallerKind = "contact" // a person served, by contact session
)

// Role is what an agent may do and see (contracts: api §2).
type Role string

// Roles.
const (
	RoleAdmin      Role = "admin"      // everything
	RoleSupervisor Role = "supervisor" // what belongs to their teams, and their own
	RoleAgent      Role = "agent"      // what is assigned to them, and the queue of their teams
)

// Roles lists the words.
func Roles() []Role { return []Role{RoleAdmin, RoleSupervisor, RoleAgent} }

// Valid tells whether r is one of the words.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Caller is who asks: made by auth from credentials, judged by the rules, written into the audit log. The zero Caller may nothing.
type Caller struct {
	Kind CallerKind
	// ID is the agent's, contact's or client's id: agt_…, con_…, key_…, cli_…, sgn_….
	ID   string
	Name string
	Role Role // of agents
	// Scopes are the interface permissions: resource:action, "*" for any word. Agents have those of their role.
	Scopes []string
	// Bound says that a client sees only the inboxes and teams that it is bound to; they stand in the store under ID.
	Bound bool
	// Credential names what was shown, for revocation, rate limits and the audit log: a key's or session's id.
	Credential string
	// Address is where the request came from, after trusted proxies.
	Address string
	// ExpiresAt is when the credential ends by itself; zero is never. An open line ends then.
	ExpiresAt time.Time
}

// May tells whether an interface permission is among the caller's scopes: "conversations:read".
func (c Caller) May(scope string) bool {
	resource, action, _ := strings.Cut(scope, ":")
	return slices.ContainsFunc(c.Scopes, func(have string) bool {
		r, a, _ := strings.Cut(have, ":")
		return (r == resource || r == "*") && (a == action || a == "*")
	})
}

// Ask is what every change through an open door comes with: who asks for it, that it happens once, and only if nobody was faster.
type Ask struct {
	Caller Caller
	// Key is the Idempotency-Key; "" has none. Fingerprint is of method, target and body: the same key with another one is a conflict.
	Key, Fingerprint string
	// IfMatch is the If-Match header; "" has none.
	IfMatch string
	// Dry asks for the faults alone: nothing may be kept or told to anybody, and a change that has no fault is refused all the same.
	Dry bool
}

// ETag is the strong entity tag of a representation: it changes when any member does.
func ETag(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// Match refuses with Precondition when the ask was made for another state of v than the one there is now.
func (a Ask) Match(v any) error {
	if a.IfMatch == "" || strings.TrimSpace(a.IfMatch) == "*" {
		return nil
	}
	now := ETag(v)
	for tag := range strings.SplitSeq(a.IfMatch, ",") {
		if strings.TrimSpace(tag) == now {
			return nil
		}
	}
	return Errorf(KindPrecondition, "it was changed since you read it: read it again and repeat the change")
}

// SystemCaller is Kefu itself as a caller, with the name of what acts: "command line".
func SystemCaller(name string) Caller {
	return Caller{Kind: CallerSystem, ID: "system", Name: name, Scopes: []string{"*:*"}}
}

// Author is the caller as the author of a message. A program speaks as a bot.
func (c Caller) Author() Author {
	switch c.Kind {
	case CallerAgent:
		return Author{Kind: AuthorAgent, ID: c.ID, Name: c.Name, Via: "Kefu"}
	case CallerContact:
		return Author{Kind: AuthorContact, ID: c.ID, Name: c.Name}
	case CallerClient:
		return Author{Kind: AuthorBot, ID: c.ID, Name: c.Name, Via: "API"}
	case CallerSystem:
	}
	return System()
}

// SightKind says by which rule a caller's rows are chosen.
type SightKind string

// The rules of sight. The zero Sight sees nothing.
const (
	SeesAll        SightKind = "all"
	SeesTeams      SightKind = "supervisor" // assigned to ID, or of one of Teams
	SeesOwn        SightKind = "agent"      // assigned to ID, or of one of Teams and nobody's
	SeesBound      SightKind = "client"     // of one of Inboxes, or of one of Teams
	SeesOneContact SightKind = "contact"    // of the contact ID
)

// Sight is a caller's data permission, resolved: which conversations it may see. The store compiles it to SQL and Sees answers the same
// in Go for what is pushed; a test holds the two together.
type Sight struct {
	Kind    SightKind
	ID      string
	Teams   []TeamID
	Inboxes []InboxID
}

// Seen is what sight looks at of a conversation.
type Seen struct {
	InboxID    InboxID
	ContactID  ContactID
	AssigneeID AgentID
	TeamID     TeamID
}

// Sees tells whether a conversation is within the sight.
func (s Sight) Sees(c Seen) bool {
	switch s.Kind {
	case SeesAll:
		return true
	case SeesTeams:
		return s.ID != "" && string(c.AssigneeID) == s.ID || s.team(c.TeamID)
	case SeesOwn:
		return s.ID != "" && string(c.AssigneeID) == s.ID || c.AssigneeID == "" && s.team(c.TeamID)
	case SeesBound:
		return slices.Contains(s.Inboxes, c.InboxID) || s.team(c.TeamID)
	case SeesOneContact:
		return s.ID != "" && string(c.ContactID) == s.ID
	}
	return false
}

func (s Sight) team(id TeamID) bool { return id != "" && slices.Contains(s.Teams, id) }
