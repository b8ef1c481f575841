package e2e

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"kefu/client"
)

// TestFiftyClaimsHaveOneOwner lets fifty people claim a conversation at once: one has it, and forty-nine are told who.
func TestFiftyClaimsHaveOneOwner(t *testing.T) {
	eachRig(t, alone(), func(r *rig) {
		c := r.program()
		conv := r.begin(c, client.NewConversation{Subject: "誰的"})
		const people = 50
		ids := make([]string, people)
		for i := range ids {
			a, err := c.Agents.Create(r.ctx, client.NewAgent{Name: fmt.Sprint("agent ", i), Email: fmt.Sprintf("a%d@shop.example", i)})
			if err != nil {
				r.t.Fatal(err)
			}
			ids[i] = a.ID
		}
		keys := r.keys(people, "conversations:*")
		errs := make([]error, people)
		start := make(chan struct{})
		var all sync.WaitGroup
		for i, key := range keys {
			one := r.as(client.WithKey(key))
			all.Go(func() {
				<-start
				_, errs[i] = one.Conversations.Claim(r.ctx, conv.ID, ids[i])
			})
		}
		close(start)
		all.Wait()
		now, err := c.Conversations.Get(r.ctx, conv.ID)
		if err != nil || now.AssigneeID == nil {
			r.t.Fatalf("nobody has it: %+v %v", now, err)
		}
		owners, told := 0, 0
		for i, err := range errs {
			var refused *client.Error
			switch {
			case err == nil:
				owners++
				if ids[i] != *now.AssigneeID {
					r.t.Errorf("%s was told to have it, and %s has it", ids[i], *now.AssigneeID)
				}
			case client.IsConflict(err) && errors.As(err, &refused) && names(refused, *now.AssigneeID):
				told++
			default:
				r.t.Errorf("claim %d: %v", i, err)
			}
		}
		if owners != 1 || told != people-1 {
			r.t.Errorf("%d owners, %d were told who, want 1 and %d", owners, told, people-1)
		}
	})
}

// names tells whether a refusal says who has it.
func names(e *client.Error, id string) bool {
	for _, f := range e.Faults {
		if f.Field == "assignee_id" && f.Detail == id {
			return true
		}
	}
	return false
}
