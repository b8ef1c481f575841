package webhook

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"kefu"
)

// The vectors of the contract, from an event as it is stored to the bytes that are sent. Their data has fewer members than the events have
// today, so the shape is made of those that are there; everything else is what every event goes through.
func TestContractVectors(t *testing.T) {
	for _, test := range []struct {
		name, secret, event, data string
		members                   []string
		want                      string
	}{
		{
			"ticket", ExampleSecret, "ticket.created",
			`{"created_at":"2024-01-01T10:00:00.000000Z","ticket_id":"ticket_001","title":"\u4ea7\u54c1\u54a8\u8be2","description":"想了解产品价格","priority":"medium",` +
				` "status":"pending","assignee_id":"user_123","customer_email":"customer@example.com"}`,
			[]string{"ticket_id", "title", "description", "priority", "status", "assignee_id", "customer_email", "created_at"},
			`{"id":"evt_01HK2V5T8QXJ4M6N7P8R9S0T1V","event":"ticket.created","timestamp":"2024-01-01T10:00:00Z","signature":"sha256=87e56be1684636e5ca7680a0b082aed092a512dc4f809214fd1db412ddfac0c0","data":{"ticket_id":"ticket_001","title":"产品咨询","description":"想了解产品价格","priority":"medium","status":"pending","assignee_id":"user_123","customer_email":"customer@example.com","created_at":"2024-01-01T10:00:00Z"}}`,
		},
		{
			"typed secret", "my-shared-secret-0123456789", EventTest, `{"message":"测试"}`, []string{"message"},
			`{"id":"evt_01HK2V5T8QXJ4M6N7P8R9S0T1V","event":"webhook.test","timestamp":"2024-01-01T10:00:00Z","signature":"sha256=0d84710da115c6b014eebb812c3c0c4ce8791905a396a4334fff31a34097cd0e","data":{"message":"测试"}}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := rendering{}
			for _, name := range test.members {
				at := slices.IndexFunc(shapes[test.event], func(m member) bool { return m.name == name })
				r.shape = append(r.shape, shapes[test.event][at])
			}
			payload, err := r.envelope(kefu.Event{ID: "evt_01HK2V5T8QXJ4M6N7P8R9S0T1V", Type: test.event, Data: json.RawMessage(test.data),
				OccurredAt: time.Date(2024, 1, 1, 18, 0, 0, 999_999_000, time.FixedZone("", 8*3600))})
			if err != nil {
				t.Fatal(err)
			}
			target := Target{Secrets: Secrets{Signing: test.secret}}
			body, err := target.Body(payload)
			if err != nil || string(body) != test.want {
				t.Fatalf("the body is\n%s, %v, want\n%s", body, err, test.want)
			}
			again, err := target.Resigned(body)
			if err != nil || string(again) != test.want {
				t.Errorf("signed again with the same secret it is\n%s, %v", again, err)
			}
			other := Target{Secrets: Secrets{Signing: "another-secret-0123456789"}}
			fresh, err := other.Body(payload)
			if err != nil {
				t.Fatal(err)
			}
			if moved, err := other.Resigned(body); err != nil || string(moved) != string(fresh) {
				t.Errorf("signed with another secret it is\n%s, %v, want\n%s", moved, err, fresh)
			}
		})
	}
}

func TestEveryShapeHasRoom(t *testing.T) {
	for event, shape := range shapes {
		if len(shape) > mostMembers {
			t.Errorf("%s has %d members: raise mostMembers", event, len(shape))
		}
	}
	for _, one := range EventTypes() {
		if shapes[one.Event] == nil || examples[one.Event] == "" {
			t.Errorf("%s has no shape or no example", one.Event)
		}
	}
}
