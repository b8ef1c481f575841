package store

import (
	"encoding/json"

	"kefu"
	"kefu/internal/ident"
)

// EventRights is the type of the fact that somebody's rights are others now. It has a position like every event, so that whoever pushes
// events learns of it before anything that happened later; it is shown to nobody.
const EventRights = "rights.changed"

// RightsOfAll is the subject that means everybody.
const RightsOfAll = "*"

// Rights is the data of EventRights: ids of callers (agt_…, con_…, key_…) or of credentials (a session's), or RightsOfAll.
type Rights struct {
	Subjects []string `json:"subjects"`
}

// RightsChanged notes in the transaction of a change that what these subjects may do or see is another now: a role, a team, a scope, a
// revoked credential, a deactivated account. Open WebSockets are judged anew before anything later is sent to them.
func (tx *Tx) RightsChanged(subjects ...string) error {
	if len(subjects) == 0 {
		return nil
	}
	raw, err := json.Marshal(Rights{Subjects: subjects})
	if err != nil {
		return err
	}
	return tx.AppendEvent(kefu.Event{ID: kefu.EventID(ident.New("evt")), Type: EventRights, Actor: kefu.System(), Data: raw})
}
