package auth

import (
	"context"
	"time"

	"kefu"
)

// Me is who somebody is to us.
type Me struct {
	Kind       kefu.CallerKind `json:"kind" doc:"What kind of caller: agent, client or contact." enum:"agent,client,contact,system"`
	ID         string          `json:"id" doc:"Id of the agent, contact or credential."`
	Name       string          `json:"name" doc:"Name."`
	Role       *kefu.Role      `json:"role" doc:"Role of an agent, or null."`
	Scopes     []string        `json:"scopes" doc:"What the caller may do."`
	Credential string          `json:"credential" doc:"Id of the key or session."`
	ExpiresAt  *time.Time      `json:"expires_at" doc:"When the credential that was shown ends by itself, or null."`
	Sight      MySight         `json:"sight" doc:"Which conversations the caller sees."`
}

// MySight says which conversations somebody sees.
type MySight struct {
	Rule     kefu.SightKind `json:"rule" doc:"all; supervisor: assigned to them or of their teams; agent: assigned to them, or of their teams and nobody's; client: of these inboxes or teams; contact: their own." enum:"all,supervisor,agent,client,contact"`
	TeamIDs  []kefu.TeamID  `json:"team_ids" doc:"Teams that count."`
	InboxIDs []kefu.InboxID `json:"inbox_ids" doc:"Inboxes that count."`
}

// Me tells a caller who they are, what they may do and what they see.
func (a *Auth) Me(ctx context.Context, by kefu.Caller) (Me, error) {
	return look(ctx, a, func(t *tx) (Me, error) {
		sight, err := t.Sight(by)
		out := Me{Kind: by.Kind, ID: by.ID, Name: by.Name, Scopes: append([]string{}, by.Scopes...), Credential: by.Credential, ExpiresAt: orNull(by.ExpiresAt),
			Sight: MySight{Rule: sight.Kind, TeamIDs: append([]kefu.TeamID{}, sight.Teams...), InboxIDs: append([]kefu.InboxID{}, sight.Inboxes...)}}
		if by.Role != "" {
			out.Role = &by.Role
		}
		return out, err
	})
}
