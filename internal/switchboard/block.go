package switchboard

import (
	"time"

	"kefu"
)

// blocks applies a change of whether a contact is blocked, and notes who did it. One who is blocked already stays so since then.
func (c *change) blocks(by kefu.Caller, k *kefu.Contact, want kefu.Opt[bool]) error {
	if !want.Given {
		return nil
	}
	if by.Kind == kefu.CallerContact || by.Kind == kefu.CallerAgent && by.Role == kefu.RoleAgent {
		return kefu.Errorf(kefu.KindForbidden, "contacts are blocked by admins, supervisors and programs")
	}
	if want.Value == !k.BlockedAt.IsZero() {
		return nil
	}
	action := "contact.unblocked"
	k.BlockedAt = time.Time{}
	if want.Value {
		action, k.BlockedAt = "contact.blocked", c.Now
	}
	return c.Audit(by, action, string(k.ID), nil)
}
